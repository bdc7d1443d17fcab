"""Progression criteria as they were declared: a fingerprint of each, and what no longer agrees with it.

What was declared before the data is a promise. The fingerprint makes it checkable: whoever moves a limit after the
first rating changes the fingerprint, and the run stops and says which criterion it was.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CONTENT = ("criterion", "measure", "green", "amber", "declared_on", "owner", "remedy", "due_on")
_LIMITS = ("green", "amber")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Broken:
    """A criterion that is not as it was declared. `row` is its place in the table named, from 0; None: it is gone."""

    table: str
    row: int | None
    criterion: str
    message: str
    remedy: str


def fingerprint(criterion: Row) -> str:
    """SHA-256 (64 hexadecimal digits) of a criterion's content: a line a field, limits as numbers, days as ISO 8601."""
    return hashlib.sha256("\n".join(f"{name}={_text(name, criterion[name])}" for name in CONTENT).encode()).hexdigest()


def of_all(fingerprints: Iterable[str]) -> str:
    """One fingerprint of all criteria together, whatever their order: what a registered protocol can print."""
    return hashlib.sha256("\n".join(sorted(fingerprints)).encode()).hexdigest()


def broken(criteria: Sequence[Row], protocol: Sequence[Row], first_day: dt.date | None) -> list[Broken]:
    """Criteria that were changed, added or taken out since they were declared, or declared when ratings had begun.

    `first_day` is that of the first wave of rating; None: no wave is recorded yet.
    """
    return [*_of_criteria(criteria, protocol), *_too_late(protocol, first_day)]


def _of_criteria(criteria: Sequence[Row], protocol: Sequence[Row]) -> Iterator[Broken]:
    declared = {str(row["criterion"]): row for row in protocol}
    again = (
        "Restore it as it was declared; a change before the first rating is declared anew with `compendium declare`."
    )
    for place, row in enumerate(criteria):
        name = str(row["criterion"])
        entry = declared.pop(name, None)
        if entry is None:
            message = f"{name}: this criterion is not in the protocol of the pilot."
            yield Broken("progression_criteria", place, name, message, "Declare it with `compendium declare`.")
        elif str(entry["fingerprint"]) != fingerprint(row):
            message = f"{name}: this criterion was changed after it was declared on {day(entry['declared_on'])}."
            yield Broken("progression_criteria", place, name, message, again)
        elif day(entry["declared_on"]) != day(row["declared_on"]):
            message = f"{name}: the protocol has another day of declaring than the criterion."
            yield Broken("progression_criteria", place, name, message, again)
    for name in declared:
        message = f"{name}: this criterion was declared, and is no longer among the progression criteria."
        yield Broken("pilot_protocol", None, name, message, again)


def _too_late(protocol: Sequence[Row], first_day: dt.date | None) -> Iterator[Broken]:
    for place, row in enumerate(protocol):
        if first_day and day(row["declared_on"]) >= first_day:
            message = f"{row['criterion']}: declared on {day(row['declared_on'])}, when ratings began on {first_day}."
            remedy = "A criterion that was declared after the first rating decides nothing: take it out, and say so."
            yield Broken("pilot_protocol", place, str(row["criterion"]), message, remedy)


def day(value: Any) -> dt.date:
    """A day from a date, a timestamp or text such as `2024-04-15`."""
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])


def _text(name: str, value: Any) -> str:
    if name in _LIMITS:
        return f"{float(value):.10g}"
    return day(value).isoformat() if name.endswith("_on") else " ".join(str(value).split())
