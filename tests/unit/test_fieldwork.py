"""Interviews, focus groups and observations: counted by kind, and never so that two of them stand alone."""

from __future__ import annotations

from compendium.aggregate import CheckedTable, Dimension
from compendium.analysis import fieldwork
from tests.unit.case_files import table

KINDS = {"interview": "Interviews", "focus_group": "Focus groups", "observation": "Observations"}
KIND = Dimension("source", "Kind", KINDS)
GROUPED = Dimension(
    "source_group",
    "Kind (grouped)",
    {"interview": "Interviews", "other": "Focus groups and observations"},
    "source",
    {"interview": ("interview",), "other": ("focus_group", "observation")},
)
AIM = Dimension("aim", "Aim", {"nature": "Nature", "voice": "Voice"})


def sources(**numbers: int) -> CheckedTable:
    kinds = [kind for kind, number in numbers.items() for _ in range(number)]
    rows = [{"source_id": f"F-{at:03d}", "source": kind} for at, kind in enumerate(kinds)]
    return table("fieldwork_sources", "source", rows, KIND, GROUPED, columns=["source_id", "source"])


def codes(*rows: tuple[str, str, int]) -> CheckedTable:
    made = [{"source_id": source, "aim": aim, "segments": segments} for source, aim, segments in rows]
    return table("fieldwork_codes", "code in a source", made, AIM, columns=["source_id", "aim", "segments"])


def test_two_observations_are_counted_with_the_focus_groups() -> None:
    """18 interviews, 11 focus groups and 2 observations, as in the study: 18 and 11 + 2."""
    found = fieldwork.sources(sources(interview=18, focus_group=11, observation=2)).frame
    assert found.values.tolist() == [["interview", 18], ["other", 13]]


def test_each_kind_stands_alone_where_it_has_five_sources() -> None:
    found = fieldwork.sources(sources(interview=6, focus_group=5, observation=5)).frame
    assert found["count"].tolist() == [6, 5, 5]


def test_kinds_are_not_told_apart_where_even_two_would_be_too_few() -> None:
    few = sources(interview=12, focus_group=2, observation=1)
    assert fieldwork.sources(few).frame["count"].tolist() == [15]
    assert fieldwork.segments(codes(("F-000", "voice", 3)), few).frame.values.tolist() == [["nature", 0], ["voice", 3]]


def test_segments_add_up_by_aim_and_kind() -> None:
    some = sources(interview=5, focus_group=5)
    given = codes(("F-000", "nature", 4), ("F-001", "nature", 3), ("F-005", "nature", 2), ("F-005", "voice", 6))
    found = fieldwork.segments(given, some).frame.set_index(["aim", "source"])["count"]
    # by hand: interviews 4 + 3 about nature, the focus group 2 about nature and 6 about voice
    assert found.to_dict() == {
        ("nature", "interview"): 7, ("nature", "focus_group"): 2, ("nature", "observation"): 0,
        ("voice", "interview"): 0, ("voice", "focus_group"): 6, ("voice", "observation"): 0,
    }  # fmt: skip
    assert fieldwork.segments(given, some, by=["aim"]).frame["count"].tolist() == [9, 6]
