"""The parts that hand-written pages include: sources, assumptions. Each is made from the file that rules it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compendium.dictionary import Dictionaries
from compendium.markdown import escape, pipe_table
from compendium.paths import Root

if TYPE_CHECKING:
    from compendium.disclosure.statistics import Source


def sources(dictionaries: Dictionaries) -> str:
    """Whose figures the public tables hold."""
    from compendium.dictionary.sources import sources_markdown

    return sources_markdown(dictionaries)


def _linked(source: Source) -> str:
    """Whose rule it is, with its address; this project's own floors have none."""
    return f"[{escape(source.publisher)}](https://{source.address})" if source.address else escape(source.publisher)


def statistics() -> str:
    """The rule of each kind of statistic that is no function of released counts, and whose rule it is."""
    from compendium.disclosure.statistics import RULES

    rows = [
        [
            escape(rule.title),
            str(rule.least) if rule.least else "none" if rule.public_only else "–",
            escape(rule.rounding) or "as published",
            escape(rule.left_out),
            escape("; ".join(source.title for source in rule.sources)),
        ]
        for rule in RULES.values()
    ]
    header = ["Kind", "Least people behind it", "Rounding", "What is left out", "Whose rule"]
    table = pipe_table(header, rows, right=[1], caption="Rules for statistics", anchor="tbl-statistics")
    named = {source.title: source for rule in RULES.values() for source in rule.sources}
    sources = [
        f"- *{escape(source.title)}* ({_linked(source)}, {source.date}): {escape(source.takes)}."
        for source in named.values()
    ]
    return "\n".join([table, "", *sources, ""])


def assumptions(root: Root) -> str:
    """Every parameter of the generator of synthetic records."""
    from compendium.dictionary.twin import parameters_path
    from compendium.dictionary.twin_page import twin_assumptions_markdown
    from compendium.dictionary.twin_parameters import load_parameters

    return twin_assumptions_markdown(load_parameters(parameters_path(root)))
