"""Words that nothing published may hold: about children, about places, about how harm is done. The list is data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Rule:
    """A kind of word that is refused: its patterns, what is wrong, what to write instead, whose rule it is."""

    id: str
    patterns: tuple[re.Pattern[str], ...]
    message: str
    remedy: str
    source: str


@dataclass(frozen=True)
class Hit:
    """A refused word as it stands in a text."""

    word: str
    rule: Rule

    @property
    def message(self) -> str:
        return f"“{self.word}”: {self.rule.message}."


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the list."""
    records = json.loads((resources.files("compendium.release") / "words.json").read_text("utf-8"))
    return tuple(
        Rule(
            record["id"],
            tuple(re.compile(pattern, re.IGNORECASE) for pattern in record["patterns"]),
            record["message"],
            record["remedy"],
            record["source"],
        )
        for record in records
    )


def refused(text: str, *, quoted: Iterable[str] = ()) -> Iterator[Hit]:
    """Each refused word of `text`. Phrases of `quoted`, such as titles of publications, are their authors' words."""
    for phrase in quoted:
        text = re.sub(re.escape(phrase), " … ", text, flags=re.IGNORECASE)
    for rule in rules():
        for pattern in rule.patterns:
            yield from (Hit(" ".join(found[0].split()), rule) for found in pattern.finditer(text))


def applied_prevalence(text: str, places: Iterable[str]) -> str:
    """A sentence that gives a number of children of a named place as if a survey had counted them; empty: none.

    Published prevalence is about other children, elsewhere, at another time: "about 900 children in Blackpool" is a
    number that nobody has counted.
    """
    names = "|".join(sorted({re.escape(place) for place in places if place})) or r"(?!)"
    children = r"(?:children|young people|pupils|teenagers|girls|boys|under-?18s)"
    hedged = (
        r"(?:about|around|roughly|some|nearly|almost|an?\s+estimated|estimated|approximately|up\s+to|as\s+many\s+as)"
    )
    number = r"(?:[\d][\d,. ]*|(?:one|two|three|four|five|six|seven|eight|nine|ten)\s+(?:hundred|thousand))"
    share = r"(?:(?:1|one)\s+in\s+(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twenty)|[\d.]+\s*%)"
    said = rf"(?:{hedged}\s+{number}\s+{children}|{share}\s+(?:of\s+(?:all\s+)?)?{children})"
    found = re.search(rf"{said}\b[^.!?]{{0,80}}\b(?:{names})\b|\b(?:{names})\b[^.!?]{{0,80}}{said}\b", text, re.I)
    return " ".join(found[0].split()) if found else ""
