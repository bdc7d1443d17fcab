"""Days and lists as people write them."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date


def day_in_words(written: str) -> str:
    """`2022-05-01` as `1 May 2022`."""
    day = date.fromisoformat(written)
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def month_in_words(written: str) -> str:
    """`2022-05` as `May 2022`."""
    return f"{calendar.month_name[int(written[5:])]} {written[:4]}"


def joined(parts: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f" {last} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
