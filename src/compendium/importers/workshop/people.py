"""Who answered: never a name. Numbers of the study's own take the place of whatever the file calls people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

PERSON = re.compile(
    r"\b(?:names?|surname|forename|given name|family name|e-?mails?|mail|phone|telephone|mobile|address|postcode|"
    r"post code|zip|dob|birth|birthday|nhs|ip|user ?name|signature|initials|school|employer)\b",
    re.IGNORECASE,
)
LONGEST = 24  # characters of what a file calls a person
MOST_DIGITS = 6  # more make a telephone or a number of the health service
MOST = 9_999  # people
REMEDY = "Give people numbers on paper, keep the list locked away from the file, and put the numbers in this column."


def looks_personal(heading: str) -> bool:
    """Whether a column's heading promises names, addresses or the like."""
    return PERSON.search(heading.replace("_", " ")) is not None


def wrong_with(label: str) -> str:
    """Why a cell can't be what a person is called here; empty when it can. The cell itself is never repeated."""
    if not label:
        return "The number of the person is missing."
    if "@" in label:
        return "This looks like an e-mail address."
    if not any(sign.isdigit() for sign in label):
        return "This looks like a name: a person's number holds a digit."
    if sum(sign.isdigit() for sign in label) > MOST_DIGITS or len(label) > LONGEST:
        return "This looks like a telephone or another number that belongs to a person."
    if len(re.findall(r"[^\W\d_]{2,}", label)) > 1 and not re.fullmatch(r"[\w -]*\d+", label):
        return "This looks like a name."
    return ""


def plain(label: str) -> str:
    """How a label is compared: blanks and capitals make no difference, nor does `7.0` of a spreadsheet for 7."""
    return re.sub(r"^(\d+)\.0$", r"\1", " ".join(label.split()).casefold())


def codes(labels: Iterable[str], known: Mapping[str, str], taken: Iterable[str] = ()) -> dict[str, str]:
    """A number for each label: the one of an earlier file, else the next free, in the order of the labels.

    `known` is label -> number; `taken` are numbers in use for people whose labels are not known.
    """
    used = {*known.values(), *taken}
    free = (number for number in (f"T-{at:03d}" for at in range(1, MOST + 1)) if number not in used)
    fresh = sorted({plain(label) for label in labels} - known.keys(), key=_natural)
    return {**known, **dict(zip(fresh, free, strict=False))}


def _natural(label: str) -> list[tuple[int, str]]:
    """`Person 2` before `Person 10`."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", label)]
