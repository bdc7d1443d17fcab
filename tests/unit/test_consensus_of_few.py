"""An item that hardly anybody scored: nothing of it is shown, and it takes nothing from the others."""

from __future__ import annotations

import pandas as pd

from compendium.aggregate import CheckedTable
from compendium.analysis import consensus
from tests.unit.workshop_records import priorities, ratings


def _with_item(table: CheckedTable, item: str, scores: list[int | None]) -> CheckedTable:
    rows = [
        {"rater_id": f"x-{at}", "stakeholder_group": "police", "round": 2, "item_id": item, "rating": score}
        for at, score in enumerate(scores)
    ]
    frame = pd.concat([table.frame, pd.DataFrame(rows)], ignore_index=True)
    return CheckedTable(**{**vars(table), "frame": frame})


def test_an_item_that_four_people_scored_is_not_shown() -> None:
    everybody = ratings(
        police=[8] * 12, health=[7] * 12, children=[9] * 12, parents=[6] * 12, victims_survivors=[5] * 6
    )
    asked = priorities("P01", "P02")
    alone = consensus.by_group(everybody, asked).frame
    with_few = consensus.by_group(_with_item(everybody, "P02", [1, 2, 3, 4]), asked).frame
    assert set(with_few["item"]) == {"P01"}
    pd.testing.assert_frame_equal(with_few, alone)


def test_ratings_of_a_single_person_who_could_score_nothing_give_no_row() -> None:
    found = consensus.by_group(ratings(children=[None]), priorities("P01"))
    assert found.frame.empty
