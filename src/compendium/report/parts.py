"""The parts that hand-written pages include: sources, assumptions. Each is made from the file that rules it."""

from __future__ import annotations

from compendium.dictionary import Dictionaries
from compendium.paths import Root


def sources(dictionaries: Dictionaries) -> str:
    """Whose figures the public tables hold."""
    from compendium.dictionary.sources import sources_markdown

    return sources_markdown(dictionaries)


def assumptions(root: Root) -> str:
    """Every parameter of the generator of synthetic records."""
    from compendium.dictionary.twin import parameters_path
    from compendium.dictionary.twin_parameters import load_parameters, twin_assumptions_markdown

    return twin_assumptions_markdown(load_parameters(parameters_path(root)))
