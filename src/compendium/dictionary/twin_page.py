"""The parameters of the twin as a page: what each value is, whether it was published, where and why it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from compendium.dictionary.twin_parameters import Parameter, Parameters
from compendium.markdown import pipe_table

_ESCAPED = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>|$@#"})
SECTIONS = {
    "Cases": ("cases",),
    "Areas and the children in them": ("areas",),
    "Crimes and outcomes": ("crimes",),
    "Victims and recorded suspects": ("victims", "suspects", "persons"),
    "Services": ("services",),
    "Fieldwork": ("fieldwork",),
    "Workshops": ("workshops",),
    "Pilot": ("pilot",),
}
WIDEST = 6  # columns of a table of shares that still fits a page


def twin_assumptions_markdown(parameters: Parameters) -> str:
    """A summary, then a section a subject: a table of single values, and a table of its own for each value by group.

    Every text is escaped for markdown. A share is shown as a percentage.
    """
    parts = [_summary(parameters)]
    known = [prefix for prefixes in SECTIONS.values() for prefix in prefixes]
    sections = {
        **SECTIONS,
        "Other": tuple(dict.fromkeys(_prefix(one) for one in parameters if _prefix(one) not in known)),
    }
    for title, prefixes in sections.items():
        entries = [entry for entry in parameters if _prefix(entry) in prefixes]
        single = [entry for entry in entries if not _by_group(entry.value)]
        if entries:
            parts.append(f"## {title}")
        if single:
            rows = [[_escaped(entry.title), _escaped(_shown(entry.value)), _why(entry)] for entry in single]
            header = ["Parameter", "Value", "Basis, source and reason"]
            parts.append(pipe_table(header, rows, caption=f"{title}: single values"))
        for entry in entries:
            if _by_group(entry.value):
                parts += [_table(entry.value, _escaped(entry.title)), _why(entry)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _prefix(entry: Parameter) -> str:
    return entry.id.split(".")[0]


def _summary(parameters: Parameters) -> str:
    published = [entry for entry in parameters if entry.basis == "published"]
    borrowed = sum(entry.borrowed for entry in published)
    return (
        f"{len(parameters.entries)} parameters: {len(published)} published, {borrowed} of them borrowed from another "
        f"force or area, and {len(parameters.entries) - len(published)} assumptions."
    )


def _why(entry: Parameter) -> str:
    basis = entry.basis.capitalize() + (", borrowed from elsewhere" if entry.borrowed else "")
    return f"*{basis}.* {_escaped(_ended(entry.source))} {_escaped(entry.reason)}"


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _by_group(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values())


def _table(value: Mapping[str, Any], caption: str) -> str:
    """A value by group: groups down and categories across, the other way round, or a line a group."""
    numbers = all(isinstance(cell, int | float) for inner in value.values() for cell in inner.values())
    across = list(dict.fromkeys(key for inner in value.values() for key in inner))
    right = range(1, WIDEST + 1)
    if numbers and len(across) <= WIDEST:
        rows = [[_words(group), *(_cell(inner, key) for key in across)] for group, inner in value.items()]
        return pipe_table(["Group", *map(_words, across)], rows, right=right, caption=caption)
    if numbers and len(value) <= WIDEST:
        rows = [[_words(key), *(_cell(inner, key) for inner in value.values())] for key in across]
        return pipe_table(["Kind", *map(_words, value)], rows, right=right, caption=caption)
    rows = [[_words(group), _escaped(_shown(inner))] for group, inner in value.items()]
    return pipe_table(["Group", "Value"], rows, caption=caption)


def _cell(inner: Mapping[str, Any], key: str) -> str:
    return _escaped(_number(inner[key], share=_is_shares(inner))) if key in inner else ""


def _shown(value: Any) -> str:
    """A value as a reader would write it: `adult: 54%, child: 5%`."""
    if isinstance(value, dict):
        share = _is_shares(value)
        return ", ".join(f"{_plain(key)}: {_number(inner, share=share)}" for key, inner in value.items())
    return _number(value, share=isinstance(value, float) and 0 < value < 1)


def _is_shares(value: Mapping[str, Any]) -> bool:
    numbers: Sequence[Any] = [number for number in value.values() if isinstance(number, int | float)]
    return bool(numbers) and all(0 <= number <= 1 for number in numbers) and any(isinstance(n, float) for n in numbers)


def _number(value: Any, *, share: bool) -> str:
    if isinstance(value, list):
        return " to ".join(map(str, value)) if _is_range(value) else ", ".join(_plain(inner) for inner in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if share:
        return f"{100 * value:.1f}".rstrip("0").rstrip(".") + "%"
    return f"{value:,}"


def _is_range(value: Sequence[Any]) -> bool:
    return len(value) == 2 and all(isinstance(end, int | float) for end in value)


def _plain(code: object) -> str:
    return str(code).replace("_", " ")


def _words(code: object) -> str:
    return _escaped(_plain(code))


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED).replace("\n", " ")
