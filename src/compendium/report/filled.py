"""A page of a locality from words in `report/`: its sentences stand only where the locality has released their numbers.

The words are markdown with `{{< meta values.… >}}` for numbers. A paragraph or an item of a list that asks for a number
that is hidden, not shown or not supplied falls out, and the end of its section says so. What follows from the rows of
a table (which priorities, how many criteria) is written in Jinja's `<% … %>` and `<< … >>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from compendium.errors import CompendiumError
from compendium.markdown import escape, label
from compendium.paths import Root
from compendium.report import numbers
from compendium.report.place import Place

GONE = "*Nothing can be said here: this place has no such records, or their numbers may not be shown.*"
SOME_GONE = "*Some sentences are left out here: their numbers are hidden, or this place has no such records.*"
_HEADING = re.compile(r"#{2,} ")
_FENCE = re.compile(r":{3,}")
_ITEM = re.compile(r"(?:[-*]|\d+\.) ")
_TO_NOTEBOOK = re.compile(r"\[([^\]\[]+)\]\((\d\d_\w+)\.ipynb(?:#[\w-]*)?\)")
Values = Mapping[str, Mapping[str, Any]]


class Markdown(str):
    """Text that is markdown already; all other text that data give is escaped."""

    __slots__ = ()


@dataclass
class _Section:
    """A heading, what stands below it, and whether anything fell out."""

    heading: str = ""
    blocks: list[str] = field(default_factory=list)
    short: bool = False

    def told(self) -> Iterator[str]:
        said = any(not _is_frame(block) for block in self.blocks)
        yield self.heading
        if self.short and not said:
            yield GONE
        yield from self.blocks
        if self.short and said and self.heading:
            yield SOME_GONE


def page(place: Place, root: Root, name: str, shown: Mapping[str, str], **more: Any) -> str:
    """The words of `report/<name>.md` for one locality.

    `shown`: its figures by label (`figures.of`); `more`: what else the words may use. Raises `CompendiumError` where
    there are no words, or they use what isn't there.
    """
    file = root.path / "report" / f"{name}.md"
    if not file.is_file():
        raise CompendiumError(f"report/{name}.md is missing: the words of a page.", "Copy it from the project.")
    text = file.read_text("utf-8")

    def figure(table: str) -> Markdown:
        return Markdown(shown.get(label("fig", table), ""))

    try:
        written = _environment().from_string(text).render(figure=figure, **more)
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError) as error:
        raise CompendiumError(f"report/{name}.md: {error}.", "Use what other lines of the file use.") from None
    return _without_missing_chapters(sayable(written, place.values), place)


def sayable(text: str, values: Values) -> str:
    """A text without the sentences whose numbers are not there."""
    sections = [_Section()]
    for block in re.split(r"\n{2,}", text.strip("\n")):
        if _HEADING.match(block):
            sections.append(_Section(block))
            continue
        kept = kept_of(block, lambda name: known(name, values))
        sections[-1].short |= kept != block
        sections[-1].blocks += [kept] if kept else []
    return "\n\n".join(part for section in sections for part in section.told() if part) + "\n"


def known(name: str, values: Values) -> bool:
    """Whether `table.name` may be said. An unknown name of a table with rows stays: the build refuses it."""
    if name in values:
        return values[name]["value"] is not None
    table = f"{name.split('.', maxsplit=1)[0]}."
    found = [each for each in values if each.startswith(table)]
    return bool(found) and not all(values[each]["value"] in (None, 0) for each in found)


def kept_of(block: str, there: Callable[[str], bool]) -> str:
    """A block without the items, and the sentences on lines of their own, that ask for a value that is not there."""
    units = list[list[str]]()
    for line in block.splitlines():
        before = units[-1][-1] if units else ""
        if not before or _ITEM.match(line) or _FENCE.match(line) or _FENCE.match(before) or _ends(before, line):
            units.append([])
        units[-1].append(line)
    stays = [unit for unit in units if all(map(there, numbers.asked("\n".join(unit))))]
    if len(stays) == len(units):
        return block
    text = "\n".join(line for unit in stays for line in unit)
    return "" if _is_frame(text) else text


def _ends(before: str, line: str) -> bool:
    """Whether a sentence ends at the end of a line, and the next line isn't set in below an item."""
    return before.endswith((".", "!", "?")) and not line.startswith(" ")


def _is_frame(block: str) -> bool:
    """Whether a block holds fences of divs and nothing else."""
    return all(_FENCE.match(line) for line in block.splitlines())


def _without_missing_chapters(text: str, place: Place) -> str:
    """Links to chapters that this locality doesn't have become plain words."""
    have = {name for name, _ in place.notebooks}
    return _TO_NOTEBOOK.sub(lambda found: found[0] if found[2] in have else found[1], text)


def _environment() -> jinja2.Environment:
    """Whoever may change the words of a page writes no program by that: they ask for values, and nothing else."""
    made = ImmutableSandboxedEnvironment(
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: value if isinstance(value, Markdown) else escape(value),
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # markdown, not HTML: `finalize` escapes what isn't Markdown
    )
    made.filters["lower_first"] = lambda text: f"{text[:1].lower()}{text[1:]}"
    return made
