"""Case files of thirty twins together have the marginals that the parameters declare: each parameter has its check."""

from __future__ import annotations

import math
from itertools import pairwise

import pandas as pd
import pytest
from scipy import stats

from compendium.dictionary.twin_areas import make_area_groups, make_areas
from compendium.dictionary.twin_cases import CHILD_INSTEAD, FILES_DRAWN, NEEDS_AN_ADULT
from compendium.dictionary.twin_draw import Draw, month_days
from compendium.locality import load_locality
from tests.twin_pools import (
    CASE_TWINS,
    CHECKED,
    LEAST_P,
    PARAMETERS,
    assert_drawn_by,
    assert_mean,
    assert_share,
    assert_shared_out,
    case_files,
    checks,
    children,
)
from tests.unit.test_twin import PERIOD, ROOT, twin_of

P = PARAMETERS
RESPONSIBLE = ("adult", "child", "not_known")


def days(mean: float, longest: int) -> float:
    """Mean of an exponential delay in whole days, cut off: the sum of the chances of at least 1, 2 … days."""
    return sum(math.exp(-day / mean) for day in range(1, longest + 1))


@checks("cases.number", "cases.number_elsewhere", "areas.children", "areas.children_elsewhere", "areas.size_range")
def test_numbers_of_cases_and_children() -> None:
    assert len(case_files(linked=True)["cases"]) == CASE_TWINS * P["cases.number"]
    for locality, number in P["cases.number_elsewhere"].items():
        assert len(twin_of(locality)["cases"]) == number
        assert twin_of(locality)["area_population"]["persons"].sum() == P["areas.children_elsewhere"][locality]
    here = twin_of("blackpool")["area_population"]
    assert here.groupby("age_band")["persons"].sum().to_dict() == P["areas.children"]
    low, high = P["areas.size_range"]
    for seed in range(20):
        population = make_areas("x", P, "zone", Draw("sizes", seed))["area_population"]
        sizes = population.groupby("area_id")["persons"].sum()
        assert sizes.max() / sizes.min() < high / low * 1.01
    assert high / low * 0.8 < sizes.max() / sizes.min()


@checks("areas.deprivation_groups")
def test_areas_are_dealt_out_to_groups_of_equal_size_by_chance() -> None:
    assert P["areas.deprivation_groups"] == 3
    areas = [f"Z{number:02d}" for number in range(1, 22)]
    drawn = pd.concat([make_area_groups(P, areas, Draw("groups", seed)) for seed in range(200)])
    sizes = pd.crosstab(drawn["area_id"], drawn["deprivation_group"])
    assert (drawn.groupby("deprivation_group").size() == 200 * 7).all()
    for _, seen in sizes.iterrows():
        assert_drawn_by(dict.fromkeys(("1", "2", "3"), 1.0), pd.Series(seen.index.repeat(seen)), "groups")


@checks("cases.period", "cases.seasons")
def test_days_are_even_over_the_months_that_the_parameters_name() -> None:
    first, last = month_days(*PERIOD)
    assert P["cases.period"] == f"{first:%B %Y} to {last:%B %Y}"
    for locality in ("blackpool", "demo_area_b"):
        period = load_locality(ROOT, locality).period
        assert (period.first, period.last) == PERIOD
    assert P["cases.seasons"] == "none"
    months = pd.to_datetime(case_files(linked=True)["cases"]["recorded_on"]).dt.to_period("M")
    lengths = {str(month): month.days_in_month for month in pd.period_range(*PERIOD, freq="M")}
    assert_drawn_by(lengths, months.map(str), "months")


@checks("cases.area_effect")
def test_areas_have_cases_by_their_children_and_by_nothing_else() -> None:
    assert P["cases.area_effect"] == "none"
    cases = case_files(linked=True)["cases"]
    assert_drawn_by(children(), cases["zone"], "zones")
    for column in ("form", "responsible", "route", "safeguarding", "stage", "suspect_identified"):
        table = pd.crosstab(cases["zone"], cases[column])
        assert stats.chi2_contingency(table).pvalue > LEAST_P, column


@checks("cases.form", "cases.responsible", "cases.route", "cases.suspect_identified", "cases.safeguarding")
@checks("cases.withdrawn", "cases.open")
def test_what_cases_are_like() -> None:
    cases = case_files(linked=True)["cases"]
    assert_shared_out(P["cases.form"], cases, "form")
    assert_shared_out(P["cases.safeguarding"], cases, "safeguarding")
    for column, parameter, given in (
        ("responsible", "cases.responsible", "form"),
        ("route", "cases.route", "form_group"),
        ("suspect_identified", "cases.suspect_identified", "responsible"),
    ):
        for value, rows in cases.groupby(given):
            assert_shared_out(P[parameter][value], rows, column, f"{parameter} {value}")
    withdrawn = P["cases.withdrawn"]
    rest = 1 - sum(withdrawn.values())
    stages = {**withdrawn, "open": rest * P["cases.open"], "outcome": rest * (1 - P["cases.open"])}
    assert_shared_out(stages, cases, "stage")


@checks("crimes.three", "crimes.two", "crimes.platform_known", "crimes.platform")
def test_numbers_of_crimes_and_platforms() -> None:
    crimes = case_files(linked=True)["crimes"]
    for _, rows in crimes.groupby("twin"):
        sizes = rows.groupby("case_id").size().value_counts()
        assert sizes[3] == P["crimes.three"]
        assert abs(sizes[2] - P["crimes.two"] * P["cases.number"]) < 1
        named = rows[rows["platform"] != "not_recorded"]
        assert len(named) == round(P["crimes.platform_known"] * len(rows))
        assert_shared_out(P["crimes.platform"], named, "platform")


@checks("crimes.offence")
def test_offences_by_form() -> None:
    crimes = case_files(linked=True)["crimes"]
    for form, weights in P["crimes.offence"].items():
        rows = crimes[crimes["form"] == form]
        for child, some in rows.groupby(rows["responsible"] == "child"):
            drawn: dict[str, float] = {}
            for code, weight in weights.items():
                told = CHILD_INSTEAD if child and code == NEEDS_AN_ADULT else code
                told = "21, 22B or 8R" if "21" in weights and told in ("21", "22B", "8R") else told  # by victims' ages
                drawn[told] = drawn.get(told, 0) + weight
            found = some["offence_code"]
            if "21" in weights:
                found = found.where(~found.isin(["21", "22B", "8R"]), "21, 22B or 8R")
            assert_drawn_by(drawn, found, f"{form}, child responsible: {child}")


@checks("crimes.outcome_suspect", "crimes.outcome_no_suspect", "crimes.outcome_child")
def test_outcomes_by_suspect() -> None:
    crimes = case_files(linked=True)["crimes"]
    ended = crimes[(crimes["stage"] == "outcome") & crimes["principal"]]
    identified, child = ended["suspect_identified"] == "yes", ended["responsible"] == "child"
    # crimes of one case share their outcome, so that only principal crimes are independent draws
    assert_drawn_by(P["crimes.outcome_no_suspect"], ended.loc[~identified, "outcome_type"])
    assert_drawn_by(P["crimes.outcome_suspect"], ended.loc[identified & ~child, "outcome_type"])
    assert_drawn_by(P["crimes.outcome_child"], ended.loc[identified & child, "outcome_type"])


@checks("crimes.non_recent", "crimes.dates_missing", "crimes.delays")
def test_dates_and_delays() -> None:
    pool, means = case_files(linked=True), P["crimes.delays"]
    crimes, events = pool["crimes"], pool["events"]
    assert_share(P["crimes.dates_missing"], crimes["offence_to"].isna().sum(), len(crimes), "without dates")
    dated = crimes.dropna(subset=["offence_to"]).assign(
        length=lambda rows: days_between(rows["offence_from"], rows["offence_to"]),
        before=lambda rows: days_between(rows["offence_to"], rows["recorded_on"]),
    )
    old = dated["before"] > 365
    principal = dated["principal"]
    known = pool["cases"][pool["cases"]["non_recent"] != "not_recorded"]
    assert_share(P["crimes.non_recent"], (known["non_recent"] == "yes").sum(), len(known), "non-recent")
    assert (old[principal] == (dated.loc[principal, "non_recent"] == "yes")).all()
    assert_mean(days(means["offence_length"], 365), dated["length"], "length")
    assert_mean(days(means["offence_to_record"], 365), dated.loc[~old, "before"], "before")
    assert_mean(366 + days(means["non_recent_extra"], 3000), dated.loc[old, "before"], "non-recent")
    steps = events.pivot(index=["twin", "case_id"], columns="event", values="on")
    gap = {name: days_between(steps["recorded"], steps[name]).dropna() for name in steps if name != "recorded"}
    assert_mean(-days(means["report_to_record"], 30), gap["reported"], "reported")
    assert_mean(days(means["safeguarding"], 60), gap["safeguarding"], "safeguarding")
    last = pd.Timestamp(month_days(*PERIOD)[1] + FILES_DRAWN)
    recorded = pd.to_datetime(steps["recorded"])
    longest = (last - recorded).dt.days
    ends = longest[gap["outcome"].index].map(lambda most: 1 + days(means["outcome"], most - 1))
    assert_mean(ends, gap["outcome"], "outcome")
    until = (pd.to_datetime(steps["outcome"]).fillna(last) - recorded).dt.days[gap["suspect_identified"].index]
    assert_mean(until.map(lambda most: days(means["suspect"], most)), gap["suspect_identified"], "suspect")


def days_between(first: pd.Series, second: pd.Series) -> pd.Series:
    return (pd.to_datetime(second) - pd.to_datetime(first)).dt.days


@checks("victims.further", "areas.further_victim_same_zone", "victims.unidentified", "victims.age_missing")
@checks("victims.age", "victims.sex", "victims.relationship", "victims.flags")
def test_victims() -> None:
    victims = case_files(linked=False)["victims"]
    for _, rows in victims.groupby("twin"):
        sizes = rows.groupby("case_id").size().value_counts()
        assert {size: sizes[int(size)] for size in P["victims.further"]} == {
            size: round(share * P["cases.number"]) for size, share in P["victims.further"].items()
        }
    for group, share in P["victims.unidentified"].items():
        rows = victims[victims["form_group"] == group]
        assert_share(share, (rows["identified"] == "no").sum(), len(rows), group)
    known = victims[victims["identified"] == "yes"]
    assert_share(P["victims.age_missing"], known["age"].isna().sum(), len(known))
    further = known[known.duplicated(["twin", "case_id"])]
    shares = pd.Series(children()) / sum(children().values())
    same = P["areas.further_victim_same_zone"]
    expected = same + (1 - same) * further["zone"].map(shares)
    assert_mean(expected, (further["home_zone"] == further["zone"]).astype(float), "same zone")
    assert_drawn_by(P["victims.sex"], victims["sex"])
    for who in RESPONSIBLE:
        assert_drawn_by(P["victims.relationship"][who], known.loc[known["responsible"] == who, "relationship"], who)
    for flag, weights in P["victims.flags"].items():
        assert_drawn_by(weights, known[flag], flag)
    crimes = case_files(linked=False)["crimes"]
    limited = crimes[crimes["offence_code"].isin(["88A", "22B", "21"])].groupby("twin")["case_id"].agg(set)
    free = known.apply(lambda row: row["case_id"] not in limited[row["twin"]], axis=1)
    # `other_online` may have had its code changed after the ages were drawn
    plain = known[free & (known["responsible"] != "child") & (known["form"] != "other_online")].dropna(subset=["age"])
    assert_drawn_by(P["victims.age"], plain["age_band"], "age")


@checks("suspects.further", "suspects.age", "suspects.sex", "suspects.from_force_area")
def test_suspects() -> None:
    pool = case_files(linked=False)
    sizes = pool["suspects"].groupby(["twin", "case_id"]).size()
    single = pool["cases"].set_index(["twin", "case_id"])
    for who in RESPONSIBLE:
        these = sizes[sizes.index.isin(single.index[single["responsible"] == who])]
        assert_share(P["suspects.further"][who], (these == 2).sum(), len(these), who)
        rows = pool["suspects"][pool["suspects"]["responsible"] == who]
        for parameter, column in (("age", "age_band"), ("sex", "sex"), ("from_force_area", "from_force_area")):
            assert_drawn_by(P[f"suspects.{parameter}"][who], rows[column], f"{parameter} {who}")
    assert (single.loc[sizes.index, "suspect_identified"] == "yes").all()


@checks("victims.repeated", "suspects.repeated", "persons.both_roles")
def test_persons_who_occur_again() -> None:
    pool = case_files(linked=True)
    for table in ("victims", "suspects"):
        for number, rows in pool[table].groupby("twin"):
            again = len(rows) - rows["person_id"].nunique()
            wanted = round(P[f"{table}.repeated"] * len(rows))
            assert wanted - 2 <= again <= wanted, (table, number)
    for number, suspects in pool["suspects"].groupby("twin"):
        victims = pool["victims"][pool["victims"]["twin"] == number]
        both = victims.merge(suspects, on=["case_id", "person_id"])
        between = suspects.loc[suspects["responsible"] == "child", "case_id"].nunique()
        assert round(P["persons.both_roles"] * between) - 2 <= len(both) <= round(P["persons.both_roles"] * between)


def test_siblings_and_series_occur_in_every_twin() -> None:
    """Siblings: two victims of one case with one zone of home. A series: one suspect, several cases, in order."""
    pool = case_files(linked=True)
    for number, victims in pool["victims"].groupby("twin"):
        home = victims[victims["home_zone"] != ""]
        assert home.groupby(["case_id", "home_zone"]).size().max() >= 2, number
    suspects = pool["suspects"]
    for _, cases in suspects[suspects.duplicated(["twin", "person_id"], keep=False)].groupby(["twin", "person_id"]):
        assert all(one < other for one, other in pairwise(cases["case_id"]))


def test_every_parameter_of_the_twin_is_held_against_what_is_drawn() -> None:
    import tests.spec.test_twin_statistics_records  # noqa: F401 - registers the checks of the other tables

    assert set(CHECKED) == {entry.id for entry in P}


@pytest.mark.parametrize(("name", "value"), [("cases__open", 0.6), ("crimes__dates_missing", 0.2)])
def test_a_check_fails_when_the_twin_does_not_follow_its_parameters(
    monkeypatch: pytest.MonkeyPatch, name: str, value: float
) -> None:
    monkeypatch.setattr("tests.spec.test_twin_statistics_cases.P", P.replaced(**{name: value}))
    with pytest.raises(AssertionError):
        CHECKED[name.replace("__", ".")]()
