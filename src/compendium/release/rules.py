"""What the public site never shows, held against everything that is proposed, before any of it is settled.

Source: this project's rules for its public site. They bind synthetic records too: what is shown is how it is done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from compendium.aggregate import Counts, Dimension
from compendium.errors import Problem
from compendium.proposals import Derivation, Proposal, note_of
from compendium.release import words

ADULT = 18
FEWEST_YEARS = 4  # of a band of children who are recorded as suspects: 10 to 13 and 14 to 17 are the finest here
COUNTED = {"victim", "suspect", "case", "crime", "incident", "offence"}
PLACE_COLUMNS = re.compile(r"(?:^|_)(?:area|zone|ward|lsoa|school|street|district|service)(?:_|$)")
PREVALENCE = {"prevalence", "pooling_sets"}
OUTCOMES = {"end", "outcome_type"}  # variables with the Home Office's codes of outcomes
DECISIONS = {"21", "22"}  # not in the public interest; diversion, education or intervention
NO_FURTHER_ACTION = {"14", "15", "16", "18"}  # no suspect, or not enough evidence
CHARGED = "1"  # a category with these as well is "has an outcome", whatever it was
POPULATION = {"area_population", "area_population_official", "area_census"}


def problems(
    found: Mapping[str, Proposal], tables_read: Mapping[str, Iterable[str]], derived: Iterable[Derivation] = ()
) -> list[Problem]:
    """Every rule that a proposal breaks. `tables_read`: names of the tables that each notebook read."""
    wrong = []
    for proposal in found.values():
        file = f"notebooks/{proposal.notebook}.ipynb"
        for message, remedy in (*_of_shape(proposal), *_of_words(proposal)):
            wrong.append(Problem(file, message=f"{proposal.name}: {message}", remedy=remedy))
    for one in derived:
        for message, remedy in _of_texts((one.title, one.caption, one.note, json.dumps(one.options))):
            wrong.append(Problem(f"notebooks/{one.notebook}.ipynb", message=f"{one.name}: {message}", remedy=remedy))
    for notebook in sorted({proposal.notebook for proposal in found.values()}):
        read = set(tables_read.get(notebook, ()))
        if read & PREVALENCE and read & POPULATION:
            message = "It reads published prevalence and the population of places, so it could multiply them."
            remedy = "No published rate is carried over to a place: read them in two notebooks, or leave one out."
            wrong.append(Problem(f"notebooks/{notebook}.ipynb", message=message, remedy=remedy))
    return wrong


def tables_read(folder: Path) -> set[str]:
    """The tables that a notebook read, from the note in the folder of its proposals."""
    files = note_of(folder)["files"]
    return {Path(name).stem for name in files if name.startswith("data_dictionaries/")}


Broken = Iterator[tuple[str, str]]  # what is wrong, what to do


def _of_shape(proposal: Proposal) -> Broken:
    if isinstance(proposal.aggregate, Counts):
        yield from _crossings(proposal.aggregate)
        yield from _order_of_areas(proposal)
        yield from _ages_of_suspects(proposal.aggregate)
        yield from _steps(proposal.aggregate)
        yield from _decisions(proposal.aggregate)
    else:
        yield from _ranked_places(proposal)


def _crossings(counts: Counts) -> Broken:
    variables = {dimension.variable for dimension in counts.dimensions}
    area = any(dimension.area for dimension in counts.dimensions)
    age = any(_is_age(dimension) for dimension in counts.dimensions)
    if {"relationship", "sex"} <= variables and area:
        yield "relationship, sex and area stand in one table.", "Leave one of them out: together they describe a child."
    if "platform" in variables and (area or age):
        yield "platforms stand by age or area.", "Show platforms for the whole locality, all ages together."


def _is_age(dimension: Dimension) -> bool:
    return bool(re.search(r"(?:^|_)age(?:_|$)", dimension.variable))


def _order_of_areas(proposal: Proposal) -> Broken:
    assert isinstance(proposal.aggregate, Counts)
    for dimension in proposal.aggregate.dimensions:
        if not dimension.area:
            continue
        areas = {code: label for code, label in dimension.categories.items() if code not in dimension.missing}
        codes, labels = list(areas), list(areas.values())
        if proposal.options.get("order") == "size":
            yield "areas are ordered by size.", "Leave the option out: areas stand in the order of their names."
        elif codes != sorted(codes, key=_natural) and labels != sorted(labels, key=_natural):
            yield "areas stand in an order of their own.", "Give them in the order of their codes or names."


def _steps(counts: Counts) -> Broken:
    """Every case has some steps for certain, so cases less steps are cases again: units are attacked apart."""
    if counts.unit == "event" and len(counts.dimensions) > 1:
        yield (
            "steps of cases stand by something else.",
            "Show them alone: cases less steps would give small numbers away.",
        )


def _decisions(counts: Counts) -> Broken:
    for dimension in counts.dimensions:
        for form in (dimension, *dimension.coarser) if dimension.variable in OUTCOMES else ():
            for code, members in form.members.items():
                held = set(members)
                if held & DECISIONS and held & NO_FURTHER_ACTION and CHARGED not in held:
                    yield (
                        f"{form.name}, {code}: outcome 21 or 22 stands with cases closed for want of evidence.",
                        "Keep them apart: they are decisions of their own, most often about a child who has harmed.",
                    )


def _natural(name: str) -> list[tuple[int, str]]:
    """Zone 2 before Zone 10."""
    return [(int(part), "") if part.isdigit() else (-1, part.lower()) for part in re.split(r"(\d+)", name)]


def _ages_of_suspects(counts: Counts) -> Broken:
    for dimension in counts.dimensions:
        about = f"{counts.unit} {counts.origin.table} {dimension.name} {dimension.title}".lower()
        if not _is_age(dimension) or "suspect" not in about:
            continue
        finer = [code for code, members in dimension.members.items() if _is_finer((code, *members))]
        if finer:
            yield (
                f"{dimension.name} shows ages of suspects under 18 in bands of fewer than four years.",
                "Merge them, such as into 10 to 13 and 14 to 17.",
            )


def _is_finer(codes: Iterable[str]) -> bool:
    """Whether the ages that these codes span hold some, and fewer than four years, under 18. `under-12` ends at 11."""
    spans = [
        (0 if code.startswith("under") else min(ages), max(ages) - code.startswith("under"))
        for code in codes
        if (ages := [int(number) for number in re.findall(r"\d+", code)])
    ]
    if not spans:
        return False
    first, last = min(low for low, _ in spans), max(high for _, high in spans)
    return first < ADULT and min(last, ADULT - 1) - first + 1 < FEWEST_YEARS


def _ranked_places(proposal: Proposal) -> Broken:
    aggregate = proposal.aggregate
    frame = aggregate.frame
    places = [column for column in frame.columns if PLACE_COLUMNS.search(str(column))]
    if aggregate.unit not in COUNTED or not places or len(frame) < 3:
        return
    remedy = "Give areas in the order of their names, without a rank; compare with chance, not with each other."
    if any("rank" in str(column).lower() for column in frame.columns):
        yield "named places have a rank.", remedy
        return
    names = [str(name) for name in frame[places[0]]]
    if names in (sorted(names, key=_natural), sorted(names, key=_natural, reverse=True)):
        return
    for column in frame.columns:
        numbers = pd.to_numeric(frame[column], errors="coerce")
        if (
            numbers.notna().all()
            and numbers.nunique() > 1
            and (numbers.is_monotonic_increasing or numbers.is_monotonic_decreasing)
        ):
            yield f"named places stand in the order of {column}.", remedy
            return


def _of_words(proposal: Proposal) -> Broken:
    yield from _of_texts(_texts(proposal))


def _of_texts(texts: Iterable[str]) -> Broken:
    for hit in dict.fromkeys(hit for text in texts for hit in words.refused(text)):
        yield hit.message, hit.rule.remedy


def _texts(proposal: Proposal) -> Iterator[str]:
    """What a notebook says of a table, and its labels; the rows of a public listing are their publishers' words."""
    yield from (proposal.title, proposal.caption, proposal.note, json.dumps(proposal.options, ensure_ascii=False))
    aggregate = proposal.aggregate
    if isinstance(aggregate, Counts):
        for dimension in aggregate.dimensions:
            yield from (dimension.title, *dimension.categories.values())
        return
    yield from aggregate.columns.values()
    if aggregate.origin.sensitivity != "public":
        yield from (
            str(value) for row in aggregate.frame.itertuples(index=False) for value in row if isinstance(value, str)
        )
