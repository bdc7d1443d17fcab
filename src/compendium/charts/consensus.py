"""Each group's median for each item on one line: where groups agree the dots sit together, and who differs is named."""

from __future__ import annotations

import re
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
    lowest, highest = _ends(released)
    plain = f"Median rating of each group, {lowest} to {highest}; groups that differ are named"
    subtitle(sheet, str(released.options.get("subtitle") or plain))
    joint = {str(released.options["joint"])} if released.options.get("joint") else _JOINT
    _key(sheet, joint_shown=any(vote.group in joint for votes in items.values() for vote in votes))
    labels = 0.0 if sheet.narrow else (sheet.right - sheet.left) * _LABELS
    scale = Scale(lowest, highest, sheet.left + labels + 10, sheet.right - 8)
    top = sheet.y
    for item, votes in items.items():
        _item(sheet, titles[item], _split(votes, joint), scale)
    for value in range(lowest, highest + 1):
        sheet.line([(scale(value), top), (scale(value), sheet.y)], theme.GRID, layer=1)
    under(sheet, scale, list(range(lowest, highest + 1)))
    sheet.text(scale.start, sheet.y + 18 + theme.SMALL, "not important", size=theme.SMALL, colour=theme.QUIET)
    sheet.text(scale.end, sheet.y + 18 + theme.SMALL, "critical", size=theme.SMALL, colour=theme.QUIET, align="right")
    sheet.plot_area(scale.start - 8, top, scale.end + 8, sheet.y)
    sheet.y += 2 * theme.BODY + theme.GAP
    return _alt(items, titles, joint)


def _ends(released: Released) -> tuple[int, int]:
    """From where to where people rated, as the title of the column of medians says it; else 1 to 9."""
    found = re.search(r"\((\d+) to (\d+)\)", released.columns.get("median", ""))
    return (int(found[1]), int(found[2])) if found else (1, 9)


def _key(sheet: Sheet, *, joint_shown: bool) -> None:
    x = sheet.left + _RADIUS
    for verdict, words in _WORDS.items():
        colour, shape = theme.VERDICTS[verdict]
        sheet.mark(x, sheet.y + 7, shape, colour)
        sheet.text(x + 9, sheet.y + 11, words, size=theme.SMALL)
        x += width_of(words, theme.SMALL) + (22 if sheet.narrow else 30)
    if joint_shown and sheet.narrow:
        x, sheet.y = sheet.left + _RADIUS + 4, sheet.y + theme.SMALL * 1.7
    if joint_shown:
        sheet.line([(x - 4, sheet.y), (x - 4, sheet.y + 14)], theme.INK, 2.4)
        sheet.text(x + 5, sheet.y + 11, "all groups together", size=theme.SMALL)
    sheet.y += 24


def _split(votes: list[_Vote], joint: set[str]) -> tuple[_Vote | None, list[_Vote], str]:
    """The joint vote, the groups' votes, and the verdict that most groups share (ties: the joint one)."""
    together = next((vote for vote in votes if vote.group in joint), None)
    groups = [vote for vote in votes if vote.group not in joint]
    tally = [vote.verdict for vote in groups]
    most = max(tally.count(verdict) for verdict in _WORDS)
    leading = [verdict for verdict in _WORDS if tally.count(verdict) == most]
    common = together.verdict if together and together.verdict in leading else leading[0]
    return together, groups, common


def _item(sheet: Sheet, title: str, split: tuple[_Vote | None, list[_Vote], str], scale: Scale) -> None:
    together, groups, common = split
    joint = together if together and known(together.median) else None
    few = len(groups) <= _NAMED
    same = [vote for vote in groups if vote.verdict == common and known(vote.median) and not few]
    named = [vote for vote in groups if (vote.verdict != common or few) and known(vote.median)]
    named += [joint] if joint and few else []
    deepest = max((sum(other.median == vote.median for other in same) for vote in same), default=0) * _DOT
    width = sheet.right - sheet.left if sheet.narrow else scale.start - sheet.left - 20
    sheet.line([(sheet.left, sheet.y), (sheet.right, sheet.y)], theme.GRID, layer=1)
    above = sheet.y
    words = sheet.paragraph(sheet.left, sheet.y + 5, title, width, most=8)
    words = sheet.paragraph(sheet.left, words, _summary(split), width, size=theme.SMALL, colour=theme.QUIET, most=3)
    if sheet.narrow:  # the words stand above their marks, and no line of the grid goes through them
        sheet.rect(sheet.left, above + 1, width, words - above, theme.GROUND, layer=1.4)
        sheet.y = words + 1
    if joint and not few:
        x = scale(joint.median)
        sheet.line([(x, sheet.y + 3), (x, sheet.y + max(deepest + 10, 18))], theme.INK, 2.4, layer=1.8)
    _dots(sheet, same, scale, sheet.y + 6 + deepest / 2)
    y = sheet.y + 6 + deepest
    for vote in named:
        y = _named(sheet, vote, scale, y, joint=vote is together)
    sheet.y = max(words, y) + 7


def _summary(split: tuple[_Vote | None, list[_Vote], str]) -> str:
    """How many groups share the verdict, and the joint one where it is another."""
    together, groups, common = split
    tally = sum(vote.verdict == common for vote in groups)
    if len(groups) <= _NAMED and tally < len(groups):
        return "verdicts differ"
    apart = together is not None and together.verdict != common
    return f"{tally} of {len(groups)} groups: {_WORDS[common]}" + (
        f"; together: {_WORDS[together.verdict]}" if together and apart else ""
    )


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


def _beside(sheet: Sheet, vote: _Vote, scale: Scale) -> tuple[Align, list[str]]:
    """The side of its mark on which a name stands, and its lines: right where it fits, else where there is room."""
    words = f"{vote.label}: {decimal(vote.median).removesuffix('.0')}"
    right, left = sheet.right - scale(vote.median) - 12, scale(vote.median) - scale.start - 4
    if width_of(words, theme.SMALL, bold=True) <= right or right > left:
        return "left", wrap(words, right, theme.SMALL, bold=True, most=6)
    return "right", wrap(words, left, theme.SMALL, bold=True, most=6)


def _named(sheet: Sheet, vote: _Vote, scale: Scale, y: float, *, joint: bool) -> float:
    """A group by name beside its mark; gives the y below it. The joint vote is a bar, as in the key."""
    align, lines = _beside(sheet, vote, scale)
    x, line = scale(vote.median), theme.SMALL * theme.LEADING
    middle = y + len(lines) * line / 2
    if joint:
        sheet.line([(x, middle - 6), (x, middle + 6)], theme.INK, 2.4, layer=4)
    else:
        colour, shape = theme.VERDICTS[vote.verdict]
        sheet.mark(x, middle, shape, colour, _RADIUS)
    edge = x - 10 if align == "right" else x + 10
    width = max(width_of(words, theme.SMALL, bold=True) for words in lines) + 4
    sheet.rect(edge - width + 2 if align == "right" else edge - 2, y, width, len(lines) * line, theme.GROUND, layer=2.5)
    for at, words in enumerate(lines):
        sheet.text(edge, y + at * line + theme.SMALL, words, size=theme.SMALL, align=align, bold=True)
    return y + len(lines) * line + 2


def _alt(items: dict[str, list[_Vote]], titles: dict[str, str], joint: set[str]) -> str:
    by_verdict: dict[str, list[str]] = {verdict: [] for verdict in _WORDS}
    apart = []
    for item, votes in items.items():
        _, groups, common = _split(votes, joint)
        by_verdict[common].append(titles[item])
        others = in_order(vote.label for vote in groups if vote.verdict != common)
        if others and len(groups) <= _NAMED:
            said = "; ".join(f"{vote.label}: {_WORDS[vote.verdict]}" for vote in groups)
            apart.append(f"“{titles[item]}” ({said})")
        elif others:
            apart.append(f"“{titles[item]}” (otherwise: {'; '.join(others)})")
    parts = [f"{len(found)} {_WORDS[verdict]}" for verdict, found in by_verdict.items() if found]
    count = "1 item" if len(items) == 1 else f"{len(items)} items"
    words = f"{count}, by the verdict of most groups: {listed(parts)}."
    if all(len(_split(votes, joint)[1]) <= _NAMED for votes in items.values()):
        words = f"{count}."
    if apart:
        first = ", the first three of them" if len(apart) > 3 else ""
        words += f" Groups differ on {len(apart)}{first}: {', '.join(apart[:3])}."
    return words
