"""JSON as this project writes it: sorted, a value a line, letters as they are: the same value gives the same bytes.

And JSON from a stranger, which is read only when it could have been written so.
"""

from __future__ import annotations

import json
from typing import Any

# Bytes of a stranger's file. The longest of a release has a fiftieth; in memory, values take thirty times as many.
LARGEST = 32 << 20


def text_of(value: Any) -> str:
    """The text of a file."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def of_stranger(data: bytes) -> Any:
    """The value of a file. Raises `ValueError` for what is no JSON, too long, without end, or names a key twice."""
    if len(data) > LARGEST:
        raise ValueError("too long")
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested without end") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)
