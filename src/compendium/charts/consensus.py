"""Each group's median for each item on one line: where groups agree the dots sit together, and who differs is named."""

from __future__ import annotations

from typing import NamedTuple

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.sheet import Sheet, width_of, wrap
from compendium.charts.words import decimal, in_order, known, listed, text

_LABELS = 0.40
_RADIUS = 5.0
_LINE = 14.0  # between dots that share a median
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
    for row in released.frame.itertuples(index=False):
        vote = _Vote(
            text(row.group), text(row.group_label), text(row.n_text),
            float(row.median) if known(row.median) else float("nan"), verdict_of(row.verdict),
        )  # fmt: skip
        items.setdefault(text(row.item), []).append(vote)
        titles[text(row.item)] = text(row.item_label) or text(row.item)
    if not items:
        return nothing(sheet)
    subtitle(
        sheet, str(released.options.get("subtitle") or "Median rating of each group, 1 to 9; groups that differ are named")
    )
    _key(sheet)
    joint = {str(released.options["joint"])} if released.options.get("joint") else _JOINT
    labels = (sheet.right - sheet.left) * _LABELS
    scale = Scale(1, 9, sheet.left + labels + 10, sheet.right - 8)
    top = sheet.y
    for item, votes in items.items():
        _item(sheet, titles[item], votes, joint, scale, labels)
    for value in range(1, 10):
        sheet.line([(scale(value), top), (scale(value), sheet.y)], theme.GRID, layer=1)
    under(sheet, scale, list(range(1, 10)))
    sheet.text(scale.start, sheet.y + 18 + theme.SMALL, "not important", size=theme.SMALL, colour=theme.QUIET)
    sheet.text(scale.end, sheet.y + 18 + theme.SMALL, "critical", size=theme.SMALL, colour=theme.QUIET, align="right")
    sheet.plot_area(scale.start - 8, top, scale.end + 8, sheet.y)
    sheet.y += 2 * theme.BODY + theme.GAP
    return _alt(items, titles, joint)


def _key(sheet: Sheet) -> None:
    x = sheet.left + _RADIUS
    for verdict, words in _WORDS.items():
        colour, shape = theme.VERDICTS[verdict]
        sheet.mark(x, sheet.y + 7, shape, colour)
        sheet.text(x + 9, sheet.y + 11, words, size=theme.SMALL)
        x += width_of(words, theme.SMALL) + 30
    sheet.line([(x - 4, sheet.y), (x - 4, sheet.y + 14)], theme.INK, 2.4)
    sheet.text(x + 5, sheet.y + 11, "all groups together", size=theme.SMALL)
    sheet.y += 24


def _split(votes: list[_Vote], joint: set[str]) -> tuple[_Vote | None, list[_Vote], str]:
    """The joint vote, the groups' votes, and the verdict that most groups share (ties: the first in key order)."""
    together = next((vote for vote in votes if vote.group in joint), None)
    groups = [vote for vote in votes if vote.group not in joint]
    tally = [vote.verdict for vote in groups]
    common = together.verdict if together else max(_WORDS, key=lambda verdict: tally.count(verdict))
    return together, groups, common


def _item(sheet: Sheet, title: str, votes: list[_Vote], joint: set[str], scale: Scale, labels: float) -> None:
    together, groups, common = _split(votes, joint)
    same = [vote for vote in groups if vote.verdict == common and known(vote.median)]
    differ = [vote for vote in groups if vote.verdict != common and known(vote.median)]
    stacks: dict[float, int] = {}
    for vote in same:
        stacks[vote.median] = stacks.get(vote.median, 0) + 1
    dots = max(stacks.values(), default=1)
    lines = wrap(title, labels - 10, most=3)
    tally = sum(vote.verdict == common for vote in groups)
    summary = f"{tally} of {len(groups)} groups: {_WORDS[common]}"
    text_height = len(lines) * theme.BODY * theme.LEADING + theme.SMALL * theme.LEADING
    height = max(text_height, dots * 11.0 + len(differ) * _LINE + 4) + 12
    sheet.line([(sheet.left, sheet.y), (sheet.right, sheet.y)], theme.GRID, layer=1)
    y = sheet.paragraph(sheet.left, sheet.y + 5, title, labels - 10, most=3)
    sheet.paragraph(sheet.left, y, summary, labels - 10, size=theme.SMALL, colour=theme.QUIET, most=2)
    middle = sheet.y + 6 + (dots * 11.0) / 2
    if len(same) > 1:
        ends = [scale(vote.median) for vote in same]
        sheet.line([(min(ends), middle), (max(ends), middle)], theme.SOFT, 7, layer=1.5)
    placed: dict[float, int] = {}
    for vote in same:
        at = placed.get(vote.median, 0)
        placed[vote.median] = at + 1
        offset = (at - (stacks[vote.median] - 1) / 2) * 11.0
        colour, shape = theme.VERDICTS[vote.verdict]
        sheet.mark(scale(vote.median), middle + offset, shape, colour, _RADIUS)
    if together and known(together.median):
        x = scale(together.median)
        sheet.line([(x, sheet.y + 3), (x, sheet.y + height - 4)], theme.INK, 2.4, layer=1.8)
    y = sheet.y + 6 + dots * 11.0 + _LINE / 2
    for vote in differ:
        colour, shape = theme.VERDICTS[vote.verdict]
        x = scale(vote.median)
        sheet.mark(x, y, shape, colour, _RADIUS)
        words = f"{vote.label}: {decimal(vote.median).removesuffix('.0')}"
        left = x + 10 + width_of(words, theme.SMALL) > sheet.right
        sheet.text(x - 10 if left else x + 10, y + 3.5, words, size=theme.SMALL, align="right" if left else "left", bold=True)
        y += _LINE
    sheet.y += height


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
