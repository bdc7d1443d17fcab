"""Names of codes are the only words that leave a project, so they are looked at first.

A code may be named after what somebody said ("in vivo"), or after somebody. A rule can't know every name: what only
might be one is told as a warning, and the labels are read by a person before they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compendium.errors import Problem

MOST_WORDS = 8
LONGEST = 60  # characters, as in the dictionary of codes
MEND = "Rename the code in the program it comes from, in own words, and export again."
_QUOTED = re.compile("[\"“”„«»]|(?:^|\\s)['‘].*['’](?:\\s|$)")
_FIRST_PERSON = re.compile(r"\b(?:I|I'm|I’m|I've|I’ve|my|me|we|our|us|mum|dad)\b")
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Sgt|PC|DC|DS|DI|PCSO|Nurse|Auntie|Aunty|Uncle)\.? [A-Z]")
_INITIALLED = re.compile(r"\b[A-Z]\.? [A-Z][a-z]+\b|\b[A-Z][a-z]+ [A-Z]\.?$")
_ADDRESS = re.compile(r"\S@\S|https?:|www\.|\d{7,}|(?:\d[ -]?){9,}|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_POSSESSIVE = re.compile(r"\b[A-Z][a-z]+['’]s\b")
_TWO_CAPITALS = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b")


def problems(labels: list[str], file: str) -> Iterator[Problem]:
    """What must be mended, by the number of the code in the codebook: the label itself is not repeated."""
    for number, label in enumerate(labels, start=1):
        place = f"code {number} of {len(labels)}"
        if why := _why(label):
            yield Problem(file, None, place, why, MEND)
        elif why := _perhaps(label):
            yield Problem(file, None, place, why, "Look at it before the labels are shown.", "warning")


def _why(label: str) -> str:
    if _ADDRESS.search(label):
        return "The label holds an address, a number of a telephone, or a postcode."
    if _QUOTED.search(label) or _FIRST_PERSON.search(label):
        return "The label looks like something that somebody said."
    if len(label.split()) > MOST_WORDS or len(label) > LONGEST:
        return f"The label is longer than {MOST_WORDS} words or {LONGEST} characters: it may be a passage."
    if _TITLED.search(label) or _INITIALLED.search(label):
        return "The label looks like somebody's name."
    return ""


def _perhaps(label: str) -> str:
    return "The label may hold a name." if _TWO_CAPITALS.search(label) or _POSSESSIVE.search(label) else ""
