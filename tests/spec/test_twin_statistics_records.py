"""Services, workshops and pilot of twenty twins together have what the parameters declare."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from tests.twin_pools import (
    PARAMETERS,
    RECORD_TWINS,
    assert_drawn_by,
    assert_mean,
    assert_share,
    assert_shared_out,
    checks,
    records,
)

P = PARAMETERS
SIDES = {"children": "children", "parents": "families", "victims_survivors": "families"}


def each(name: str) -> list[pd.DataFrame]:
    return [rows for _, rows in records()[name].groupby("twin")]


@checks("services.profiles", "services.status", "services.checked", "services.referrals")
def test_services() -> None:
    profiles = list(P["services.profiles"].values())
    settings = pd.Series([one["setting"] for one in profiles for _ in range(one["number"])]).value_counts().to_dict()
    cover = {cell for one in profiles for cell in itertools.product(one["forms"], one["levels"], one["ages"])}
    for services, coverage, routes in zip(each("services"), each("service_coverage"), each("referrals"), strict=True):
        assert services["setting"].value_counts().to_dict() == settings
        assert (services["confidential"] == "yes").sum() == sum(
            one["number"] for one in profiles if "confidential" in one
        )
        states = services["status"].value_counts().to_dict()
        running = states.pop("active")
        assert states == P["services.status"]
        assert len(routes) == P["services.referrals"] * running
        found = coverage[["form_group", "prevention_level", "age_band"]].itertuples(index=False, name=None)
        assert set(found) == cover
    last = pd.Timestamp("2023-04-30")
    age = (last - pd.to_datetime(records()["services"]["assured_date"])).dt.days
    kind = age.map(lambda old: "never" if np.isnan(old) else "under six months" if old < 183 else "older")
    assert_drawn_by(P["services.checked"], kind)


@checks("fieldwork.sources", "fieldwork.people", "fieldwork.segments")
def test_fieldwork() -> None:
    for sources, codes in zip(each("fieldwork_sources"), each("fieldwork_codes"), strict=True):
        assert sources["source"].value_counts().to_dict() == P["fieldwork.sources"]
        kinds = codes["source_id"].map(sources.set_index("source_id")["source"])
        assert codes.groupby(kinds)["segments"].sum().to_dict() == P["fieldwork.segments"]
    least, most = P["fieldwork.people"]["least"], P["fieldwork.people"]["most"]
    groups = records()["fieldwork_sources"].query("source == 'focus_group'")["people"]
    assert_drawn_by(dict.fromkeys(map(str, range(least, most + 1)), 1.0), groups.map(str))


@checks("workshops.groups", "workshops.left", "workshops.unable")
def test_who_came_who_left_and_who_could_not_score() -> None:
    for ratings in each("ratings"):
        raters = ratings.groupby(["round", "stakeholder_group"])["rater_id"].nunique()
        assert raters[1].to_dict() == P["workshops.groups"]
        assert raters[2].to_dict() == {
            group: number - P["workshops.left"].get(group, 0) for group, number in P["workshops.groups"].items()
        }
    first = records()["ratings"].query("round == 1")
    for group, share in P["workshops.unable"].items():
        rows = first[first["stakeholder_group"] == group]
        assert_share(share, (rows["unable"] == "yes").sum(), len(rows), group)


def rated(centre: float, spread: float) -> tuple[float, float]:
    """Mean and standard deviation of a rating: a normal value about the centre, rounded, cut off at 1 and 9."""
    edges = np.array([-np.inf, *np.arange(1.5, 9.0), np.inf])
    chances = np.diff(stats.norm.cdf(edges, centre, spread))
    scores = np.arange(1, 10)
    mean = float((scores * chances).sum())
    return mean, float((scores**2 * chances).sum() - mean**2) ** 0.5


@checks("workshops.ratings", "workshops.rating_spread", "workshops.priorities")
def test_ratings_by_side_and_priority() -> None:
    first = records()["ratings"].query("round == 1 and unable == 'no'")
    side = first["stakeholder_group"].map(lambda group: SIDES.get(group, "professionals"))
    for (name, item), rows in first.groupby([side, "item_id"]):
        mean, deviation = rated(P["workshops.ratings"][name][item], P["workshops.rating_spread"])
        assert abs(rows["rating"].mean() - mean) < 5 * deviation / len(rows) ** 0.5, (name, item)
        assert abs(rows["rating"].std() - deviation) < 0.15, (name, item)
    for priorities in each("priorities"):
        assert dict(zip(priorities["priority_id"], priorities["title"], strict=True)) == P["workshops.priorities"]


@checks("workshops.invited", "workshops.plan", "workshops.absent")
def test_plans_invitations_and_who_was_not_in_the_room() -> None:
    usual, differing = P["workshops.plan"]["usual"], P["workshops.plan"]["differing"]
    for plans, groups, absences in zip(
        each("workshop_plans"), each("workshop_groups"), each("workshop_absences"), strict=True
    ):
        for plan in plans.to_dict("records"):
            expected = {**usual, **differing.get(plan["workshop_id"], {})}
            assert {name: plan[name] for name in expected} == expected
        assert (groups["invited"] == groups["stakeholder_group"].map(P["workshops.invited"])).all()
        said = absences.set_index("absent_group")[["reason", "done"]].to_dict("index")
        assert said == P["workshops.absent"]


@checks("workshops.suggestions_taken_into")
def test_a_suggestion_that_is_now_in_a_standard_says_in_which() -> None:
    said = records()["suggestions"].fillna({"standard_id": ""})
    inside = said["reason_code"] == "in_standard"
    assert (
        said.loc[inside, "standard_id"] == said.loc[inside, "topic"].map(P["workshops.suggestions_taken_into"])
    ).all()
    assert (said.loc[~inside, "standard_id"] == "").all()


@checks("workshops.codes", "workshops.coders_agree", "workshops.suggestions")
def test_codes_coders_and_suggestions() -> None:
    declared: dict[str, Any] = P["workshops.codes"]
    for codes, links in zip(each("codes"), each("code_links"), strict=True):
        first, second = (codes[codes["coder"] == coder].set_index("code_id") for coder in "AB")
        assert first["segments"].to_dict() == {code: entry["segments"] for code, entry in declared.items()}
        assert first["label"].to_dict() == {code: entry["label"] for code, entry in declared.items()}
        assert (second["segments"] - first["segments"]).between(-4, 4).all()
        assert set(zip(links["code_id"], links["priority_id"], strict=True)) == {
            (code, priority) for code, entry in declared.items() for priority in entry["priorities"]
        }
    twice = records()["coding_agreement"].pivot(index=["twin", "unit_id"], columns="coder", values="code_id")
    assert_share(P["workshops.coders_agree"], (twice["A"] == twice["B"]).sum(), len(twice))
    shares = {name: share for name, share in P["workshops.suggestions"].items() if name != "number"}
    assert_shared_out(shares, records()["suggestions"], "decision")
    assert len(records()["suggestions"]) == RECORD_TWINS * P["workshops.suggestions"]["number"]


@checks("pilot.services", "pilot.declined", "pilot.youth_raters", "pilot.progression", "pilot.waves")
def test_pilot_services_waves_and_limits() -> None:
    for services in each("pilot_services"):
        for _, area in services.groupby("pilot_area"):
            for joined, name in (("yes", "pilot.services"), ("no", "pilot.declined")):
                assert area.loc[area["joined"] == joined, "kind"].value_counts().to_dict() == P[name]
        assert services["pilot_area"].nunique() == 2
    youth = records()["assessments"].query("rater == 'youth'").drop_duplicates(["twin", "service_code"])["raters"]
    least, most = P["pilot.youth_raters"]
    assert_drawn_by(dict.fromkeys(map(str, range(least, most + 1)), 1.0), youth.map(str))
    for limits in each("progression_criteria"):
        rows = limits.astype({"due_on": str}).set_index("criterion").drop(columns=["declared_on", "twin"])
        assert rows.to_dict("index") == P["pilot.progression"]
    for waves in each("pilot_waves"):
        for _, area in waves.groupby("pilot_area"):
            found = area.astype(str).set_index("wave")[["began_on", "ended_on"]].T.to_dict("list")
            assert found == P["pilot.waves"]


@checks("pilot.hours", "pilot.balancing")
def test_hours_costs_and_balancing_measures() -> None:
    for role, rows in records()["costs"].groupby("staff_role"):
        hours = P["pilot.hours"][role]
        halves = np.arange(2 * hours["least"], 2 * hours["most"] + 1) / 2
        assert_drawn_by(dict.fromkeys(map(str, halves), 1.0), rows["staff_hours"].map(str), role)
        assert ((rows["staff_hours"] * hours["cost_per_hour"]).round(2) == rows["cost"]).all()
    for (measure, wave), rows in records()["balancing"].groupby(["measure", "wave"]):
        declared = P["pilot.balancing"][measure]
        assert_share(declared["share"], rows["events"].sum(), rows["out_of"].sum(), f"{measure} {wave}")
        sizes = range(declared["least"], declared["most"] + 1)
        assert_drawn_by(dict.fromkeys(map(str, sizes), 1.0), rows["out_of"].map(str), measure)


@checks("pilot.adaptations", "pilot.barriers")
def test_adaptations_and_barriers() -> None:
    declared = P["pilot.adaptations"]
    for changed, services in zip(each("adaptations"), each("pilot_services"), strict=True):
        stayed = ((services["joined"] == "yes") & (services["dropped_out"] == "no")).sum()
        assert len(changed) == declared["each"] * stayed
    changed = records()["adaptations"]
    assert_share(declared["core"], (changed["part"] == "core").sum(), len(changed))
    assert_share(declared["planned"], (changed["planned"] == "yes").sum(), len(changed))
    notes, services = records()["pilot_barriers"], records()["pilot_services"]
    stayed = ((services["joined"] == "yes") & (services["dropped_out"] == "no")).sum()
    assert_share(P["pilot.barriers"]["noted"], len(notes), 10 * stayed, "five domains, two directions")
    lengths = range(P["pilot.barriers"]["least"], P["pilot.barriers"]["most"] + 1)
    assert_drawn_by(dict.fromkeys(map(str, lengths), 1.0), notes["segments"].map(str))


@checks("pilot.respondents", "pilot.people", "pilot.evaluators", "pilot.evaluator_codes")
def test_people_of_the_pilot() -> None:
    answers, declared = records()["acceptability"], P["pilot.evaluators"]
    respondents = answers.groupby(["twin", "service_code"])["respondent"].nunique()
    least, most = P["pilot.respondents"]
    assert_drawn_by(dict.fromkeys(map(str, range(least, most + 1)), 1.0), respondents.map(str))
    for people, young in zip(each("pilot_people"), each("young_evaluators"), strict=True):
        for (who, area), row in people.set_index(["who", "pilot_area"]).iterrows():
            assert row["asked"] == round(P["pilot.people"][who] * row["took_part"])
            if who == "young_evaluators":
                here = young[young["pilot_area"] == area]
                assert row["took_part"] == len(here) == declared["each_area"]
                assert (here["withdrew"] == "yes").sum() == declared["left"]
                assert (here["paid"] == "").sum() == declared["payment_not_recorded"]
    total = len(records()["young_evaluators"])
    spoken = records()["evaluator_codes"]["code"].value_counts()
    for code, share in P["pilot.evaluator_codes"].items():
        assert_share(share, spoken[code], total, code)


@checks("pilot.acceptability", "pilot.nomad", "pilot.not_relevant", "pilot.leaning", "pilot.unanswered")
def test_answers_of_practitioners_and_how_they_hang_together() -> None:
    """Each item has the distribution declared; two items of a scale correlate with the square of the leaning."""
    answers, nomad = records()["acceptability"], records()["nomad"]
    for _, scale in answers.groupby(["measure", "item"]):
        assert_drawn_by(P["pilot.acceptability"], scale["score"].dropna().map(str))
    wide = answers.pivot(index=["twin", "respondent", "measure"], columns="item", values="score").astype(float)
    expected = P["pilot.leaning"] ** 2
    assert np.allclose(wide.corr().to_numpy()[np.triu_indices(4, 1)], expected, atol=0.05)
    assert_share(P["pilot.unanswered"], answers["score"].isna().sum(), len(answers))
    general = nomad["item"].str.startswith("G")
    relevant = nomad[~general]
    declared = P["pilot.nomad"]
    assert_share(P["pilot.not_relevant"], (relevant["not_relevant"] == "yes").sum(), len(relevant))
    turned = nomad["score"].where(nomad["item"] != "CA2", 6 - nomad["score"])
    for item, scores in turned.groupby(nomad["item"]):
        weights = declared["general" if item.startswith("G") else "constructs"]
        assert_drawn_by(weights, scores.dropna().map(str), item)


@checks("pilot.levels", "pilot.noise")
def test_levels_of_the_pilot_and_the_null_scenario() -> None:
    """A level is its centre, a step down or up by noise, cut off at 0 and 3: the same in every wave."""
    noise, centres = P["pilot.noise"], {int(level): share for level, share in P["pilot.levels"].items()}
    steps = {-1: noise, 0: 1 - 2 * noise, 1: noise}
    expected: dict[str, float] = dict.fromkeys("0123", 0.0)
    for (centre, share), (step, chance) in itertools.product(centres.items(), steps.items()):
        expected[str(min(3, max(0, centre + step)))] += share * chance
    ratings = records()["assessments"]
    for _, wave in ratings.groupby(["wave", "rater"]):
        assert_drawn_by(expected, wave["level"].map(str))
    wide = ratings.query("rater == 'self'").pivot(
        index=["twin", "service_code", "criterion_id"], columns="wave", values="level"
    )
    change = (wide["after"] - wide["before"]).dropna()
    assert_mean(0.0, change, "no change between before and after")
    moved = sum(
        share * steps[one] * steps[other] * abs(min(3, max(0, centre + one)) - min(3, max(0, centre + other)))
        for (centre, share), one, other in itertools.product(centres.items(), steps, steps)
    )
    assert_mean(moved, change.abs(), "noise")
