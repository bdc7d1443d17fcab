"""JSON as this project writes it: sorted, a value a line, letters as they are: the same value gives the same bytes."""

from __future__ import annotations

import json
from typing import Any


def text_of(value: Any) -> str:
    """The text of a file."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
