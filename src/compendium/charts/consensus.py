"""Each group's median for each item on one line: where groups agree the dots sit together, and who differs is named."""

from __future__ import annotations

from typing import NamedTuple

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import width_of, wrap
from compendium.charts.sheet import Align, Sheet
from compendium.charts.words import decimal, in_order, known, listed, rows_of, text

_LABELS = 0.40
_RADIUS = 5.0
_DOT = 11.0  # between dots that share a median
_LINE = 14.0  # between groups that are named
_NAMED = 3  # as many groups are named even when they agree
_JOINT = {"all", "joint", "everyone", "total"}
_WORDS = {"in": "agreed in", "out": "agreed out", "none": "no agreement"}


class _Vote(NamedTuple):
    group: str
    label: str
    n: str
    median: float
    verdict: str  # in | out | none


def verdict_of(words: object) -> str:
    """`in`, `out` or `none` from the words of an analysis."""
    first = text(words).lower().split()[:1]
    return first[0] if first and first[0] in _WORDS else "none"


def draw(sheet: Sheet, released: Released) -> str:
    """One block an item. Option `joint` names the group that stands for everybody (else `all` or `joint`)."""
    items: dict[str, list[_Vote]] = {}
    titles: dict[str, str] = {}
    for row in rows_of(released):
        vote = _Vote(
            text(row.group), text(row.group_label), text(row.n_text),
            float(row.median) if known(row.median) else float("nan"), verdict_of(row.verdict),
        )  # fmt: skip
        items.setdefault(text(row.item), []).append(vote)
        titles[text(row.item)] = text(row.item_label) or text(row.item)
    if not items:
        return nothing(sheet)
    plain = "Median rating of each group, 1 to 9; groups that differ are named"
    subtitle(sheet, str(released.options.get("subtitle") or plain))
    joint = {str(released.options["joint"])} if released.options.get("joint") else _JOINT
    _key(sheet, joint_shown=any(vote.group in joint for votes in items.values() for vote in votes))
    labels = (sheet.right - sheet.left) * _LABELS
    scale = Scale(1, 9, sheet.left + labels + 10, sheet.right - 8)
    top = sheet.y
    for item, votes in items.items():
        _item(sheet, titles[item], _split(votes, joint), scale)
    for value in range(1, 10):
        sheet.line([(scale(value), top), (scale(value), sheet.y)], theme.GRID, layer=1)
    under(sheet, scale, list(range(1, 10)))
    sheet.text(scale.start, sheet.y + 18 + theme.SMALL, "not important", size=theme.SMALL, colour=theme.QUIET)
    sheet.text(scale.end, sheet.y + 18 + theme.SMALL, "critical", size=theme.SMALL, colour=theme.QUIET, align="right")
    sheet.plot_area(scale.start - 8, top, scale.end + 8, sheet.y)
    sheet.y += 2 * theme.BODY + theme.GAP
    return _alt(items, titles, joint)


def _key(sheet: Sheet, *, joint_shown: bool) -> None:
    x = sheet.left + _RADIUS
    for verdict, words in _WORDS.items():
        colour, shape = theme.VERDICTS[verdict]
        sheet.mark(x, sheet.y + 7, shape, colour)
        sheet.text(x + 9, sheet.y + 11, words, size=theme.SMALL)
        x += width_of(words, theme.SMALL) + 30
    if joint_shown:
        sheet.line([(x - 4, sheet.y), (x - 4, sheet.y + 14)], theme.INK, 2.4)
        sheet.text(x + 5, sheet.y + 11, "all groups together", size=theme.SMALL)
    sheet.y += 24


def _split(votes: list[_Vote], joint: set[str]) -> tuple[_Vote | None, list[_Vote], str]:
    """The joint vote, the groups' votes, and the verdict that most groups share (ties: the first in key order)."""
    together = next((vote for vote in votes if vote.group in joint), None)
    groups = [vote for vote in votes if vote.group not in joint]
    tally = [vote.verdict for vote in groups]
    common = together.verdict if together else max(_WORDS, key=tally.count)
    return together, groups, common


def _item(sheet: Sheet, title: str, split: tuple[_Vote | None, list[_Vote], str], scale: Scale) -> None:
    together, groups, common = split
    few = len(groups) <= _NAMED
    same = [vote for vote in groups if vote.verdict == common and known(vote.median) and not few]
    differ = [vote for vote in groups if (vote.verdict != common or few) and known(vote.median)]
    deepest = max((sum(other.median == vote.median for other in same) for vote in same), default=0) * _DOT
    width = scale.start - sheet.left - 20
    lines = len(wrap(title, width, most=3)) * theme.BODY + theme.SMALL
    height = max(lines * theme.LEADING, deepest + len(differ) * _LINE + 4) + 12
    tally = sum(vote.verdict == common for vote in groups)
    summary = f"{tally} of {len(groups)} groups: {_WORDS[common]}"
    if few and tally < len(groups):
        summary = "verdicts differ"
    sheet.line([(sheet.left, sheet.y), (sheet.right, sheet.y)], theme.GRID, layer=1)
    y = sheet.paragraph(sheet.left, sheet.y + 5, title, width, most=3)
    sheet.paragraph(sheet.left, y, summary, width, size=theme.SMALL, colour=theme.QUIET, most=2)
    if together and known(together.median):
        x = scale(together.median)
        sheet.line([(x, sheet.y + 3), (x, sheet.y + height - 4)], theme.INK, 2.4, layer=1.8)
    _dots(sheet, same, scale, sheet.y + 6 + deepest / 2)
    for at, vote in enumerate(differ):
        _named(sheet, vote, scale, sheet.y + 6 + deepest + (at + 0.5) * _LINE)
    sheet.y += height


def _dots(sheet: Sheet, votes: list[_Vote], scale: Scale, middle: float) -> None:
    """Groups of one verdict, those with the same median above one another."""
    if len(votes) > 1:
        ends = [scale(vote.median) for vote in votes]
        sheet.line([(min(ends), middle), (max(ends), middle)], theme.SOFT, 7, layer=1.5)
    for median in sorted({vote.median for vote in votes}):
        stack = [vote for vote in votes if vote.median == median]
        for at, vote in enumerate(stack):
            colour, shape = theme.VERDICTS[vote.verdict]
            sheet.mark(scale(median), middle + (at - (len(stack) - 1) / 2) * _DOT, shape, colour, _RADIUS)


def _named(sheet: Sheet, vote: _Vote, scale: Scale, y: float) -> None:
    """A group by name beside its mark, on the side where there is room."""
    colour, shape = theme.VERDICTS[vote.verdict]
    x = scale(vote.median)
    sheet.mark(x, y, shape, colour, _RADIUS)
    words = f"{vote.label}: {decimal(vote.median).removesuffix('.0')}"
    left = x + 10 + width_of(words, theme.SMALL, bold=True) > sheet.right
    align: Align = "right" if left else "left"
    sheet.text(x - 10 if left else x + 10, y + 3.5, words, size=theme.SMALL, align=align, bold=True)


def _alt(items: dict[str, list[_Vote]], titles: dict[str, str], joint: set[str]) -> str:
    by_verdict: dict[str, list[str]] = {verdict: [] for verdict in _WORDS}
    split = []
    for item, votes in items.items():
        _, groups, common = _split(votes, joint)
        by_verdict[common].append(titles[item])
        others = in_order(vote.label for vote in groups if vote.verdict != common)
        if others:
            split.append(f"{titles[item]} ({listed(others)})")
    parts = [f"{len(found)} {_WORDS[verdict]}" for verdict, found in by_verdict.items() if found]
    words = f"{len(items)} items: {listed(parts)}."
    if split:
        more = f" and {len(split) - 3} more" if len(split) > 3 else ""
        words += f" Groups differ on {'; '.join(split[:3])}{more}."
    return words
