"""Places together: sums only of what is published, bounds elsewhere, and nobody learns more than the parts tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from compendium.across import pools
from compendium.across.attacked import adds_nothing, attack_together
from compendium.across.part import Part, Table
from compendium.across.sums import Line, Number, Together, add_up
from compendium.aggregate import TOTAL, Dimension
from compendium.analysis import meta
from tests.unit.places_together import FORM, TWO, WHO, of_tables, part, plain


def lines(one: Together) -> dict[str, tuple[int, int | None, int | None]]:
    return {line.code: (line.together.low, line.together.high, line.together.count) for line in one.lines}


def test_a_sum_is_a_number_where_every_place_shows_its_part_and_bounds_where_one_hides_it() -> None:
    alpha = of_tables("alpha", [plain("t", {"yes": 30, "no": None, "unknown": None, TOTAL: 50})])
    beta = of_tables("beta", [plain("t", {"yes": 12, "no": 40, "unknown": 0, TOTAL: 52})])
    (one,), apart = add_up([alpha, beta])
    # alpha hides 20 in two cells, of which any may be 0: each is 0 to 20
    assert lines(one) == {"yes": (42, 42, 42), "no": (40, 60, None), "unknown": (0, 20, None)}
    assert one.whole.together.count == 102
    assert apart == []


def test_a_hidden_number_whose_bounds_meet_is_never_printed_as_a_sum() -> None:
    """A release that lets a hidden cell be worked out is refused elsewhere; here it would still be no number."""
    held = plain("t", {"yes": 30, "no": None, TOTAL: 50}, bounds={"no": (20, 20)})
    both = [Part(id, id, ("2022-05", "2023-04"), {"t": held}) for id in ("alpha", "beta")]
    both[1] = replace(both[1], tables={"t": replace(held, cells={**held.cells, ("yes",): 31, (TOTAL,): 51})})
    (one,), _ = add_up(both)
    assert [line.together.count for line in one.lines] == [61, None]


def test_real_and_invented_numbers_are_never_added_up() -> None:
    found, apart = add_up([part("alpha", 1), part("beta", 2, "real")])
    assert found == []
    assert [one.why for one in apart] == ["real and invented numbers are never added up"]


def test_two_of_each_kind_are_added_up_apart() -> None:
    places = [part(f"p{n}", n, "real" if n > 2 else "synthetic") for n in (1, 2, 3, 4)]
    found, _ = add_up(places)
    assert {(one.provenance, tuple(p.id for p in one.parts)) for one in found} == {
        ("synthetic", ("p1", "p2")),
        ("real", ("p3", "p4")),
    }


def test_finer_categories_are_added_up_in_the_coarser_ones_of_another_place() -> None:
    fine, coarse = part("alpha", 5), part("beta", 5, dimensions=(TWO, WHO))
    found, _ = add_up([fine, coarse])
    one = next(one for one in found if one.dimension.variable == "form")
    assert list(one.dimension.categories.values()) == ["Image", "Anything else"]
    own = fine.tables["victims_by_form"]
    talk, other = own.cells["talk", TOTAL], own.cells["other", TOTAL]
    assert talk is not None
    assert other is not None
    assert one.lines[1].parts[0].count == talk + other


def test_the_same_code_with_another_meaning_is_not_added_up() -> None:
    other = Dimension("responsible", "Who", {**WHO.categories, "child": "Somebody under 16"})
    found, _ = add_up([part("alpha", 1), part("beta", 2, dimensions=(FORM, other))])
    assert {one.dimension.variable for one in found} == {"form"}


def test_a_place_that_lies_in_another_or_is_the_same_is_left_out() -> None:
    town, force = part("town", 1, area="E06000009", force="E23000003"), part("force", 2, area="E23000003")
    again = replace(part("again", 1), brought=True)
    for places in ([town, force], [town, again], [part("a", 1, force="X"), part("b", 2, force="X")]):
        found, apart = add_up(places)
        assert found == []
        assert apart[0].why.startswith("it may count the same records as")
    two_towns = [part("a", 1, area="A1", force="X"), part("b", 2, area="A2", force="X")]
    assert add_up(two_towns)[0]


def test_public_figures_are_left_to_those_who_publish_them() -> None:
    both = [part(id, seed) for id, seed in (("alpha", 1), ("beta", 2))]
    public = [
        replace(p, tables={name: replace(table, sensitivity="public") for name, table in p.tables.items()})
        for p in both
    ]
    assert add_up(public) == ([], [])


# --- an intruder who has the sums beside the parts ---------------------------------------------------------------


def agreeing(table: Table, most: int) -> Iterator[tuple[int, ...]]:
    """Every whole-number table of inner cells that agrees with what a small table of one dimension shows."""
    codes = [code for (code,) in table.cells if code != TOTAL]
    ranges = [range(most + 1) if table.cells[(code,)] is None else (table.cells[(code,)],) for code in codes]
    for inner in product(*ranges):
        if table.total is None or sum(inner) == table.total:  # type: ignore[arg-type]
            yield inner  # type: ignore[misc]


def brute(places: Sequence[Part], sums: Sequence[Together], most: int) -> dict[tuple[str, int], tuple[int, int]]:
    """By place and cell, the lowest and highest that any worlds give which agree with all parts and all sums."""
    worlds = [list(agreeing(p.tables["t"], most)) for p in places]
    seen: dict[tuple[str, int], list[int]] = {}
    for world in product(*worlds):
        if all(
            line.together.low <= sum(inner[at] for inner in world) <= (line.together.high or most * len(world))
            for one in sums
            for at, line in enumerate(one.lines)
        ):
            for p, inner in zip(places, world, strict=True):
                for at, value in enumerate(inner):
                    seen.setdefault((p.id, at), []).append(value)
    return {key: (min(values), max(values)) for key, values in seen.items()}


CASES = [
    [{"a": None, "b": None, "c": 15, TOTAL: 31}, {"a": 14, "b": 22, "c": 11, TOTAL: 47}],
    [{"a": None, "b": None, "c": 15, TOTAL: 29}, {"a": None, "b": 12, "c": None, TOTAL: 25}],
    [{"a": None, "b": None, "c": None, TOTAL: 18}, {"a": None, "b": None, "c": 20, TOTAL: 33}],
    [
        {"a": None, "b": None, "c": 0, TOTAL: 12},
        {"a": None, "b": None, "c": 10, TOTAL: 22},
        {"a": 10, "b": 0, "c": 13, TOTAL: 23},
    ],
]


@pytest.mark.parametrize("cells", CASES)
def test_nobody_learns_more_from_sums_and_parts_than_from_the_parts(cells: list[dict[str, int | None]]) -> None:
    """By brute force: every world that agrees with what is shown; and so says the attack."""
    places = [of_tables(f"p{n}", [plain("t", held)]) for n, held in enumerate(cells)]
    sums, _ = add_up(places)
    assert len(sums) == 1
    assert brute(places, sums, 20) == brute(places, [], 20)
    assert adds_nothing(sums) == []
    attacked = attack_together(places, sums)
    assert attacked.learnt == ()
    assert attacked.cells == sum(count is None for held in cells for count in held.values())
    alone = brute(places, [], 20)
    for n, held in enumerate(cells):  # the bounds that are added up are those that brute force finds
        for at, code in enumerate(held):
            if held[code] is None:
                assert places[n].tables["t"].bounds[(code,)] == alone[f"p{n}", at]


def test_a_sum_that_tells_the_true_number_behind_hidden_ones_is_found_by_both_checks() -> None:
    places = [of_tables(f"p{n}", [plain("t", held)]) for n, held in enumerate(CASES[1])]
    (one,), _ = add_up(places)
    told = Line("a", "A", (Number(3, 3), Number(9, 9)))  # as if somebody had added up the records themselves
    wrong = replace(one, lines=(told, *one.lines[1:]))
    assert adds_nothing([wrong]) == ["t: A", "t: A"]  # of both places
    assert attack_together(places, [wrong]).learnt == ("p0: t", "p1: t")
    assert brute(places, [wrong], 20) != brute(places, [], 20)


@pytest.mark.parametrize("seed", range(4))
def test_random_releases_of_two_dimensions_tell_no_more_together(seed: int) -> None:
    places = [part(f"p{n}", 10 * seed + n) for n in range(3)]
    sums, _ = add_up(places)
    assert {one.dimension.variable for one in sums} == {"form", "responsible"}
    assert adds_nothing(sums) == []
    assert attack_together(places, sums).learnt == ()


# --- pools --------------------------------------------------------------------------------------------------------


def answers(number: int, hidden: int = 0) -> list[Part]:
    """Places of 100 victims; the first `hidden` of them hide theirs in two cells: 0 to 15."""
    shown = [{"yes": 20 + 3 * n, "no": 80 - 3 * n, TOTAL: 100} for n in range(number - hidden)]
    held = [{"yes": None, "no": 85 - n, "unknown": None, TOTAL: 100 - n} for n in range(hidden)]
    every = [{"yes": s["yes"], "no": s["no"], "unknown": 0, TOTAL: s[TOTAL]} for s in shown]
    return [of_tables(f"p{n}", [plain("t", cells)]) for n, cells in enumerate([*held, *every])]  # type: ignore[arg-type]


def pool_of(places: Sequence[Part]) -> pools.Pool:
    (one,), _ = add_up(places)
    return pools.share(one, one.lines[0])


def test_two_places_are_not_pooled_and_five_are_needed_for_a_prediction() -> None:
    two, three, five = (pool_of(answers(number)) for number in (2, 3, 5))
    assert two.pooled is None
    assert two.why == pools.FEW
    assert two.range == (0.2, 0.23)
    assert three.pooled is not None
    assert three.prediction is None
    assert five.prediction is not None
    assert five.prediction[0] < five.span[0]  # type: ignore[index]


def test_a_pool_is_that_of_the_published_numbers() -> None:
    found = pool_of(answers(4))
    by_hand = meta.pool_proportions([20, 23, 26, 29], [100] * 4)
    assert found.pooled is not None
    assert (found.pooled.estimate, found.span) == (by_hand.estimate, (by_hand.low, by_hand.high))


def test_a_pool_with_hidden_numbers_holds_for_all_that_they_could_be() -> None:
    found = pool_of(answers(6, hidden=1))
    assert found.pooled is None
    assert found.span is not None
    assert found.places[0].events == Number(0, 15, 1)
    for could in range(16):
        one = meta.pool_proportions([could, 20, 23, 26, 29, 32], [100] * 6)
        assert found.span[0] <= one.low
        assert one.high <= found.span[1]


def test_no_pool_is_made_of_what_is_left_when_many_hide_their_small_numbers() -> None:
    found = pool_of(answers(6, hidden=2))
    assert found.span is None
    assert found.why == "hidden in 2 of 6 places, where it is small: the others would give too much"


def test_rates_are_pooled_on_the_log_scale_each_place_with_its_own_months() -> None:
    places = [replace(p, period=("2022-05", "2022-10")) if p.id == "p0" else p for p in answers(3)]
    (one,), _ = add_up(places)
    found = pools.rate(one, [10_000, 10_000, 20_000])
    assert [place.estimate for place in found.places] == [20.0, 10.0, 5.0]  # 100 in half a year is 200 a year
    log = meta.pool(np.log([20.0, 10.0, 5.0]), [0.01] * 3)
    assert found.span == pytest.approx((np.exp(log.low), np.exp(log.high)))
    assert pools.rate(one, [10_000, None, 20_000]).span is None
