"""Help lines carry the day on which somebody made sure that they answer; after half a year that is too long ago."""

from __future__ import annotations

from datetime import date, timedelta

from compendium.errors import Problem
from compendium.locality import Locality

FRESH = timedelta(days=183)  # half a year, as for the records of the service map


def stale_help_lines(locality: Locality, on: date) -> list[Problem]:
    """Help lines of a locality not checked within half a year before `on`, or that say no day or a later one.

    A release on that day must not go out with them: a child who rings a dead number may not ring another.
    """
    file = f"localities/{locality.id}/locality.yml"
    remedy = "Ring or look it up, correct it, and write the day as checked."
    found = []
    for line in locality.help_lines:
        message = _wrong(line.checked, on)
        if message:
            found.append(Problem(file, message=f"help_lines: {line.name} {message}", remedy=remedy))
    if not locality.help_lines:
        none = "Name one that a child here can reach, with the day on which it was checked."
        found.append(Problem(file, message="help_lines: no help line is named.", remedy=none))
    return found


def _wrong(checked: str, on: date) -> str:
    if not checked:
        return "does not say when it was checked."
    day = date.fromisoformat(checked)
    if day > on:
        return f"was checked on {checked}, which is after {on.isoformat()}."
    return f"was last checked on {checked}, more than half a year ago." if on - day > FRESH else ""
