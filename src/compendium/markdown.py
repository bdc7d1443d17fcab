"""Text from data on its way into markdown. A leaf.

Real Quarto carries out shortcodes that it finds in stored outputs, and raw HTML in a table stays live:
labels and captions are data, so everything that means something to pandoc or Quarto is escaped here, once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ACTIVE = re.compile(r"([\\`*_{}\[\]()#+!|$@~^\"']|:(?=//|:))")  # a colon: bare addresses, fenced blocks
_LIVE = re.compile(r"([\\`*{}\[\]#|$@~^]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|:(?=//|:))")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LIKE = str.maketrans('<>[]{}"\\`', "‹›()()”⧵'", "") | {ord("&"): "and"}
_SPACE = re.compile(r"\s+")
PANDOC_COLUMNS = 72  # a table with a longer line gets widths from its dashes
HEADING = 10  # characters; a shorter heading should not wrap
LINE, ONE_LINE, LONG, GAP = 112, 15, 400, 5  # characters: a page, a cell that should not wrap, a long one, a gap
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


def escape(text: object) -> str:
    """Data as inert markdown on one line: no markup, no shortcode, no citation, no raw HTML."""
    return _ACTIVE.sub(r"\\\1", _flat(text)).translate(_ENTITIES)


def plainly(text: object) -> str:
    """The same, but not at the beginning of a line, with only those marks without which something would come alive.

    For a file that people read as it stands, and not for a page that Quarto may read.
    """
    return _LIVE.sub(r"\\\1", _flat(text))


def attribute(text: object) -> str:
    """Data inside the quotes of an attribute such as `fig-alt="…"`: nothing in it ends the quotes or is live.

    An entity would be read before the attribute is, so what could be markup is written as its like.
    """
    return _flat(text).translate(_LIKE)


def _flat(text: object) -> str:
    return _SPACE.sub(" ", _CONTROL.sub(" ", str(text))).strip()


def slug(text: object) -> str:
    """A name for a value or an anchor: lower-case letters, digits and underscores."""
    return re.sub(r"[^a-z0-9_]+", "_", str(text).lower()).strip("_") or "value"


def label(prefix: str, name: str) -> str:
    """A cross-reference label: `fig-victims-by-form`."""
    return f"{prefix}-{slug(name).replace('_', '-')}"


def _dashes(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Dashes under each column: pandoc shares out the width of a wide table by them.

    Short cells get what they need to stand on one line; long ones share the rest by the square root of their length.
    Headings may wrap between words, but for the shortest.
    """
    titles = [title.split() if len(title) > HEADING else [title] for title in header]
    columns = [(*words, *cells) for words, *cells in zip(titles, *rows, strict=True)]
    lengths = [min(LONG, max(map(len, column), default=0)) for column in columns]
    short = sum(length + GAP for length in lengths if length <= ONE_LINE)
    roots = sum(length**0.5 for length in lengths if length > ONE_LINE)
    return [
        length + GAP if length <= ONE_LINE else max(ONE_LINE, round((LINE - short) * length**0.5 / roots))
        for length in lengths
    ]


def pipe_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    caption: str = "",
    anchor: str = "",
) -> str:
    """A pipe table from cells that are markdown already; columns in `right` are aligned right."""
    lines = [f"| {' | '.join(cells)} |" for cells in [header, *rows]]
    wide = max(map(len, lines)) > PANDOC_COLUMNS
    widths = _dashes(header, rows) if wide else [3] * len(header)
    rule = [f"{'-' * width}:" if column in right else f":{'-' * width}" for column, width in enumerate(widths)]
    lines.insert(1, f"| {' | '.join(rule)} |")
    if caption or anchor:
        tail = f" {{#{anchor}}}" if anchor else ""
        lines += ["", f": {caption}{tail}"]
    return "\n".join(lines)
