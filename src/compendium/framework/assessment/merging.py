"""Answers become ratings: one a service, criterion, round and kind of rater. What is on record is never overwritten.

Young people's forms are merged at once: the level is their lower median, so that half of them at least rate it no
lower, and a tie between two levels takes the lower one. Which young person chose what is kept nowhere.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from compendium.errors import Problem
from compendium.framework.assessment.checking import Answers
from compendium.framework.assessment.form import Rater

Key = tuple[str, str, str, Rater]  # service, criterion, wave, rater
FEWEST_YOUNG_RATERS = 5  # METHODS: a rating by young people needs five of one service to be shown


@dataclass(frozen=True)
class Rating:
    """One row of the table `assessments`."""

    service_code: str
    criterion_id: str
    wave: str
    rater: Rater
    raters: int
    level: int
    form_version: str

    @property
    def key(self) -> Key:
        return self.service_code, self.criterion_id, self.wave, self.rater


@dataclass(frozen=True)
class Found:
    """A rating, and the file or files that it comes from."""

    rating: Rating
    file: str


@dataclass(frozen=True)
class Merged:
    """What comes in new, what was on record already, and what contradicts it."""

    added: tuple[Rating, ...]
    known: int
    problems: tuple[Problem, ...]


def ratings(forms: Iterable[Answers], *, few_raters: bool = False) -> tuple[list[Found], list[Problem]]:
    """The ratings of all forms of one import. Two that contradict each other are told by the names of their files.

    A rating by young people is made once: by fewer than five of them only when `few_raters` says that no more come.
    """
    forms = list(forms)
    young, problems = _each_once([form for form in forms if form.rater == "youth"])
    found: dict[Key, Found] = {}
    for form in forms:
        for criterion, level in form.levels.items() if form.rater == "self" else ():
            rating = Rating(form.service_code, criterion, form.wave, "self", 1, level, form.form_version)
            before = found.setdefault(rating.key, Found(rating, form.file))
            if before.rating != rating:
                problems.append(_two(rating, before.file, form.file))
    merged, told = _median(young, few_raters)
    return [*found.values(), *merged], [*problems, *told]


def merged(new: Sequence[Found], before: Mapping[Key, tuple[Rating, int]], file: str) -> Merged:
    """Hold new ratings against those on record (each with its row in `file`): the same are known, others refused."""
    added = [one.rating for one in new if one.rating.key not in before]
    against: defaultdict[tuple[str, str, str, Rater, str], list[tuple[str, int]]] = defaultdict(list)
    for one in new:
        known, row = before.get(one.rating.key, (one.rating, 0))
        if known != one.rating:
            group = (
                one.file,
                one.rating.service_code,
                one.rating.wave,
                one.rating.rater,
                _difference(one.rating, known),
            )
            against[group].append((one.rating.criterion_id, row))
    problems = [_contradicts(*group, pairs, file) for group, pairs in against.items()]
    contradicted = sum(map(len, against.values()))
    return Merged(tuple(added), len(new) - len(added) - contradicted, tuple(problems))


def _each_once(forms: Sequence[Answers]) -> tuple[list[Answers], list[Problem]]:
    """Young people's forms, a copy of one counted once; one number with two sets of answers is refused."""
    kept: dict[str, Answers] = {}
    problems = []
    for form in forms:
        before = kept.setdefault(form.response, form)
        if before is form:
            continue
        said = (form.service_code, form.wave, form.form_version, form.levels, form.cannot_say)
        if said == (before.service_code, before.wave, before.form_version, before.levels, before.cannot_say):
            message = f"It is a copy of {before.file}: counted once."
            problems.append(Problem(form.file, message=message, level="warning"))
        else:
            message = f"It has the number of {before.file} and says something else."
            problems.append(Problem(form.file, message=message, remedy="Ask which of the two counts; keep that one."))
    return list(kept.values()), problems


def _median(forms: Sequence[Answers], few_raters: bool) -> tuple[list[Found], list[Problem]]:
    groups: defaultdict[tuple[str, str], list[Answers]] = defaultdict(list)
    for form in forms:
        groups[form.service_code, form.wave].append(form)
    found, problems = list[Found](), list[Problem]()
    for (service, wave), group in sorted(groups.items()):
        versions = sorted({form.form_version for form in group})
        if len(versions) > 1:
            message = f"Young people's forms of service {service}, {wave}, are of versions {' and '.join(versions)}."
            problems.append(Problem(message=message, remedy="Bring in those of one version."))
            continue
        if len(group) < FEWEST_YOUNG_RATERS:
            rated = "1 young person has" if len(group) == 1 else f"{len(group)} young people have"
            message = f"{rated} rated service {service}, {wave}: figures need {FEWEST_YOUNG_RATERS}."
            remedy = "Wait for the rest: they come in together, none can be added. If no more come: --few-raters."
            problems.append(Problem(message=message, remedy=remedy, level="warning" if few_raters else "error"))
        for criterion in sorted({name for form in group for name in form.levels}):
            levels = [form.levels[criterion] for form in group if criterion in form.levels]
            level = statistics.median_low(levels)
            rating = Rating(service, criterion, wave, "youth", len(levels), level, versions[0])
            found.append(
                Found(rating, group[0].file if len(group) == 1 else f"{len(group)} files from {group[0].file} on")
            )
    return found, problems


def _by(rater: Rater) -> str:
    return "the service itself" if rater == "self" else "young people"


def _two(rating: Rating, first: str, second: str) -> Problem:
    where = f"Service {rating.service_code}, criterion {rating.criterion_id}, {rating.wave}"
    message = f"{where}, rated by {_by(rating.rater)}: {first} and {second} say two things."
    return Problem(second, message=message, remedy="Ask the service which of the two counts; bring in that one.")


def _difference(new: Rating, known: Rating) -> str:
    """In what way two ratings of one thing differ; never the levels themselves."""
    if new.level != known.level:
        return "another level"
    if new.raters != known.raters:
        return "another number of raters"
    return f"the same level from version {known.form_version} of the form"


def _contradicts(
    source: str, service: str, wave: str, rater: Rater, difference: str, pairs: Sequence[tuple[str, int]], file: str
) -> Problem:
    listed = ", ".join(f"{criterion} (row {row})" for criterion, row in pairs)
    message = f"Service {service}, {wave}, rated by {_by(rater)}: {file} has {difference} for criterion {listed}."
    remedy = "What is on record is never overwritten: leave this one out, or correct the table by hand and note why."
    if rater == "youth":
        remedy = "Young people's forms of a service and round come in once and together; their rating isn't reopened."
    return Problem(source, message=message, remedy=remedy)
