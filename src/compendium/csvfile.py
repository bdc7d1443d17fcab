"""CSV as this project writes it: UTF-8, commas, line feeds, cells as text; the same rows give the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

Row = tuple[str, ...]


def rows_of(text: str) -> tuple[Row, list[Row]]:
    """Header and rows of a CSV of ours."""
    rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))]
    return (rows[0], rows[1:]) if rows else ((), [])


def text_of(header: Iterable[object], rows: Iterable[Iterable[object]] = ()) -> str:
    """The text of a file; a missing value (None) is an empty cell."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return written.getvalue()
