# ruff: noqa: E501  (a case a line)
"""What analyses get: pandas with dimensions, labels and origin; and the codebook."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from compendium import dictionary
from compendium.dictionary.table import origin_of
from tests.dictionary_samples import CASE_HEADER, CASES, PUBLIC, VICTIM_HEADER, both, check, table

AREAS = """
name: areas
title: Areas
description: One row an area.
unit: area
sensitivity: public
primaryKey: [area_id]
fields: [{name: area_id, constraints: {required: true}}, {name: name}]
"""
PLACED = """
name: placed
title: Placed cases
description: One row a case.
unit: case
units: persons
sensitivity: sensitive
policy: threshold-10
foreignKeys: [{fields: [zone], reference: {resource: areas, fields: [area_id]}}]
fields: [{name: zone, title: Zone, role: dimension, area: true}]
"""


def checked_victims(tmp_path):
    rows = "V1,P1,C-001,12,0.5,true,x\nV2,P2,C-001,,,,"
    checked = check(tmp_path, cases=f"{CASE_HEADER}\nC-001,2022-05-01,,open", victims=f"{VICTIM_HEADER}\n{rows}")
    return checked.tables


def test_columns_have_types_that_keep_what_is_missing(tmp_path):
    found = dictionary.to_checked(
        both()["victims"], checked_victims(tmp_path)["victims"], provenance="synthetic", file="v.csv"
    )
    assert found.frame.dtypes.astype(str).to_dict() == {
        "victim_row": "str", "person_id": "str", "case_id": "str", "age": "Int64", "weight": "float64", "identified": "boolean", "note": "str"
    }  # fmt: skip
    assert found.frame["age"].tolist() == [12, pd.NA]
    assert found.frame["note"].isna().tolist() == [False, True]
    assert found.unit == "victim"


def test_dates_and_dimensions_come_with_the_table(tmp_path):
    found = dictionary.to_checked(
        both()["cases"], checked_victims(tmp_path)["cases"], provenance="synthetic", file="c.csv"
    )
    assert found.frame["recorded_on"].tolist() == [pd.Timestamp("2022-05-01")]
    assert found.frame["outcome_on"].isna().all()
    assert list(found.dimensions) == ["stage", "known"]
    assert found.labels["stage"] == "Stage"
    origin = found.origin
    assert (origin.table, origin.provenance, origin.policy, origin.units, origin.file) == (
        "cases", "synthetic", "threshold-10", "persons", "c.csv"
    )  # fmt: skip
    assert "2022" not in repr(found)


def test_the_source_of_a_table_reads_as_a_footer_needs_it(tmp_path):
    found = dictionary.empty(table(PUBLIC))
    assert found.origin.source == "The project: Register (2025)"
    assert found.origin.licence == "CC BY 4.0"


def test_real_records_never_say_that_they_are_made_up_and_made_up_ones_always_do() -> None:
    described = dictionary.load(Path(__file__).parents[2] / "data_dictionaries")
    for found in (one for one in described.values() if one.default_provenance == "real"):
        real, made_up = (origin_of(found, kind, "x.csv") for kind in ("real", "synthetic"))
        assert not re.search("synthetic|invented|illustrative", real.source + real.licence), found.name
        assert "generator" in made_up.source, found.name
        assert made_up.licence == "CC BY 4.0", found.name


def test_a_table_that_is_not_supplied_has_its_columns_and_no_rows():
    found = dictionary.empty(table(CASES))
    assert not found.supplied
    assert list(found.frame.columns) == ["case_id", "recorded_on", "outcome_on", "stage"]
    assert len(found) == 0
    assert str(found.frame["recorded_on"].dtype) == "datetime64[s]"


def test_areas_are_dimensions_with_the_names_of_their_own_table(tmp_path):
    tables = dictionary.Dictionaries({"areas": table(AREAS), "placed": table(PLACED)})
    (tmp_path / "areas.csv").write_text("area_id,name\nZ01,Zone 01\nZ02,\nZ03,Zone 03\n")
    (tmp_path / "placed.csv").write_text("zone\nZ03\nZ01\n")
    checked = dictionary.read_tables({name: tmp_path / f"{name}.csv" for name in tables}, tables)
    with_names = dictionary.to_checked(
        tables["placed"], checked.tables["placed"], provenance="synthetic", file="", reference=checked.tables
    )
    assert with_names.dimensions["zone"].categories == {"Z01": "Zone 01", "Z02": "Z02", "Z03": "Zone 03"}
    assert with_names.dimensions["zone"].area
    alone = dictionary.to_checked(tables["placed"], checked.tables["placed"], provenance="synthetic", file="")
    assert alone.dimensions["zone"].categories == {"Z01": "Z01", "Z03": "Z03"}


def test_the_codebook_names_every_column_code_and_floor():
    text = dictionary.codebook(both())
    for part in (
        "## Cases",
        "`recorded_on`",
        "Has an outcome",
        "threshold\\-10" if "\\-" in text else "threshold-10",
        "from 2000",
    ):
        assert part in text
    assert "The outcome is dated before the record" in text
    assert "(a warning)" in text


def test_text_of_a_dictionary_does_nothing_in_the_codebook():
    live = CASES.replace(
        "description: One row a case.", 'description: "{{< env HOME >}} <script> | `x` $y$ @z [a](b) *c*"'
    )
    text = dictionary.codebook(dictionary.Dictionaries({"cases": table(live)}))
    assert "{{<" not in text
    assert "<script>" not in text.replace("\\<script\\>", "")


def test_groups_stand_together_in_the_codebook():
    tables = dictionary.Dictionaries(both().tables, {"files": ("victims", "cases")})
    text = dictionary.codebook(tables, level=3)
    assert text.index("### Victims") < text.index("### Cases") < text.index("### Studies")
