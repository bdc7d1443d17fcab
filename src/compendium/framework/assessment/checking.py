"""A filled-in form against the form that was sent out: everything that is wrong with it, told at once.

Messages name the file, the row or entry and the item. What a person typed is not repeated, but for a service code that
has the form of one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from compendium.errors import Problem, nearest
from compendium.framework.assessment.form import CANNOT_SAY, RATERS, Form, Rater
from compendium.framework.assessment.reading import Filled, Said
from compendium.sheets import harmless

CRITERION = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}")
VERSION = re.compile(r"(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})")
RESPONSE = re.compile(r"[0-9a-f]{16}")
_AGAIN = "Fill in the form that `compendium assess export` makes."


@dataclass(frozen=True)
class Answers:
    """A form that holds: its levels by criterion, and the criteria that the rater could not judge."""

    file: str
    rater: Rater
    service_code: str
    wave: str
    form_version: str
    response: str
    levels: Mapping[str, int]
    cannot_say: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """What the table of services says of one."""

    pilot_area: str
    consent: bool = True
    dropped_out: bool = False
    began: bool = True


def checked(
    filled: Filled, forms: Mapping[Rater, Form], services: Mapping[str, Service], *, accept_older: bool = False
) -> tuple[Answers | None, list[Problem]]:
    """The answers of a form, or None when something is wrong with it; and all problems, warnings among them.

    With `accept_older` the items of an older version whose wording has not changed are taken, with that version; those
    that have changed are left out and named.
    """
    rater = next((one for one in RATERS if one == filled.head["rater"]), None)
    if rater is None:
        return None, [filled.problem("rater", "It does not say who rated.", _AGAIN)]
    form, head = forms[rater], filled.head
    problems = [*_of_another(filled, form), *_about(filled, form, services)]
    if any(problem.level == "error" and problem.column in ("form_id", "form_version") for problem in problems):
        return None, problems
    older = head["form_version"] != form.version
    levels, cannot_say, left_open = dict[str, int](), list[str](), list[str]()
    seen: set[str] = set()
    changed: list[str] = []
    for said in filled.answers:
        if older and said.criterion_id not in form.items and CRITERION.fullmatch(said.criterion_id):
            changed.append(said.criterion_id)  # no longer asked
            continue
        wrong = list(_wrong(said, filled, form, seen))
        problems += wrong
        if wrong:
            continue
        seen.add(said.criterion_id)
        level = _level(said, form)
        if level is None:
            left_open.append(said.criterion_id)
        elif said.wording != form.items[said.criterion_id].wording:
            changed.append(said.criterion_id)
        elif level == CANNOT_SAY:
            cannot_say.append(said.criterion_id)
        else:
            levels[said.criterion_id] = int(level)
    problems += _versions(filled, form, changed, len(levels), older=older, accept_older=accept_older)
    left_open += [name for name in form.items if name not in seen]
    if not levels and not cannot_say and not any(problem.level == "error" for problem in problems):
        problems.append(Problem(filled.file, message="Nothing is answered.", remedy="Fill in the form, then save it."))
    if left_open and levels:
        message = f"{len(left_open)} of {len(form.items)} items were left open: {', '.join(left_open)}."
        problems.append(Problem(filled.file, message=message, remedy="", level="warning"))
    if any(problem.level == "error" for problem in problems):
        return None, problems
    service, wave, version, response = (head[name] for name in ("service_code", "wave", "form_version", "response"))
    return Answers(filled.file, rater, service, wave, version, response, levels, tuple(cannot_say)), problems


def _of_another(filled: Filled, form: Form) -> Iterator[Problem]:
    head = filled.head
    if head["form_id"] != form.id:
        yield filled.problem("form_id", "This is the form of another framework.", _AGAIN)
    if head["locality"] != form.locality:
        yield filled.problem("locality", f"This is not a form of {form.locality}.", "Name its own locality.")
    version = head["form_version"]
    if not VERSION.fullmatch(version):
        remedy = "A spreadsheet may have changed it: take the file as the form saved it."
        yield filled.problem("form_version", "This is no version of a form.", remedy)
    elif _number(version) > _number(form.version):
        message = f"It is a form of a version newer than {form.version}, the one of this framework."
        yield filled.problem("form_version", message, "Bring this compendium up to date first.")
    elif version not in form.versions:
        message = f"No form of version {version} is known: only of {', '.join(form.versions)}."
        yield filled.problem("form_version", message, _AGAIN)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _about(filled: Filled, form: Form, services: Mapping[str, Service]) -> Iterator[Problem]:
    """Which service, which round, who: and that a young person may rate it."""
    head = filled.head
    code, service = head["service_code"], services.get(head["service_code"])
    if not re.fullmatch(form.service_pattern, code):
        message = "No service is named." if not code else "This is not the code of a service."
        yield filled.problem("service_code", message, "Write the code that was agreed, never a name.")
    elif service is None:
        yield filled.problem("service_code", f"No service {code} is in the pilot.", nearest(code, services))
    if head["wave"] not in form.rounds:
        yield filled.problem(
            "wave",
            "No round is chosen." if not head["wave"] else "This form has no such round.",
            f"Choose one: {', '.join(form.rounds)}.",
        )
    if head["pilot_area"] not in ("", *form.areas):
        yield filled.problem("pilot_area", "There is no such pilot area.", f"Choose one: {', '.join(form.areas)}.")
    elif service and form.rater == "self" and head["pilot_area"] != service.pilot_area:
        message = f"The form does not name the pilot area of service {code}."
        yield filled.problem("pilot_area", message, "Is the code right? Correct one of the two.")
    if service and not service.consent:
        message = f"Service {code} has not agreed in writing: its answers are kept and shown in no figure."
        yield Problem(filled.file, message=message, level="warning")
    if service and service.dropped_out and head["wave"] != "before":
        message = f"Service {code} is recorded as dropped out, and here it rates the time after it began."
        yield Problem(
            filled.file,
            message=message,
            remedy="Its answers are kept. Correct pilot_services if it came back.",
            level="warning",
        )
    if service and not service.began:
        message = f"Service {code} is recorded as one that did not begin the pilot: its answers are kept."
        yield Problem(filled.file, message=message, remedy="Correct pilot_services if it did.", level="warning")
    if form.rater == "youth":
        if head["free_to_rate"] != "yes":
            message = "The first question was not answered with No."
            remedy = "Leave it out: who uses a service, or told it something, does not rate it."
            yield filled.problem("free_to_rate", message, remedy)
        if not RESPONSE.fullmatch(head["response"]):
            yield filled.problem("response", "The form has no number of its own.", "Save it again from the web page.")


def _wrong(said: Said, filled: Filled, form: Form, seen: Collection[str]) -> Iterator[Problem]:
    """What is wrong with one answer, whatever its version."""
    item = form.items.get(said.criterion_id)
    if item is None:
        close = nearest(said.criterion_id, form.items) if CRITERION.fullmatch(said.criterion_id) else ""
        yield _at(said, filled, "criterion_id", "The form has no such item.", close or _AGAIN)
    elif said.criterion_id in seen:
        yield _at(said, filled, "criterion_id", f"Item {item.criterion_id} is answered twice.", "Keep one answer.")
    elif not re.fullmatch(r"[0-9a-f]{12}", said.wording):
        yield _at(said, filled, "wording", f"The wording of item {item.criterion_id} is not said.", _AGAIN)
    elif said.shown and said.wording == item.wording and [*map(_flat, said.shown)] != [*map(_flat, item.shown)]:
        message = f"The words of item {item.criterion_id} were changed in the sheet."
        yield _at(said, filled, "asked", message, _AGAIN)
    elif _level(said, form) == "":
        remedy = f"Choose one: {', '.join(str(one.level) for one in form.levels)} or {CANNOT_SAY}."
        yield _at(said, filled, "level", f"The answer to item {item.criterion_id} is no level.", remedy)


def _flat(text: str) -> str:
    """Words as a cell gives them back, whatever broke their lines."""
    return " ".join(harmless(text).split())


def _at(said: Said, filled: Filled, column: str, message: str, remedy: str) -> Problem:
    where = f"{filled.file}, {said.place}" if said.place else filled.file
    return Problem(where, said.row, column, message, remedy)


def _level(said: Said, form: Form) -> str | None:
    """The level as written in any shape: `2`, `2 Partly in place`, `cannot_say`; None left open, "" no level."""
    written = (said.level or "").strip()
    if not written:
        return None
    if written.casefold() in (CANNOT_SAY, "can't say", "can’t say"):
        return CANNOT_SAY
    names = {str(one.level): str(one.level) for one in form.levels}
    names |= {f"{one.level} {one.name}".casefold(): str(one.level) for one in form.levels}
    return names.get(written.casefold(), "")


def _versions(
    filled: Filled, form: Form, changed: list[str], same: int, *, older: bool, accept_older: bool
) -> Iterator[Problem]:
    version = filled.head["form_version"]
    if not older:
        for name in changed:
            message = f"Item {name} has another wording than in version {version}."
            yield Problem(filled.file, column=name, message=message, remedy=_AGAIN)
        if not changed and filled.head["form_hash"] != form.hash:
            yield filled.problem("form_hash", f"This is not the form of version {version}.", _AGAIN)
        return
    if not accept_older:
        which = f" Of its items {', '.join(changed)} read otherwise since, or are gone." if changed else ""
        message = f"It is a form of version {version}; the framework is at {form.version}.{which}"
        remedy = f"Fill in the new form, or take its {same} unchanged items as they are with --accept-older."
        yield filled.problem("form_version", message, remedy)
        return
    for name in changed:
        message = f"Item {name} reads otherwise, or is gone, since version {version}: its answer is left out."
        yield Problem(filled.file, column=name, message=message, level="warning")
    if not same:
        yield filled.problem("form_version", "None of its items reads as it does now.", "Fill in the new form.")
