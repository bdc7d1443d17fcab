"""A table of public figures leads to its sources; nothing else in a cell can become a link."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from compendium import Study, analysis
from compendium.aggregate import Released, Statistic
from compendium.release import tables
from tests.shared import ROOT


@pytest.fixture(scope="module")
def study() -> Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        return Study.open("blackpool")


def released(statistic: Statistic, **options: str) -> Released:
    return Released(
        "a_table", "A table", "", statistic.frame, statistic.unit, statistic.kind, (), statistic.columns,
        statistic.origin, "", options=options,
    )  # fmt: skip


def test_each_report_of_the_register_leads_to_its_doi_and_says_how_it_was_read(study: Study) -> None:
    statistic = analysis.evidence.register(
        study.table("studies"), study.table("study_reading"), study.table("prevalence")
    )
    text = tables.as_markdown(released(statistic))
    with_doi = statistic.frame["source"].str.startswith("10.").sum()
    assert text.count("](https://doi.org/10.") == with_doi == 36
    assert text.count("{#report-") == 99
    assert statistic.frame["read_as"].notna().all()


def test_a_cell_of_the_gap_map_opens_to_the_rows_of_its_reports(study: Study) -> None:
    map_ = analysis.evidence.gap_map(study.table("studies"), study.table("study_reading"))
    register = analysis.evidence.register(
        study.table("studies"), study.table("study_reading"), study.table("prevalence")
    )
    text = tables.as_markdown(released(map_, leads_to="report"), behind_figure=True)
    rows = tables.as_markdown(released(register))
    wanted = {f"report-{member}" for members in map_.frame["members"] for member in members.split("; ") if member}
    assert len(wanted) > 20
    assert all(f"](#{name.replace('_', '-')})" in text and f"{{#{name.replace('_', '-')}}}" in rows for name in wanted)
    assert "](#" not in tables.as_markdown(released(map_), behind_figure=True)  # no register on the page: no link


@pytest.mark.parametrize(
    "cell", ["https://example.org", "10.1234/a](javascript:alert(1))|x", "javascript:1", "10.1/x y", "10.1234/<b>"]
)
def test_what_is_no_doi_stays_text(study: Study, cell: str) -> None:
    origin = study.table("studies").origin
    statistic = Statistic("listing", pd.DataFrame({"source": [cell]}), {"source": "Source"}, "report", 0, origin)
    assert "](https" not in tables.as_markdown(released(statistic))


def test_nothing_of_a_sensitive_table_becomes_a_link(study: Study) -> None:
    origin = replace(study.table("studies").origin, sensitivity="sensitive")
    frame = pd.DataFrame({"source": ["10.5555/demo.1"], "anchor": ["report-x"]})
    text = tables.as_markdown(released(Statistic("listing", frame, {"source": "Source"}, "report", 0, origin)))
    assert "](" not in text
    assert "{#report" not in text
