"""Text from data on its way into markdown. A leaf.

Real Quarto carries out shortcodes that it finds in stored outputs, and raw HTML in a table stays live:
labels and captions are data, so everything that means something to pandoc or Quarto is escaped here, once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>()#+!|$@~^\"'])")
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


def escape(text: object) -> str:
    """Data as inert markdown on one line: no markup, no shortcode, no citation, no raw HTML."""
    flat = _SPACE.sub(" ", _CONTROL.sub(" ", str(text))).strip()
    return _ACTIVE.sub(r"\\\1", flat)


def slug(text: object) -> str:
    """A name for a value or an anchor: lower-case letters, digits and underscores."""
    return re.sub(r"[^a-z0-9_]+", "_", str(text).lower()).strip("_") or "value"


def label(prefix: str, name: str) -> str:
    """A cross-reference label: `fig-victims-by-form`."""
    return f"{prefix}-{slug(name).replace('_', '-')}"


def pipe_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    caption: str = "",
    anchor: str = "",
) -> str:
    """A pipe table from cells that are markdown already; columns in `right` are aligned right."""
    rule = ["---:" if column in right else ":---" for column in range(len(header))]
    widths = [max(3, *(len(row[column]) for row in [header, *rows])) if rows else 3 for column in range(len(header))]
    rule = [
        mark.rjust(min(widths[i], 60), "-") if mark[0] == "-" else mark.ljust(min(widths[i], 60), "-")
        for i, mark in enumerate(rule)
    ]
    lines = [f"| {' | '.join(cells)} |" for cells in [header, rule, *rows]]
    if caption or anchor:
        tail = f" {{#{anchor}}}" if anchor else ""
        lines += ["", f": {caption}{tail}"]
    return "\n".join(lines)
