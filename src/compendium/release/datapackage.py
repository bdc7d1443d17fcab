"""`datapackage.json` of what is released: a Data Package with the Table Schema of every released table.

Follows Data Package 2.0 (datapackage.org, June 2024) in words that readers of version 1 know too; `categories` carries
the labels of codes. A schema says how a table is built, never what a hidden cell could hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from compendium.aggregate import COUNT, TOTAL, Dimension, Released
from compendium.release.show import stem
from compendium.release.tables import HIDDEN, as_csv, as_frame

SCHEMA = "https://datapackage.org/profiles/2.0/datapackage.json"
TABLE_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
MISSING = [""]  # an empty cell: hidden where `status` says so, else nothing to say
_PROVENANCE = {
    "real": "Published figures.",
    "synthetic": "Synthetic: made by a generator, about no real child, case, service or place.",
    "illustrative": "Illustrative: made for this compendium.",
}
_OGL = {
    "name": "OGL-UK-3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "title": "Open Government Licence v3.0",
}
_CC_BY = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}
_LICENCES = {"Open Government Licence v3.0": _OGL, "CC BY 4.0": _CC_BY}  # as dictionaries name them


def describe(
    name: str, title: str, released: Mapping[str, Released], *, about: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The package of a locality's released tables. `name` is its id, `title` what people call it.

    `about`: which place and months the tables are about, for whoever lays releases of several places together.
    """
    resources = [_resource(item) for item in released.values()]
    return {
        "$schema": SCHEMA,
        "name": name.replace("_", "-"),
        "title": f"{title}: released tables",
        "description": (
            "Every table that was released, one file each. A cell that is too small to be shown, or would give a "
            "small one away, is empty and its status is hidden."
        ),
        "licenses": _once([licence for resource in resources for licence in resource.get("licenses", [])]),
        "sources": _once([source for resource in resources for source in resource["sources"]]),
        "resources": resources,
        **({"locality": dict(about)} if about else {}),
    }


def _resource(item: Released) -> dict[str, Any]:
    text = as_csv(item).encode("utf-8")
    parts = [item.caption, item.note, _PROVENANCE[item.origin.provenance], f"Disclosure control: {item.policy}."]
    record = {
        "name": item.name.replace("_", "-"),
        "type": "table",
        "profile": "tabular-data-resource",  # what type was called in version 1
        "title": item.title,
        "description": " ".join(part for part in parts if part),
        "path": f"tables/{stem(item)}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(text),
        "hash": f"sha256:{hashlib.sha256(text).hexdigest()}",
        "sources": [{"title": item.origin.source or item.origin.title}],
        "licenses": _licences(item),
        "provenance": item.origin.provenance,
        "schema": table_schema(item),
    }
    return {key: value for key, value in record.items() if value != []}


def table_schema(item: Released) -> dict[str, Any]:
    """The Table Schema of one released table: a field for each column of its CSV file, in order."""
    dimensions = {dimension.name: dimension for dimension in item.dimensions}
    fields = [field for column in _columns(item) for field in [_field(column, item, dimensions)]]
    key = [dimension.name for dimension in item.dimensions]
    schema: dict[str, Any] = {"$schema": TABLE_SCHEMA, "fields": fields, "missingValues": MISSING}
    return {**schema, "primaryKey": key} if item.kind == "counts" and key else schema


def _columns(item: Released) -> list[str]:
    return [str(column) for column in as_frame(item).columns]


def _field(column: str, item: Released, dimensions: Mapping[str, Dimension]) -> dict[str, Any]:
    if column in dimensions:
        return _of_dimension(dimensions[column])
    if column.removesuffix("_label") in dimensions:
        labelled = dimensions[column.removesuffix("_label")]
        description = f"What the code in {labelled.name} means."
        return {"name": column, "title": f"{labelled.title} (label)", "type": "string", "description": description}
    if column == "unit":
        units = dict.fromkeys(map(str, as_frame(item)["unit"])) or {item.unit: None}  # a derived table may have several
        return _coded(column, "Unit", "What is counted, or what the numbers rest on.", {unit: unit for unit in units})
    if column == "provenance":
        word = item.origin.provenance
        return _coded(column, "Provenance", "Where the numbers come from.", {word: _PROVENANCE[word]})
    if item.kind == "counts":
        return _of_count(column, item)
    title = item.columns.get(column, column)
    return {"name": column, "title": title, "type": _type(item.frame[column]), "description": f"{title}."}


def _of_count(column: str, item: Released) -> dict[str, Any]:
    """The two columns of counts: the number, and whether it is shown."""
    if column != COUNT:
        labels = {"published": "Published", HIDDEN: "Hidden: too small, or would give a small count away"}
        return _coded(column, "Status", "Whether the count is shown.", labels)
    description = f"Number of units ({item.unit}). Empty where it is hidden."
    limits = {"minimum": 0}
    return {"name": column, "title": "Count", "type": "integer", "description": description, "constraints": limits}


def _of_dimension(dimension: Dimension) -> dict[str, Any]:
    lost = [dimension.categories[code] for code in dimension.missing if code in dimension.categories]
    not_known = f" Not known: {', '.join(lost)}." if lost else ""
    labels = {**dimension.categories, TOTAL: "All categories together"}
    field = _coded(dimension.name, dimension.title, f"Code of the category, or Total.{not_known}", labels)
    return {**field, "categoriesOrdered": True} if dimension.ordered else field


def _coded(name: str, title: str, description: str, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "type": "string",
        "description": description,
        "categories": [{"value": code, "label": label} for code, label in labels.items()],
        "constraints": {"required": True, "enum": list(labels)},
    }


def _type(column: pd.Series) -> str:
    """By the values as they are written, not by how pandas happens to hold them."""
    values = [value for value in column if value is not None and not pd.isna(value)]
    if not values or any(isinstance(value, str) for value in values):
        return "string"
    if all(isinstance(value, bool) for value in values):
        return "boolean"
    kinds = {float(value).is_integer() and "." not in str(value) and "e" not in str(value) for value in values}
    return "integer" if kinds == {True} else "number"


def _licences(item: Released) -> list[dict[str, str]]:
    if item.origin.provenance != "real":
        return [_CC_BY]
    return [_LICENCES[item.origin.licence]] if item.origin.licence in _LICENCES else []


def _once(records: list[dict[str, str]]) -> list[dict[str, str]]:
    """Each record once, in the order of first mention."""
    return list({json.dumps(record, sort_keys=True): record for record in records}.values())
