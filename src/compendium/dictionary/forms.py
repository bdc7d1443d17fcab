"""Forms of text that a spreadsheet can check by itself: `C-[0-9]{5}` as a formula, and as an example.

Only patterns made of fixed signs and digits in fixed numbers are turned; for any other pattern a template explains the
form and `compendium check` holds the cell against it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = re.compile(r"\[0-9\](?:\{(?P<times>[0-9]{1,2})\})?|(?P<fixed>[A-Za-z0-9 _/:-])")
_QUANTIFIER = re.compile(r"[{*+?]")


@dataclass(frozen=True)
class Piece:
    """Fixed signs, or a run of digits."""

    fixed: str = ""
    digits: int = 0

    @property
    def length(self) -> int:
        return self.digits or len(self.fixed)


def pieces(pattern: str) -> tuple[Piece, ...]:
    """The pieces of a simple pattern; none when it is of another kind."""
    found: list[Piece] = []
    at = 0
    while at < len(pattern):
        part = _PART.match(pattern, at)
        if not part or (part["fixed"] and _QUANTIFIER.match(pattern, part.end())):
            return ()
        fixed, digits = part["fixed"] or "", 0 if part["fixed"] else int(part["times"] or 1)
        last = found[-1] if found else Piece()
        if fixed and last.fixed:
            found[-1] = Piece(fixed=last.fixed + fixed)
        elif digits and last.digits:
            found[-1] = Piece(digits=last.digits + digits)
        else:
            found.append(Piece(fixed, digits))
        at = part.end()
    return tuple(found)


def example(pattern: str) -> str:
    """A text of that form, such as `C-00001`; empty when the pattern isn't simple."""
    found = pieces(pattern)
    last = max((index for index, piece in enumerate(found) if piece.digits), default=-1)
    return "".join(
        piece.fixed or "1".rjust(piece.digits, "0" if index == last else "1") for index, piece in enumerate(found)
    )


def conditions(pattern: str, cell: str) -> list[str]:
    """What a spreadsheet must find true of `cell`; none when the pattern isn't simple."""
    found = pieces(pattern)
    if not found:
        return []
    conditions, at = [f"LEN({cell})={sum(piece.length for piece in found)}"], 1
    for piece in found:
        here = f"MID({cell},{at},{piece.length})"
        if piece.fixed:
            conditions.append(f'EXACT({here},"{piece.fixed}")')
        else:  # written out again with as many digits it must be the same text: 1E2, -12 and 1.5 aren't
            conditions.append(f'IFERROR(TEXT(VALUE({here}),"{"0" * piece.digits}")={here},FALSE)')
        at += piece.length
    return conditions
