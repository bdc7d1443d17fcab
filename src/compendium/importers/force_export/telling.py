"""Words about an export that repeat nothing of a person: rows by number, codes only where they are codes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

MOST_ROWS = 12  # row numbers in a message
LONGEST_CODE = 30
FEWEST_ROWS = 3  # a value in fewer rows may be somebody's name in the wrong column


def shown(name: str) -> str:
    """A stranger's column name, short and without control characters."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= 40 else f"{plain[:39]}…"


def near(name: str, known: Iterable[str]) -> str:
    """` Did you mean X?` with what is known, or nothing."""
    by_case = {" ".join(other.split()).casefold(): other for other in sorted(known)}
    close = difflib.get_close_matches(name.casefold(), by_case, n=1, cutoff=0.7)
    return f" Did you mean {by_case[close[0]]}?" if close else ""


def rows_named(numbers: Sequence[int]) -> str:
    """`1 row (7)`, `14 rows (2, 3, 9 … and 11 more)`."""
    listed = ", ".join(map(str, numbers[:MOST_ROWS]))
    more = f" and {len(numbers) - MOST_ROWS:,} more" if len(numbers) > MOST_ROWS else ""
    return f"{len(numbers):,} row{'' if len(numbers) == 1 else 's'} ({listed}{more})"


def is_code(value: str, rows: int) -> bool:
    """Whether a value of a coded column that is not sensitive may be repeated: short, and in several rows."""
    return rows >= FEWEST_ROWS and len(value) <= LONGEST_CODE and value.isprintable()
