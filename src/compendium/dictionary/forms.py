"""Forms of text that a spreadsheet can check by itself: `C-[0-9]{5,15}` as a formula, and as an example.

Only patterns made of fixed signs and digits are turned, where at most the digits at the end vary in number; for any
other pattern a template explains the form and `compendium check` holds the cell against it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_DIGITS = 15  # that a spreadsheet keeps of a number
_PART = re.compile(r"\[0-9\](?:\{(?P<least>[0-9]{1,2})(?:,(?P<most>[0-9]{1,2}))?\})?|(?P<fixed>[A-Za-z0-9 _/:-])")
_QUANTIFIER = re.compile(r"[{*+?]")


@dataclass(frozen=True)
class Piece:
    """Fixed signs, or a run of `least` to `most` digits."""

    fixed: str = ""
    least: int = 0
    most: int = 0


def pieces(pattern: str) -> tuple[Piece, ...]:
    """The pieces of a simple pattern; none when it is of another kind."""
    found: list[Piece] = []
    at = 0
    while at < len(pattern):
        part = _PART.match(pattern, at)
        if not part or (part["fixed"] and _QUANTIFIER.match(pattern, part.end())):
            return ()
        if part["fixed"]:
            before = found.pop().fixed if found and found[-1].fixed else ""
            found.append(Piece(fixed=before + part["fixed"]))
        else:
            least = int(part["least"] or 1)
            found.append(Piece(least=least, most=int(part["most"] or least)))
        at = part.end()
    varying = any(piece.least != piece.most for piece in found[:-1])
    return () if varying or any(piece.most > MOST_DIGITS for piece in found) else tuple(found)


def example(pattern: str) -> str:
    """A text of that form, such as `C-00001`; empty when the pattern isn't simple."""
    return "".join(piece.fixed or "1".rjust(piece.least, "0") for piece in pieces(pattern))


def conditions(pattern: str, cell: str) -> list[str]:
    """What a spreadsheet must find true of `cell`; none when the pattern isn't simple."""
    found = pieces(pattern)
    if not found:
        return []
    fixed = sum(len(piece.fixed) for piece in found)
    least, most = fixed + sum(piece.least for piece in found), fixed + sum(piece.most for piece in found)
    conditions = [f"LEN({cell})={least}"] if least == most else [f"LEN({cell})>={least}", f"LEN({cell})<={most}"]
    at = 1
    for piece in found:
        here = f"MID({cell},{at},{len(piece.fixed) or piece.most})"
        if piece.fixed:
            conditions.append(f'EXACT({here},"{piece.fixed}")')
        else:  # written out again with as many digits it must be the same text: 1E2, -12 and 1.5 aren't
            digits = f'"{"0" * piece.most}"' if piece.least == piece.most else f'REPT("0",LEN({here}))'
            conditions.append(f"IFERROR(TEXT(VALUE({here}),{digits})={here},FALSE)")
        at += len(piece.fixed) or piece.most
    return conditions
