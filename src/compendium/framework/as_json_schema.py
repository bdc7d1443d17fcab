"""JSON Schema (draft 2020-12) of the records of `framework/`, made from the records themselves."""

from __future__ import annotations

from collections.abc import Mapping

from compendium import jsonfile
from compendium.framework.schema import Adaptation, Outline, Record, Standard

DRAFT = "https://json-schema.org/draft/2020-12/schema"
RECORDS: Mapping[str, type[Record]] = {"framework": Outline, "standard": Standard, "adaptation": Adaptation}


def json_schemas() -> dict[str, str]:
    """The text of each schema file by its name, as they lie in `framework/schema/`."""
    return {f"{name}.schema.json": _text(record) for name, record in RECORDS.items()}


def _text(record: type[Record]) -> str:
    schema = {"$schema": DRAFT, **record.model_json_schema()}
    return jsonfile.text_of(schema)
