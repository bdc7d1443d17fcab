"""One place in which two files differ."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 60  # characters of either side
LONGEST = 400  # of a place


@dataclass(frozen=True)
class Difference:
    """Where two files differ, in words, and what each holds there; empty where there is nothing to show."""

    place: str
    one: str = ""
    other: str = ""

    def told(self, *, values: bool = True) -> str:
        """A line for people: the place and, when they may be shown, both values."""
        place = _plain(self.place[:LONGEST])
        if not values or not (self.one or self.other):
            return place
        return f"{place}: {shown(self.one)} | {shown(self.other)}"


def shown(text: str) -> str:
    """A value short and without what a screen would carry out."""
    plain = _plain(text[: SHOWN * 4])
    return repr(plain if len(plain) <= SHOWN else f"{plain[: SHOWN - 1]}…")


def _plain(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def around(one: str, other: str) -> tuple[str, str]:
    """The part of two long texts in which they first differ, with some letters before it."""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, at - SHOWN // 3)
    return one[start : start + SHOWN], other[start : start + SHOWN]
