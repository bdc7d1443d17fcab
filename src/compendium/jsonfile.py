"""JSON as this project writes it: sorted, a value a line, letters as they are: the same value gives the same bytes.

And JSON from a stranger, which is read only when it could have been written so.
"""

from __future__ import annotations

import json
from typing import Any

LARGEST = (
    32 << 20
)  # bytes of a stranger's; the longest of a release is a fiftieth, and values take thirty times as many


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
