"""Numbers for prose: every one a function of released cells, none typed by hand.

A page writes `{{< meta values.victims_by_form.total >}}`; `compendium why` finds the table behind the name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from compendium.aggregate import Dimension, Released
from compendium.markdown import escape, label, slug
from compendium.release.tables import count_text

PAGE = "numbers.qmd"  # of a locality: an entry for each table, which its numbers in sentences lead to
LABELS = ("name", "measure", "label", "criterion", "item")
WITHIN = "within what chance gives"
NUMBERS = ("value", "estimate", "observed", "shift", "median", "mean")


def derive(released: Iterable[Released]) -> dict[str, dict[str, Any]]:
    """Values by dotted name (`table.total`, `table.dimension.code`, `…_percent`): text, value, the table behind it."""
    values: dict[str, dict[str, Any]] = {}
    for table in released:
        found = _of_counts(table) if table.kind == "counts" else _of_statistic(table)
        for name, (text, value) in found.items():
            values[f"{slug(table.name)}.{name}"] = {"text": text, "value": value, "table": table.name}
    return dict(sorted(values.items()))


def entry(table: str) -> str:
    """The name of a table's entry on the page about where the numbers come from."""
    return label("from", table)


def nested(values: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The texts as Quarto's `meta` shortcode reads them: `a.b` below `a`."""
    tree: dict[str, Any] = {}
    for name, value in values.items():
        *folders, leaf = name.split(".")
        branch = tree
        for folder in folders:
            branch = branch.setdefault(folder, {})
        branch[leaf] = escape(value["text"]) if isinstance(value["value"], str) else value["text"]
    return tree


Value = tuple[str, Any]
NOT_SHOWN: Value = ("not shown", None)


def _of_counts(table: Released) -> dict[str, Value]:
    """The total and every category of every dimension; of other declared designs too, so that prose serves them all."""
    if table.frame.empty:
        return {"total": ("not supplied", None)}
    total = table.count()
    found: dict[str, Value] = {"total": (count_text(total), total)}
    others = (dimension for form in table.forms for dimension in form)
    for dimension in (*table.dimensions, *others):
        for code in dimension.categories:
            name = f"{slug(dimension.name)}.{slug(code)}"
            if name not in found:
                number, percent = _of_category(table, dimension, code, total)
                found |= {name: number, f"{name}_percent": percent}
    return found


def _of_category(table: Released, dimension: Dimension, code: str, total: int | None) -> tuple[Value, Value]:
    """Number and percentage of a category, added up from those that the table shows where it groups otherwise."""
    wanted = set(dimension.members[code])
    for shown in table.dimensions:
        parts = [own for own, members in shown.members.items() if set(members) <= wanted]
        held = {member for own in parts for member in shown.members[own]}
        if shown.variable == dimension.variable and held == wanted:
            counts = [table.count(**{shown.name: own}) for own in parts]
            count = None if None in counts else sum(number for number in counts if number is not None)
            return (count_text(count), count), _percent(count, total)
    return NOT_SHOWN, NOT_SHOWN


def _percent(count: int | None, total: int | None) -> Value:
    """A whole percentage of two released counts: it can tell no more than they do."""
    if count is None or total is None:
        return "hidden", None
    if not total:  # of nobody there is no share, and nothing is hidden
        return NOT_SHOWN
    share = 100 * count / total
    return f"{share:.0f}%", round(share)


def _of_statistic(table: Released) -> dict[str, Value]:
    frame = table.frame
    key = next((column for column in LABELS if column in frame), None)
    number = next((column for column in NUMBERS if column in frame), None)
    found: dict[str, Value] = {"rows": (f"{len(frame):,}", len(frame))}
    if key and number:
        for _, row in frame.iterrows():
            name = slug(row[key])
            found.setdefault(name, _estimate(row, number, percent=table.kind == "estimates"))
            if "chance" in frame:
                found.setdefault(f"{name}_by_chance", _estimate(row, "chance", percent=False))
                found.setdefault(f"{name}_verdict", _beside_chance(row, number))
    for size in ("places", "events"):
        if size in frame and frame[size].nunique() == 1:  # the same for every row: of the table as a whole
            found.setdefault(size, _size(frame[size].iloc[0]))
    return found


def _size(value: Any) -> Value:
    """A number of things; what a table says in words instead stays words, and can be said."""
    number = pd.to_numeric(value, errors="coerce")
    return (f"{int(number):,}", int(number)) if pd.notna(number) else (str(value), str(value))


def _beside_chance(row: pd.Series, number: str) -> Value:
    """In words, whether chance alone gives as much."""
    told = [str(row.get(name)).replace(",", "") for name in (number, "low", "high")]
    figures = pd.to_numeric(pd.Series(told), errors="coerce")
    if figures.isna().any():
        return "not shown", None
    observed, low, high = map(float, figures)
    words = "more than chance gives" if observed > high else "less than chance gives" if observed < low else WITHIN
    return words, words


def _estimate(row: pd.Series, number: str, *, percent: bool) -> Value:
    """`11.8% (10.1 to 13.7)` for a proportion with an interval, `0.41 (0.35 to 0.46)` for another number."""
    value = row[number]
    if value is None or pd.isna(value):
        return "not shown", None
    if isinstance(value, str):
        return value, value

    about_chance = "chance" in row and number != "chance"  # there the interval is that of chance, not of the estimate
    low, high = (None, None) if about_chance else (row.get("low"), row.get("high"))
    ends = [float(end) for end in (low, high) if end is not None and not pd.isna(end)]
    apart = max((_places(end) for end in ends), default=0)

    def text(figure: float, places: int = apart) -> str:
        return (f"{100 * figure:.1f}" if percent else f"{figure:,.{places}f}").replace("-", "−")

    interval = "" if low is None or high is None or pd.isna(low) or pd.isna(high) else f" ({text(low)} to {text(high)})"
    return f"{text(value, max(apart, _places(value)))}{'%' if percent else ''}{interval}", float(value)


def _places(figure: float) -> int:
    """Decimals that a number has, two at most."""
    return len(f"{figure:.2f}".rstrip("0").partition(".")[2])
