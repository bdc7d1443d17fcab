"""Numbers in sentences: each leads to the entry of its table on the locality's page about where the numbers come from.

Prose asks for `{{< meta values.table.name >}}` and gets a link whose words are the number. Where no link can stand (a
heading, a title, the text of a picture or of another link) it asks for `{{< meta plain.table.name >}}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from compendium.markdown import escape
from compendium.release.values import PAGE, entry, nested

LINKED, PLAIN = "values", "plain"
ASKED = re.compile(rf"\{{\{{<\s*meta\s+({LINKED}|{PLAIN})\.([\w.]+)\s*>\}}\}}")
Values = Mapping[str, Mapping[str, Any]]


def link(text: object, table: str, *, page: str = PAGE) -> str:
    """A released number, as data, in a sentence: a link to the entry of its released table."""
    return f"[{escape(text)}]({page}#{entry(table)}){{.number}}"


def asked(text: str) -> set[str]:
    """The dotted names of values that a text asks for, as a link or plain."""
    return {name for _, name in ASKED.findall(text)}


def metadata(values: Values, used: Iterable[str]) -> dict[str, Any]:
    """What the pages of a locality may ask for: the values that some page uses, as links and plain."""
    kept = {name: dict(values[name]) for name in sorted(set(used)) if name in values}
    linked = {name: {"text": link(value["text"], value["table"]), "value": None} for name, value in kept.items()}
    return {LINKED: nested(linked), PLAIN: nested(kept)}
