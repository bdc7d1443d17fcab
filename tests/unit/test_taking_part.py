"""Who was in the room, how workshops were prepared, and what came of suggestions: counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from compendium.aggregate import Dimension, TableGroup
from compendium.analysis import reporting, suggestions, taking_part
from compendium.disclosure import settle_statistic
from compendium.errors import DisclosureRefused
from tests.unit.case_files import table
from tests.unit.workshop_records import MERGED, SIDE

KIND = Dimension("kind", "Kind", {"preparatory": "Preparatory", "joint": "Joint"})
TOPIC = Dimension(
    "topic", "Topic", {"waiting": "Waiting for help", "words": "Words", "parents": "Parents", "lessons": "Lessons"}
)
REASON = Dimension(
    "reason_code", "Reason", {"in_standard": "Now in a standard", "law": "The law", "funding": "No money"}
)
ABSENT = [
    Dimension("absent_group", "Group", {"in_care": "Children in care"}),
    Dimension("reason", "Why", {"not_invited": "Nobody invited them"}),
    Dimension("done", "Done", {"nothing": "Nothing yet"}),
]


def room(rows: list[tuple[str, str, int]], absent: bool = True) -> TableGroup:
    """Rows of workshop, group and how many came; W1 is preparatory, W2 joint."""
    kinds = [{"workshop_id": "W1", "kind": "preparatory"}, {"workshop_id": "W2", "kind": "joint"}]
    came = [{"workshop_id": code, "stakeholder_group": group, "attended": number} for code, group, number in rows]
    missing = [{"absent_group": "in_care", "reason": "not_invited", "done": "nothing"}] if absent else []
    return TableGroup(
        "workshop_records",
        {
            "workshops": table("workshops", "workshop", kinds, KIND),
            "workshop_groups": table("workshop_groups", "group", came, MERGED, SIDE),
            "workshop_absences": table(
                "workshop_absences", "group", missing, *ABSENT, columns=["absent_group", "reason", "done"]
            ),
        },
    )


def test_a_group_is_in_the_room_invited_or_not_invited_by_kind_of_workshop() -> None:
    records = room([("W1", "children", 9), ("W2", "children", 0), ("W2", "victims_survivors", 2)])
    rows = taking_part.presence(records).frame.set_index("group")
    assert rows.loc["children", ["preparatory", "joint"]].tolist() == ["in the room", "invited, nobody came"]
    assert rows.loc["families_survivors", ["preparatory", "joint"]].tolist() == ["not invited", "in the room"]
    assert rows.loc["police", ["preparatory", "joint"]].tolist() == ["not invited", "not invited"]
    assert rows.loc["in_care", ["reason", "done"]].tolist() == ["Nobody invited them", "Nothing yet"]


def test_without_a_list_of_absent_groups_the_others_are_still_shown() -> None:
    assert len(taking_part.presence(room([("W1", "children", 9)], absent=False)).frame) == len(MERGED.categories)


def test_attendances_are_counted_by_kind_and_side() -> None:
    found = taking_part.attendance(room([("W1", "children", 9), ("W2", "children", 4), ("W2", "police", 3)])).frame
    by = found.set_index(["kind", "stakeholder_side"])["count"]
    assert by["joint", "children"] == 4
    assert by["joint", "professionals"] == 3
    assert by["preparatory", "professionals"] == 0


def test_presence_of_victims_and_survivors_alone_is_refused() -> None:
    told = taking_part.presence(room([("W1", "children", 9)]))
    told.frame.loc[0, "group"] = "victims_survivors"
    with pytest.raises(DisclosureRefused, match="never shown alone"):
        settle_statistic(told)


def test_points_of_plans_are_counted_and_what_does_not_apply_is_left_out() -> None:
    same = {"kind": "joint", "planned_for": "2023-06-14", "aim": "hear"}
    rows = [
        {"workshop_id": "W1", **same, "assent": "yes", "lundy": "partly"},
        {"workshop_id": "W2", **same, "assent": "not_applicable", "lundy": "no"},
    ]
    found = taking_part.prepared(table("workshop_plans", "plan", rows)).frame.set_index("point")
    assert found.loc["assent", ["yes", "partly", "no", "workshops"]].tolist() == [1, 0, 0, 1]
    assert found.loc["lundy", ["yes", "partly", "no", "workshops"]].tolist() == [0, 1, 1, 2]


def said(*rows: tuple[str, str, str, str]) -> dict[str, Any]:
    """Rows of topic, decision, reason and standard; all made by children."""
    names = ("topic", "decision", "reason_code", "standard_id")
    made = [{"stakeholder_group": "children", **dict(zip(names, row, strict=True))} for row in rows]
    return {"suggestions": table("suggestions", "suggestion", made, TOPIC, REASON)}


def test_each_topic_is_answered_in_words_without_a_number() -> None:
    taken, refused = ("waiting", "accepted", "in_standard", "S3"), ("waiting", "not_taken", "law", "")
    rows = [taken] * 4 + [refused] + [("words", "accepted", "in_standard", "S2")] * 5
    found = suggestions.answers(said(*rows)).frame
    assert found.values.tolist() == [
        ["waiting", "Waiting for help", "Some taken up, some not", "Now in a standard; The law", "S3"],
        ["words", "Words", "Taken up, wholly or in part", "Now in a standard", "S2"],
    ]


def test_small_topics_are_told_together_and_very_few_not_at_all() -> None:
    few = [("words", "partly", "funding", "")] * 3 + [("parents", "not_taken", "law", "")] * 2
    found = suggestions.answers(said(*few))
    assert found.frame["topic_label"].tolist() == ["Other topics"]
    assert settle_statistic(found).shape[0] == 1
    assert suggestions.answers(said(*few[:4])).frame.empty


def test_answers_that_rest_on_fewer_than_five_are_refused() -> None:
    found = suggestions.answers(said(*[("words", "accepted", "funding", "")] * 5))
    thin = type(found)(**{**vars(found), "contributors": 4})
    with pytest.raises(DisclosureRefused, match="fewer than 5 suggestions"):
        settle_statistic(thin)


def test_items_of_reporting_are_counted_by_who_fills_them() -> None:
    guideline = Dimension("guideline", "Guideline", {"X": "Guideline X"})
    rows = [("1", "a", ""), ("2", "a", "b"), ("3", "", "b")]
    made = [{"guideline": "X", "item_id": i, "item": "?", "filled_by": d, "to_write": w} for i, d, w in rows]
    given = table("reporting_items", "item", made, guideline, sensitivity="public")
    assert reporting.summary(given).frame.values.tolist() == [["Guideline X", 3, 1, 1, 1]]
    assert reporting.items(given, "X").frame["item_id"].tolist() == ["1", "2", "3"]


def test_the_shipped_items_are_as_many_as_the_guidelines_have() -> None:
    from compendium import dictionary
    from compendium.paths import Root

    root = Root.find()
    known = dictionary.load(root.dictionaries)
    frame, problems = dictionary.read(root.path / known["reporting_items"].default_file, known["reporting_items"])
    assert not problems
    sizes = frame.group_by("guideline").len().sort("guideline").rows()
    # ACCORD: 1 + 3 + 21 + 5 + 2 + 3 items (Gattrell et al. 2024); General Comment 12, paragraph 134: (a) to (i)
    assert sizes == [("ACCORD", 35), ("GC12", 9), ("GRIPP2-SF", 5), ("Lundy", 4)]
