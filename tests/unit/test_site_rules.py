"""What the public site never shows: each rule, broken once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin, Statistic
from compendium.locality import HelpLine, Locality
from compendium.locality.written import Period
from compendium.proposals import Proposal
from compendium.release import rules, words
from compendium.release.help_lines import stale_help_lines
from tests.unit.released import ORIGIN, WHO

ZONE = Dimension("zone", "Zone", {"Z01": "Zone 01", "Z02": "Zone 02", "Z10": "Zone 10"}, area=True)
PUBLIC = Origin("area_crime", "Recorded crime", "public", "real", "", "a publisher")


def dimension(name: str, *codes: str, variable: str = "", members: Mapping[str, tuple[str, ...]] | None = None) -> Any:
    return Dimension(name, name.capitalize(), {code: code for code in codes}, variable, members or {})


def counts(*dimensions: Dimension, unit: str = "victim", **more: Any) -> Proposal:
    frame = pd.DataFrame(columns=[*(one.name for one in dimensions), "count"])
    aggregate = Counts(frame, unit, dimensions, ORIGIN)
    return Proposal("a_table", "03_case_files", "A table", aggregate, **more)


def listing(unit: str, **columns: list[Any]) -> Proposal:
    frame = pd.DataFrame(columns)
    aggregate = Statistic("listing", frame, {name: name for name in frame}, unit, 0, PUBLIC)
    return Proposal("a_listing", "03_case_files", "A listing", aggregate)


def said(proposal: Proposal, read: tuple[str, ...] = ()) -> str:
    return "\n".join(map(str, rules.problems({proposal.name: proposal}, {proposal.notebook: read})))


def test_a_table_that_keeps_the_rules_passes() -> None:
    assert said(counts(ZONE, WHO)) == ""
    assert said(counts(dimension("age_band", "10-13", "14-17", "18-24", "25-plus"), unit="suspect")) == ""
    assert said(listing("crime", area=["A", "B", "C"], offences=[3, 2, 1])) == ""


def test_areas_are_never_ordered_by_size() -> None:
    assert "ordered by size" in said(counts(ZONE, options={"order": "size"}))
    assert "order of their own" in said(
        counts(replace(ZONE, categories={"Z02": "Zone 02", "Z10": "Zone 10", "Z01": "A"}))
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"area": ["B", "C", "A"], "offences": [9, 5, 2]},
        {"school": ["B", "C", "A"], "offences": [2, 5, 9]},
        {"ward_name": ["A", "B", "C"], "rank": [1, 2, 3]},
    ],
    ids=["most first", "fewest first", "a rank"],
)
def test_no_named_place_is_ranked_by_what_was_recorded(columns: dict[str, list[Any]]) -> None:
    assert "named places" in said(listing("crime", **columns))


def test_figures_that_count_no_harm_may_stand_in_any_order() -> None:
    assert said(listing("small area", area=["B", "C", "A"], tenth=[1, 2, 3])) == ""


@pytest.mark.parametrize("codes", [("10-11", "12-13"), ("15", "16"), ("10-13", "14-15", "16-17"), ("10-14", "15-17")])
def test_no_age_of_a_suspect_finer_than_two_bands(codes: tuple[str, ...]) -> None:
    assert "ages of suspects" in said(counts(dimension("age_band", *codes), unit="suspect"))
    assert said(counts(dimension("age_band", *codes))) == "", "victims have rules of their own"


def test_bands_that_hold_finer_codes_are_as_coarse_as_their_ends() -> None:
    band = dimension("age", "child", "adult", members={"child": ("10", "12", "17"), "adult": ("18", "40")})
    assert said(counts(band, unit="suspect")) == ""
    finer = dimension("age", "child", members={"child": ("15", "17")})
    assert "ages of suspects" in said(counts(finer, unit="suspect"))


def test_a_country_with_another_age_of_criminal_responsibility_has_its_own_two_bands() -> None:
    assert said(counts(dimension("age_band", "under-12", "12-17", "18-plus"), unit="suspect")) == ""
    assert "ages of suspects" in said(counts(dimension("age_band", "12-14", "15-17"), unit="suspect"))
    assert "ages of suspects" in said(counts(dimension("age_band", "under-3", "3-17"), unit="suspect"))


def test_relationship_sex_and_area_never_meet() -> None:
    relationship, sex = dimension("relationship_group", "peer", variable="relationship"), dimension("sex", "female")
    assert "describe a child" in said(counts(relationship, sex, ZONE))
    assert said(counts(relationship, sex)) == ""
    assert said(counts(sex, ZONE)) == ""


def test_steps_of_cases_stand_alone_because_cases_less_steps_are_cases() -> None:
    step, who = dimension("event", "A", "B"), dimension("responsible", "adult", "child")
    assert "steps of cases stand by something else" in said(counts(step, who, unit="event"))
    assert said(counts(step, unit="event")) == ""


def test_types_21_and_22_never_stand_with_cases_closed_for_want_of_evidence() -> None:
    apart = {"closed": ("14", "15", "16", "18"), "other": ("8", "21", "22")}
    assert said(counts(dimension("in_two", *apart, variable="end", members=apart), unit="case")) == ""
    every = {"outcome": ("1", "14", "18", "21", "22"), "open": ("open",)}
    assert said(counts(dimension("stage", *every, variable="end", members=every), unit="case")) == ""
    for mixed in ("21", "22"):
        members = {"no_further_action": ("14", "16", "18", mixed), "charged": ("1",)}
        wrong = dimension("in_two", *members, variable="outcome_type", members=members)
        assert "no_further_action: outcome 21 or 22 stands with" in said(counts(wrong, unit="crime"))
        finest = dimension("outcome_type", "1", "14", "16", "18", mixed)
        assert "in_two, no_further_action" in said(counts(replace(finest, coarser=(wrong,)), unit="crime"))


def test_platforms_stand_by_nothing_that_finds_a_child() -> None:
    platform = dimension("platform", "A", "B")
    assert "platforms" in said(counts(platform, ZONE, unit="crime"))
    assert "platforms" in said(counts(platform, dimension("age_group", "14_17", variable="age_band"), unit="crime"))
    assert said(counts(platform, unit="crime")) == ""


def test_a_notebook_that_could_multiply_prevalence_by_population_is_refused() -> None:
    table = counts(ZONE)
    assert "could multiply" in said(table, ("prevalence", "area_population_official"))
    assert "could multiply" in said(table, ("pooling_sets", "area_population"))
    assert said(table, ("prevalence", "studies")) == said(table, ("area_population", "cases")) == ""


@pytest.mark.parametrize("where", ["title", "caption", "note"])
@pytest.mark.parametrize("text", ["Hot spots of harm", "hotspot map", "A hot-spot", "League table", "The worst wards"])
def test_words_that_rank_places_are_refused_wherever_they_stand(where: str, text: str) -> None:
    proposal = counts(ZONE)
    assert "ranks places" in said(replace(proposal, **{where: text}))
    assert "ranks places" in said(replace(proposal, options={"subtitle": text}))
    assert "ranks places" in said(counts(replace(ZONE, categories={"Z01": text})))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("risk-taking behaviour", "blame"),
        ("girls who put themselves at risk", "blame"),
        ("about sexting", "image"),
        ("child pornography offences", "image"),
        ("self-generated images", "self-generated"),
        ("child prostitution", "trade"),
        ("young offenders", "children-who-harmed"),
        ("juvenile sex offender", "children-who-harmed"),
        ("how to befriend a child", "instructs"),
        ("used a burner phone to avoid detection", "instructs"),
        ("step by step, how they contacted her", "instructs"),
    ],
)
def test_words_that_are_never_used(text: str, rule: str) -> None:
    assert rule in {hit.rule.id for hit in words.refused(text)}


@pytest.mark.parametrize(
    "text",
    [
        "“self-generated” images, as the source says",
        "the sources call it 'self-generated'",
        "A child who has harmed, recorded as a suspect",
        "colleagues of the school; the sixth text; context",
        "By chance alone some areas have many",
    ],
)
def test_words_that_are_right_pass(text: str) -> None:
    assert list(words.refused(text)) == []


def test_the_title_of_a_publication_is_its_authors() -> None:
    title = "Prevalence of Multiple Forms of Sexting Behavior Among Youth"
    assert list(words.refused(f"See {title}.", quoted=[title])) == []
    assert list(words.refused(f"See {title}, on sexting.", quoted=[title]))


@pytest.mark.parametrize(
    "text",
    [
        "About 900 children in Blackpool are approached each year.",
        "In Blackpool an estimated 1,200 young people were harmed.",
        "1 in 8 children in Blackpool",
        "some nine hundred girls who live in Blackpool",
        "12.6% of children in Blackpool",
    ],
)
def test_no_sentence_gives_a_place_a_number_of_children_nobody_counted(text: str) -> None:
    assert words.applied_prevalence(text, ["Blackpool"])


@pytest.mark.parametrize(
    "text",
    [
        "Nothing in them is a finding about Blackpool. About 900 children were asked.",
        "30,405 residents of Blackpool are under 18",
        "1 in 8 children asked in twelve countries",
    ],
)
def test_sentences_about_what_was_counted_pass(text: str) -> None:
    assert words.applied_prevalence(text, ["Blackpool"]) == ""


@pytest.mark.parametrize(
    ("checked", "fresh"),
    [("2026-11-22", True), ("2026-06-01", True), ("2026-05-01", False), ("", False), ("2026-12-24", False)],
)
def test_a_help_line_is_checked_within_half_a_year(checked: str, fresh: bool) -> None:
    line = HelpLine(name="Childline", phone="0800 1111", checked=checked)
    period = Period(**{"from": "2022-05", "to": "2023-04"})
    place = Locality(id="leeds", name="Leeds", period=period, help_lines=(line,))
    assert (stale_help_lines(place, date(2026, 11, 22)) == []) is fresh
    assert "help_lines: no help line" in stale_help_lines(replace(place, help_lines=()), date(2026, 11, 22))[0].message
