"""What a mask hides when more is known of a count from elsewhere: how low and how high it can be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from compendium.aggregate import Dimension
from compendium.disclosure.crossing import Shape, cross
from compendium.disclosure.mask import Mask
from compendium.disclosure.optimal import Search
from compendium.disclosure.policy import policy
from compendium.disclosure.problem import Problem
from compendium.disclosure.settle import with_margins
from compendium.disclosure.suppression import Candidate, problem_of

ROWS = Dimension("r", "R", dict.fromkeys(("r0", "r1", "r2"), ""))
COLUMNS = Dimension("c", "C", dict.fromkeys(("c0", "c1", "c2"), ""))
CORNERS = [("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")]


def problem(numbers: np.ndarray, known: dict[tuple[str, str], tuple[float, float]]) -> Problem:
    """Small: under 10. `known`: by cell, its least and greatest count."""
    counts = with_margins(numbers, [list(ROWS.categories), list(COLUMNS.categories)])
    candidate = Candidate(Shape("t", (ROWS, COLUMNS)), counts, policy("threshold-10"))
    found = problem_of(cross([candidate.shape]), [candidate], None)
    low, high = np.zeros(len(found.counts)), np.full(len(found.counts), np.inf)
    for cell, bounds in known.items():
        low[found.crossing.where[0][cell]], high[found.crossing.where[0][cell]] = bounds
    return replace(found, low=low, high=high)


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize(("low", "high"), [(22, np.inf), (0, 22)])
def test_a_large_cell_that_can_only_rise_or_only_fall_is_not_hidden_for_nothing(
    corner: tuple[str, str], low: float, high: float
) -> None:
    here = problem(np.full((3, 3), 22), {corner: (low, high)})
    corners = {here.crossing.where[0][cell] for cell in CORNERS}
    mask = Mask(here)
    mask.hide(sorted(corners))
    mask.drop_idle()
    assert set(mask.hidden) == corners


@pytest.mark.parametrize(("low", "high", "least", "most"), [
    (0, np.inf, 0, 10), (1, np.inf, 1, 10), (9, np.inf, 9, 10), (10, np.inf, 0, 10), (15, 22, 0, 10),
    (0, 9, 0, 9), (0, 10, 0, 10), (2, 7, 2, 7),
])  # fmt: skip
def test_a_hidden_cell_is_to_be_as_open_as_what_is_known_of_it_allows(
    low: float, high: float, least: float, most: float
) -> None:
    """0 and the threshold as far as they are possible; what is known to be over the threshold has to stay far."""
    here = problem(np.full((3, 3), 5), {("r0", "c0"): (low, high)})
    region = here.crossing.where[0]["r0", "c0"]
    assert [float(goal[region]) for goal in here.goals] == [least, most]


@pytest.mark.parametrize(("low", "high"), [(1, np.inf), (0, 8), (2, 6)])
def test_a_small_cell_of_which_more_is_known_is_hidden_with_three_others_and_no_more(low: float, high: float) -> None:
    """By its bounds it can't be both 0 and 10, whatever is hidden: it is as open as they leave it."""
    numbers = np.full((3, 3), 22)
    numbers[0, 0] = 4
    here = problem(numbers, {("r0", "c0"): (low, high)})
    region = here.crossing.where[0]["r0", "c0"]
    mask, search = Mask(here), Search(here)
    wanted = mask.unmet()
    assert {(goal.sign, goal.count) for goal in wanted} == {(1.0, low), (-1.0, min(high, 10.0))}
    proposal = search.run(wanted)
    mask.hide(proposal.hidden)
    mask.drop_idle()
    mask.grow()
    mask.give_back(search.needed)
    assert len(mask.hidden) == 4
    assert mask._extreme(region, 1.0) == pytest.approx(low)
    assert mask._extreme(region, -1.0) == pytest.approx(min(high, 26))
