"""A locality's own framework made from another: what was adapted is a record, and is shown.

Title, statement and core criteria are core. They may be changed, but not without saying so (`core_change`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def adapt(adaptation: Adaptation, base: Framework, label: str, folder: Path, evidence: Path) -> Adapted:
    """Carry out an adaptation. Raises `InputRefused` with everything that it names and the base doesn't have, every
    core part changed in silence, and whatever the whole then leans on and isn't there. `label`: its file in messages.
    """
    problems = list(_faults(adaptation, base, label))
    left_out = {one.id for one in adaptation.leave_out}
    changed = {one.id: one for one in adaptation.adapt}
    kept = [standard for standard in base.standards if standard.id not in left_out]
    made = [_adapted(one, changed[one.id], adaptation) if one.id in changed else one for one in kept]
    outline = Outline(
        **{name: getattr(base.outline, name) for name in ("levels", "sources", "orphans")},
        **{name: getattr(adaptation, name) for name in ("id", "version", "title", "dated", "status", "statement")},
    )
    whole = standards.assembled(outline, [*made, *adaptation.add], folder, evidence)
    problems += standards.faults(whole, {}, label)
    if not whole.standards:
        problems.append(Problem(label, column="leave_out", message="No standard is left.", remedy="Keep one."))
    if problems:
        raise InputRefused(problems)
    return Adapted(whole, base, adaptation)


def _faults(adaptation: Adaptation, base: Framework, label: str) -> Iterator[Problem]:
    known = [standard.id for standard in base.standards]
    for column, named in (("adapt", adaptation.adapt), ("leave_out", adaptation.leave_out)):
        for one in named:
            if one.id not in known:
                yield Problem(
                    label, column=column, message=f"{base.name} has no {one.id}.", remedy=nearest(one.id, known)
                )
        for id in _twice([one.id for one in named]):
            yield Problem(label, column=column, message=f"{id} stands twice.", remedy="Say all about it in one place.")
    for id in sorted({one.id for one in adaptation.adapt} & {one.id for one in adaptation.leave_out}):
        yield Problem(label, column="adapt", message=f"{id} is adapted and left out.", remedy="Keep one of them.")
    for standard in adaptation.add:
        if standard.id in known:
            remedy = "Number it after the last, or adapt the one there is."
            yield Problem(label, column="add", message=f"{base.name} has an {standard.id} already.", remedy=remedy)
    for one in adaptation.adapt:
        if adapted := base.standard(one.id):
            yield from _faults_of(one, adapted, label)


def _faults_of(one: StandardAdaptation, standard: Standard, label: str) -> Iterator[Problem]:
    known = [criterion.id for criterion in standard.criteria]
    core = [f"the {name}" for name in _CORE if getattr(one, name)]
    for named in one.criteria:
        criterion = standard.criterion(named.id)
        if criterion is None:
            message, remedy = f"{standard.id} has no criterion {named.id}.", nearest(named.id, known)
            yield Problem(label, column=f"adapt {one.id}", message=message, remedy=remedy)
        elif criterion.kind == "core":
            core.append(f"criterion {named.id}")
    if core and not one.core_change:
        message = f"{', '.join(core)} of {one.id} {'is' if len(core) == 1 else 'are'} core and changed without a word."
        remedy = "Say why in core_change, or leave the core part as it is."
        yield Problem(label, column=f"adapt {one.id}", message=message[0].upper() + message[1:], remedy=remedy)


def _adapted(standard: Standard, one: StandardAdaptation, adaptation: Adaptation) -> Standard:
    said: dict[str, Any] = {name: value for name in _OF_STANDARD if (value := getattr(one, name))}
    changed = {named.id: named for named in one.criteria}
    criteria = tuple(_criterion(old, changed[old.id]) if old.id in changed else old for old in standard.criteria)
    what = f"Adapted from {standard.id} {standard.version} of {adaptation.base}: {one.why}"
    change = Change(version=adaptation.version, dated=adaptation.dated, what=what, decided_by=one.decided_by)
    changes = (*standard.changes, change)
    return standard.model_copy(update={**said, "criteria": criteria, "version": adaptation.version, "changes": changes})


def _criterion(criterion: Criterion, named: CriterionAdaptation) -> Criterion:
    return criterion.model_copy(update={name: value for name in _OF_CRITERION if (value := getattr(named, name))})


def _twice(ids: Sequence[str]) -> list[str]:
    return sorted({id for id in ids if ids.count(id) > 1})
