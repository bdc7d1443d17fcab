"""What a table of one unit would tell of another: cases less dated steps, series and suspects, sizes of medians."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from compendium.aggregate import Counts, Dimension, Origin, Statistic
from compendium.disclosure import settle_counts, settle_statistic, without_numbers_told
from compendium.disclosure.attack import ReleasedTable
from compendium.disclosure.crossing import Shape
from compendium.disclosure.findings import left_standing
from compendium.disclosure.settle import Protected


def origin(name: str) -> Origin:
    return Origin(name, name, "sensitive", "synthetic", "threshold-10", "invented")


def one_way(unit: str, name: str, counts: Mapping[str, int], *, sensitive: bool = False) -> Counts:
    dimension = Dimension(name, name, {code: code for code in counts}, sensitive=sensitive)
    frame = pd.DataFrame({name: list(counts), "count": list(counts.values())})
    return Counts(frame, unit, (dimension,), origin(f"{unit}s"))


def response(social_care: int, advice: int, not_recorded: int) -> Counts:
    numbers = {"social_care": social_care, "advice": advice, "not_recorded": not_recorded}
    return one_way("case", "safeguarding", numbers, sensitive=True)


def steps(recorded: int, safeguarding: int) -> Counts:
    return one_way("event", "event", {"recorded": recorded, "safeguarding": safeguarding})


def shown(protected: Protected, table: str) -> dict[str, int | None]:
    frame = protected.frames[table]
    pairs = zip(frame.iloc[:, 0], frame["count"], strict=True)
    return {code: None if pd.isna(count) else int(count) for code, count in pairs}


def test_cases_less_a_step_never_give_a_hidden_number_of_cases_away() -> None:
    """185 cases, 4 with advice: 40 not recorded is hidden with it, and 185 - 145 steps would give it back."""
    protected = settle_counts({"by_response": response(141, 4, 40), "steps": steps(185, 145)})
    assert list(shown(protected, "by_response").values()) == [141, None, None, 185]
    assert set(shown(protected, "steps").values()) == {None}  # its total too: 330 - 185 is the step again
    assert {cell["verdict"] for cell in protected.certificate["tables"]["steps"]["cells"]} == {"protected"}


def test_a_step_that_nearly_every_case_has_is_hidden_without_any_table_of_cases() -> None:
    for fewer in (1, 5, 9):
        assert set(shown(settle_counts({"steps": steps(185, 185 - fewer)}), "steps").values()) == {None}
    for fewer in (0, 10):
        assert None not in shown(settle_counts({"steps": steps(185, 185 - fewer)}), "steps").values()


def test_steps_stay_where_no_category_of_cases_is_hidden() -> None:
    protected = settle_counts({"by_response": response(100, 45, 40), "steps": steps(185, 145)})
    assert shown(protected, "steps") == {"recorded": 185, "safeguarding": 145, "Total": 330}


def test_recorded_suspects_of_several_cases_are_hidden_with_the_series_they_make() -> None:
    """12 such suspects in 8 cases: the 12 would tell that the hidden number of cases is 2 to 12."""
    series = one_way("case", "series", {"again": 8, "once": 177}, sensitive=True)
    again = one_way("suspect", "seen_again", {"again": 12, "once": 131}, sensitive=True)
    by_age = one_way("suspect", "age_band", {"10-17": 70, "18-plus": 73}, sensitive=True)
    protected = settle_counts({"series": series, "again": again, "by_age": by_age})
    assert shown(protected, "again") == {"again": None, "once": None, "Total": 143}
    assert shown(protected, "by_age") == {"10-17": 70, "18-plus": 73, "Total": 143}
    enough = one_way("case", "series", {"again": 12, "once": 173}, sensitive=True)
    assert shown(settle_counts({"series": enough, "again": again}), "again")["again"] == 12


def median(size: int) -> Statistic:
    row = {"measure": "To a step", "group": "Cases", "n": size, "median": 5.0, "low_quartile": 2.0}
    frame = pd.DataFrame([row | {"high_quartile": 10.0}])
    return Statistic("median", frame, {}, "case", size, origin("cases"))


def size_of(stat: Statistic, tables: Mapping[str, Counts]) -> object:
    told = without_numbers_told(stat, settle_statistic(stat), tables, settle_counts(tables).frames)
    assert told["median"].tolist() == [5.0]
    return None if pd.isna(told["n"].iloc[0]) else int(told["n"].iloc[0])


def test_the_number_behind_a_median_is_left_out_where_all_cases_less_it_would_tell() -> None:
    assert size_of(median(145), {"by_response": response(100, 45, 40)}) == 147  # 145 to 150
    assert size_of(median(145), {"by_response": response(141, 4, 40)}) is None  # 40 is hidden: 4 would follow
    by_month = {"by_month": one_way("case", "month", {"May": 90, "June": 95})}
    assert size_of(median(180), by_month) is None  # 5 without
    assert size_of(median(184), by_month) is None  # 1 without
    assert size_of(median(176), by_month) is None  # 9 without
    assert size_of(median(175), by_month) == 177  # 10 without: 175 to 180
    assert size_of(median(185), by_month) is not None  # none without


def test_no_number_followed_by_month_stands_beside_hidden_months_of_recording() -> None:
    """Cases join by the month of their record: 185 less those followed a month later are those of the last month."""
    columns = ["group", "month", "at_risk", "events", "survival"]
    frame = pd.DataFrame([("all", 1, 177, 20, 0.9), ("all", 2, 130, 10, 0.8)], columns=columns)
    stat = Statistic("survival", frame, {}, "case", 177, origin("cases"))
    for last, rows in ((8, 0), (95, 2)):
        tables = {"by_month": one_way("case", "month", {"May": 50, "June": 40, "July": last})}
        told = without_numbers_told(stat, settle_statistic(stat), tables, settle_counts(tables).frames)
        assert len(told) == rows


def read_back(protected: Protected, tables: Mapping[str, Counts]) -> dict[str, list[ReleasedTable]]:
    """The tables as their reader has them, by unit."""
    found: dict[str, list[ReleasedTable]] = {}
    for name, counts in tables.items():
        numbers = {(code,): count for code, count in shown(protected, name).items()}
        known = {labels: count for labels, count in numbers.items() if count is not None}
        hidden = tuple(labels for labels in numbers if labels not in known)
        table = ReleasedTable(Shape(name, counts.dimensions), known, hidden, 10)
        found.setdefault(counts.unit, []).append(table)
    return found


def test_an_audit_finds_steps_that_were_released_without_looking_at_cases() -> None:
    by_response, dated = {"by_response": response(141, 4, 40)}, {"steps": steps(185, 145)}
    apart = read_back(settle_counts(by_response), by_response) | read_back(settle_counts(dated), dated)
    assert left_standing(apart) == ["steps: cases less a step may give what by_response hides"]
    together = by_response | dated
    assert left_standing(read_back(settle_counts(together), together)) == []
    enough = {"by_response": response(100, 45, 40), "steps": steps(185, 145)}
    assert left_standing(read_back(settle_counts(enough), enough)) == []


def test_an_audit_finds_suspects_of_several_cases_beside_hidden_series() -> None:
    series = {"series": one_way("case", "series", {"again": 8, "once": 177}, sensitive=True)}
    again = {"again": one_way("suspect", "seen_again", {"again": 12, "once": 131}, sensitive=True)}
    apart = read_back(settle_counts(series), series) | read_back(settle_counts(again), again)
    assert left_standing(apart) == ["again: suspects of several cases tell what series hides"]
    together = series | again
    assert left_standing(read_back(settle_counts(together), together)) == []
