"""What a reader of a page's source reads: running text without markup, each number as one short word."""

from __future__ import annotations

import re

_GONE = re.compile(
    r"(?s)\A---.*?\n---\n|```.*?```|\$\$.*?\$\$|<#.*?#>|<%.*?%>|\{\{<\s*(?:include|meta data\.\w+\.statement).*?>\}\}"
    r"|!\[.*?\]\([^)]*\)(?:\{[^}]*\})?|\[-?@[^\]]*\]|@\w+|\$[^$\n]*\$|`[^`\n]*`"
)
_LINES = re.compile(r"^(?::::.*|\|.*)$", re.M)
_VALUE = re.compile(r"\{\{<.*?>\}\}|<<.*?>>")
_MARKUP = re.compile(r"\]\([^)]*\)(?:\{[^}]*\})?|\{[^}]*\}|[*\[\]#>]")
_ITEM = re.compile(r"\s*(?:[-*]|\d+\.|:) ")


def prose(source: str) -> str:
    """The text of a `.qmd` or of words in `report/`, a line a paragraph or item: tables, code and titles left out."""
    text = _MARKUP.sub("", _LINES.sub("", _VALUE.sub("ten", _GONE.sub("", source))))
    lines = list[str]()
    for block in re.split(r"\n\s*\n", text):
        for number, line in enumerate(block.splitlines()):
            if number and not _ITEM.match(line):
                lines[-1] += f" {line.strip()}"
            else:
                lines.append(line.strip())
    return "\n".join(lines)
