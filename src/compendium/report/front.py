"""Front matter of pages that Python writes. What a team wrote stands in it as text: Quarto obeys shortcodes there."""

from __future__ import annotations

import json

from compendium.markdown import attribute


def matter(title: str, **said: str | bool | int) -> list[str]:
    """The lines from `---` to the empty line below the front matter; a key's `_` is written as `-`.

    Values are written as JSON, which is YAML: nothing in a text turns into a tag, a date or another key.
    """
    keys = {"title": title, **said}
    lines = [f"{key.replace('_', '-')}: {_written(value)}" for key, value in keys.items()]
    return ["---", *lines, "---", ""]


def _written(value: str | bool | int) -> str:
    return json.dumps(attribute(value) if isinstance(value, str) else value, ensure_ascii=False)
