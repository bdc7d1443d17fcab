"""A locality's own framework made from another: what was adapted is a record, and is shown.

Title, statement and core criteria are core. They may be changed, but not without saying so (`core_change`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium.errors import InputRefused, Problem, nearest
from compendium.framework import standards
from compendium.framework.compare import Difference, compare
from compendium.framework.schema import (
    Adaptation,
    Change,
    Criterion,
    CriterionAdaptation,
    Outline,
    Standard,
    StandardAdaptation,
)
from compendium.framework.standards import Framework
from compendium.yamlfile import Path_, YamlFile

_CORE = ("title", "statement")
_OF_STANDARD = ("title", "statement", "rationale", "equality", "priority_ids", "audiences")
_OF_CRITERION = ("text", "plain", "numerator", "denominator", "source", "frequency", "levels")


@dataclass(frozen=True)
class Adapted:
    """The framework that holds here, the one it was made from, and the record of what was adapted."""

    framework: Framework
    base: Framework
    adaptation: Adaptation

    @property
    def differences(self) -> tuple[Difference, ...]:
        return compare(self.base, self.framework)

    def why(self, standard: str) -> str:
        """Why a standard is said differently here, or is left out, and who decided it."""
        for one in self.adaptation.adapt:
            if one.id == standard:
                core = [f"A core part was changed: {one.core_change}"] if one.core_change else []
                return " ".join([one.why, *core, one.decided_by])
        for left in self.adaptation.leave_out:
            if left.id == standard:
                return f"{left.why} {left.decided_by}"
        added = next((one for one in self.adaptation.add if one.id == standard), None)
        return f"{added.changes[-1].what} {added.changes[-1].decided_by}" if added else ""


def adapt(adaptation: Adaptation, base: Framework, source: YamlFile, folder: Path, evidence: Path) -> Adapted:
    """Carry out an adaptation that was read from `source`.

    Raises `InputRefused` with everything that it names and the base doesn't have, every core part changed in silence,
    and whatever the whole then leans on and isn't there.
    """
    problems = list(_faults(adaptation, base, source))
    left_out = {one.id for one in adaptation.leave_out}
    changed = {one.id: one for one in adaptation.adapt}
    kept = [standard for standard in base.standards if standard.id not in left_out]
    made = [_adapted(one, changed[one.id], adaptation) if one.id in changed else one for one in kept]
    outline = Outline(
        **{name: getattr(base.outline, name) for name in ("levels", "sources", "orphans")},
        **{name: getattr(adaptation, name) for name in ("id", "version", "title", "dated", "status", "statement")},
    )
    whole = standards.assembled(outline, [*made, *adaptation.add], folder, evidence)
    problems += standards.faults(whole, {}, source.name)
    if not whole.standards:
        problems.append(source.problem(("leave_out",), "No standard is left.", "Keep one."))
    if problems:
        raise InputRefused(problems)
    return Adapted(whole, base, adaptation)


def half_said(adaptation: Adaptation, file: str) -> Iterator[Problem]:
    """Warnings: criteria that ask or count something else here, in the plain words or levels of the base."""
    for criterion in (criterion for one in adaptation.adapt for criterion in one.criteria):
        kept = [name for name in ("plain", "levels") if not getattr(criterion, name)]
        if kept and (criterion.text or criterion.numerator or criterion.denominator):
            message = f"Criterion {criterion.id} differs here; its {' and '.join(kept)} are as in {adaptation.base}."
            remedy = "Young people read plain, raters read levels: say them too, also where they stay as they were."
            yield Problem(file, column="criteria", message=message, remedy=remedy, level="warning")


def _faults(adaptation: Adaptation, base: Framework, source: YamlFile) -> Iterator[Problem]:
    if adaptation.id == base.outline.id:
        message, remedy = f"id: {base.outline.id} is the framework this one is made from.", "Give yours its own id."
        yield source.problem(("id",), message, remedy)
    yield from _undecided(adaptation, base, source)
    known, seen = [standard.id for standard in base.standards], dict[str, str]()
    for key in ("adapt", "leave_out"):
        for number, one in enumerate(getattr(adaptation, key)):
            path = (key, number)
            if one.id not in known:
                yield source.problem(path, f"{key}: {base.name} has no {one.id}.", nearest(one.id, known))
            if one.id in seen:
                message = f"{key}: {one.id} stands in {seen[one.id]} already."
                yield source.problem(path, message, "Say all about a standard in one place.")
            seen[one.id] = key
    for number, standard in enumerate(adaptation.add):
        if standard.id in known:
            remedy = "Number it after the last, or adapt the one there is."
            yield source.problem(("add", number), f"add: {base.name} has an {standard.id} already.", remedy)
    for number, one in enumerate(adaptation.adapt):
        if adapted := base.standard(one.id):
            yield from _faults_of(one, adapted, source, ("adapt", number))


def _undecided(adaptation: Adaptation, base: Framework, source: YamlFile) -> Iterator[Problem]:
    """Standards written for this software that would be shown as co-produced though nobody decided on them."""
    if (adaptation.status, base.outline.status) != ("co-produced", "illustrative"):
        return
    decided = {one.id for one in adaptation.adapt} | {one.id for one in adaptation.leave_out}
    if left := [standard.id for standard in base.standards if standard.id not in decided]:
        message = f"status: nobody here decided on {', '.join(left)} of {base.name}, which is illustrative."
        remedy = "Name each under adapt, with why and decided_by, also where nothing differs; or stay illustrative."
        yield source.problem(("status",), message, remedy)


def _faults_of(one: StandardAdaptation, standard: Standard, source: YamlFile, path: Path_) -> Iterator[Problem]:
    known = [criterion.id for criterion in standard.criteria]
    core = [f"the {name}" for name in _CORE if getattr(one, name)]
    for number, named in enumerate(one.criteria):
        if named.id in [earlier.id for earlier in one.criteria[:number]]:
            message = f"criteria: {named.id} stands twice."
            yield source.problem((*path, "criteria", number), message, "Say all about a criterion in one place.")
        criterion = standard.criterion(named.id)
        if criterion is None:
            message = f"criteria: {standard.id} has no criterion {named.id}."
            yield source.problem((*path, "criteria", number), message, nearest(named.id, known))
        elif criterion.kind == "core":
            core.append(f"criterion {named.id}")
    if core and not one.core_change:
        message = f"{', '.join(core)} of {one.id}: core, and changed without a word."
        yield source.problem(path, message, "Say why in core_change, or leave the core part as it is.")


def _adapted(standard: Standard, one: StandardAdaptation, adaptation: Adaptation) -> Standard:
    said: dict[str, Any] = {name: value for name in _OF_STANDARD if (value := getattr(one, name)) not in (None, "")}
    changed = {named.id: named for named in one.criteria}
    criteria = tuple(_criterion(old, changed[old.id]) if old.id in changed else old for old in standard.criteria)
    what = f"Adapted from {standard.id} {standard.version} of {adaptation.base}: {one.why}"
    change = Change(version=adaptation.version, dated=adaptation.dated, what=what, decided_by=one.decided_by)
    changes = (*standard.changes, change)
    return standard.model_copy(update={**said, "criteria": criteria, "version": adaptation.version, "changes": changes})


def _criterion(criterion: Criterion, named: CriterionAdaptation) -> Criterion:
    return criterion.model_copy(update={name: value for name in _OF_CRITERION if (value := getattr(named, name))})
