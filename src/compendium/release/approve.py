"""Approve a candidate, or withdraw a release: what appends to the ledger, and what keeps it from being appended to."""

from __future__ import annotations

import hashlib
import tempfile
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from compendium import disclosure
from compendium.disclosure.ledger import Entry, numbers_of
from compendium.errors import CompendiumError, DisclosureRefused, InputRefused, Problem
from compendium.locality import Locality
from compendium.locality.mistakes import is_day
from compendium.paths import CANDIDATE, Root
from compendium.release import kept, ledger_files
from compendium.release.before import in_public, still_left
from compendium.release.help_lines import stale_help_lines
from compendium.release.ledger_files import Ledger
from compendium.release.lock import locked
from compendium.release.settle import Made, make, rests_on_real_records

NAME_LENGTH = 80
NOTE_LENGTH = 500
RUN_AGAIN = "Run `compendium run {0}`, make the pack again with `compendium release {0}`, and have that one checked."
Step = Callable[[str], None]


@dataclass(frozen=True)
class Signed:
    """Who decided, and on which day: given by people, never taken from a clock."""

    by: tuple[str, ...]
    date: str
    note: str = ""


@dataclass(frozen=True)
class Approved:
    """The entry of a release. `again`: False when the same candidate stood approved already, and nothing changed."""

    entry: Entry
    again: bool


def signed(by: Sequence[str], day: str, note: str, *, people: int) -> Signed:
    """Names, day and note as an entry keeps them. Raises `InputRefused` with all that is wrong with them."""
    names = tuple(" ".join(unicodedata.normalize("NFC", name).split()) for name in by)
    problems = [
        Problem(message="A name is empty, very long or holds signs that no name has.", remedy="Write the plain name.")
        for name in names
        if not _is_plain(name, NAME_LENGTH)
    ]
    if len(names) < people:
        remedy = 'Give --by "First name" and --and "Second name".' if people > 1 else 'Give --by "Name".'
        problems.append(Problem(message=f"This takes {people} name{'s' * (people > 1)}.", remedy=remedy))
    if len({unicodedata.normalize("NFKC", name).casefold() for name in names}) < len(names):
        remedy = "A release is checked by two people who do not do it for each other."
        problems.append(Problem(message="Both names are the same.", remedy=remedy))
    if not is_day(day):
        problems.append(Problem(message="There is no date, or it is none.", remedy="Give --date as 2026-11-22."))
    note = " ".join(unicodedata.normalize("NFC", note).split())
    if note and not _is_plain(note, NOTE_LENGTH):
        remedy = "Write one or two plain sentences; the note is published with the ledger."
        problems.append(Problem(message="The note is too long or holds markup.", remedy=remedy))
    if problems:
        raise InputRefused(problems)
    return Signed(names, day, note)


def approve(
    root: Root,
    locality: Locality,
    notebooks: list[str],
    by: Signed,
    *,
    candidate: str = "",
    waiting: Sequence[str] = (),
    made_with: Mapping[str, str] | None = None,
    step: Step = lambda name: None,
) -> Approved:
    """Append the candidate in `outputs/<id>` to the ledger. Approving what stands approved changes nothing.

    `candidate`: the first characters of the hash that was checked; another candidate is refused. `waiting`: notebooks
    that would run again, so that the candidate is old. `made_with`: hashes of what made it, kept with it. `step` is
    told each step before it is taken.
    Raises `Busy` when another process holds the locality, else `CompendiumError` with all that stands in the way.
    """
    with locked(root.private_room(locality.id)):
        ledger = ledger_files.read(root, locality.id)
        ledger_files.finish(root, ledger)
        content = candidate_files(root, locality.id)
        digest = kept.release_hash(content)
        if candidate and not digest.startswith(candidate):
            raise CompendiumError(
                f"{locality.id}: the candidate in outputs/ is not the one that was checked.",
                RUN_AGAIN.format(locality.id),
            )
        if ledger.shown and ledger.shown.release == digest:
            return Approved(ledger.shown, again=False)
        step("examine")
        problems = [*_of_the_day(locality, ledger, by), *_old(locality, waiting), *_audited(root, locality)]
        if problems:
            raise CompendiumError(problems)
        made = made_again(root, locality, notebooks, content)
        if left := _left(locality, made):
            raise DisclosureRefused(left)
        said = _said(locality, made, content, by) | {"release": digest, "made_with": dict(made_with or {})}
        return Approved(ledger_files.append(root, ledger, said, content, step=step), again=True)


def withdraw(
    root: Root, locality: Locality, number: int, reason: str, by: Signed, *, step: Step = lambda name: None
) -> Approved:
    """Append that a release is withdrawn: the site stops showing it; its numbers stay known to an intruder."""
    reason = " ".join(reason.split())
    if not _is_plain(reason, NOTE_LENGTH):
        raise InputRefused("A withdrawal needs a reason in plain words.", "Give --reason; it is published.")
    with locked(root.private_room(locality.id)):
        ledger = ledger_files.read(root, locality.id)
        ledger_files.finish(root, ledger)
        releases = {entry.number: entry for entry in ledger.entries if entry.kind == "release"}
        if number not in releases:
            known = ", ".join(map(str, releases)) or "none"
            raise CompendiumError(f"{locality.id} has no release {number}.", f"Its releases: {known}.")
        gone = [entry for entry in ledger.entries if entry.withdraws == number]
        if gone:
            return Approved(gone[0], again=False)
        if problems := _before_last(ledger, by):
            raise CompendiumError(problems)
        said = {"kind": "withdrawal", "withdraws": number, "reason": reason, "date": by.date, "by": list(by.by)}
        return Approved(ledger_files.append(root, ledger, said, step=step), again=True)


def candidate_files(root: Root, locality: str) -> dict[str, bytes]:
    """Every file of the candidate. Raises `CompendiumError` when there is none."""
    folder = root.outputs / locality
    if not (folder / kept.VALUES).exists():
        raise CompendiumError(f"{locality} has no candidate in outputs/.", f"Run `compendium run {locality}` first.")
    return kept.files(folder)


def _said(locality: Locality, made: Made, content: dict[str, bytes], by: Signed) -> dict[str, Any]:
    return {
        "kind": "release",
        "date": by.date,
        "by": list(by.by),
        "note": by.note,
        "period": {"from": locality.period.first, "to": locality.period.last},
        "records": "real" if rests_on_real_records(made.found.values()) else "synthetic",
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in content.items()},
        **numbers_of(made.released.values()),
    }


def made_again(
    root: Root, locality: Locality, notebooks: list[str], content: dict[str, bytes], *, stands: bool = False
) -> Made:
    """Settle aside and compare: what is approved must be, byte for byte, what would be settled now.

    `stands`: it was approved already, so that its certificate may tell less of the ledger than one made now.
    Raises `CompendiumError` with the files that differ: they were edited, or what they rest on has changed.
    """
    with tempfile.TemporaryDirectory(dir=root.private_room(locality.id), prefix=CANDIDATE) as folder:
        made = make(root, locality, notebooks, Path(folder))
        now = kept.files(Path(folder))
    other = sorted(name for name in {*now, *content} if now.get(name) != content.get(name))
    if stands:
        other = [name for name in other if name not in kept.NOT_HASHED]
    if other:
        names = ", ".join(other[:5]) + (f" and {len(other) - 5} more" if len(other) > 5 else "")
        raise CompendiumError(
            f"{locality.id}: the candidate in outputs/ is not what would be settled now ({names}): it was edited, or "
            "something it rests on has changed.",
            RUN_AGAIN.format(locality.id),
        )
    return made


def _of_the_day(locality: Locality, ledger: Ledger, by: Signed) -> list[Problem]:
    """What the date of the release shows to be wrong: its place in the ledger, its period, help lines grown old."""
    problems = _before_last(ledger, by)
    if by.date[:7] <= locality.period.last:
        message = f"The date {by.date} lies before the end of the period of the records ({locality.period.last})."
        problems.append(Problem(message=message, remedy="Give the day of the decision, or correct the period."))
    return [*problems, *stale_help_lines(locality, date.fromisoformat(by.date))]


def _left(locality: Locality, made: Made) -> list[Problem]:
    """Small numbers that would be left when something known is taken from what is to be released."""
    thresholds = {name: int(said["threshold"]) for name, said in made.protected.certificate["tables"].items()}
    period = (locality.period.first, locality.period.last)
    return in_public(still_left(made.released.values(), period, made.known, thresholds))


def _before_last(ledger: Ledger, by: Signed) -> list[Problem]:
    if ledger.entries and by.date < ledger.entries[-1].date:
        last = ledger.entries[-1]
        message = f"The date {by.date} lies before that of entry {last.number} ({last.date})."
        return [Problem(message=message, remedy="Give the day of the decision.")]
    return []


def _old(locality: Locality, waiting: Sequence[str]) -> list[Problem]:
    return [
        Problem(message=f"{name}: the candidate is older than what it rests on.", remedy=RUN_AGAIN.format(locality.id))
        for name in waiting
    ]


def _audited(root: Root, locality: Locality) -> list[Problem]:
    """Attack the candidate from its files alone, as anybody could."""
    try:
        found = disclosure.audit_dir(root.outputs / locality.id)
    except DisclosureRefused as refused:
        return list(refused.problems)
    return [Problem(f"outputs/{locality.id}", message=line) for line in found.open]


def _is_plain(text: str, longest: int) -> bool:
    """Words that may stand on any page as they are."""
    live = any(sign in "<>{}[]\\`$|" or unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") for sign in text)
    return bool(text) and len(text) <= longest and not live
