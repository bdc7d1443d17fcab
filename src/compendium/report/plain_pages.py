"""The pages in plain words of a locality: overview, summary, the three aims, and the page for young people."""

from __future__ import annotations

from pathlib import Path

from compendium.framework.local import framework_of
from compendium.paths import Root
from compendium.report import aims, figures, glossary, helping, overview, summary, young_people
from compendium.report.place import Place
from compendium.writing import write_whole

GLOSSARY = "../../report/glossary.qmd"  # from a page of a locality


def write(folder: Path, root: Root, place: Place) -> None:
    """Write them into `folder`. Raises `CompendiumError` where their words or the help lines are not to be had."""
    lines, shown, known = helping.load(root), figures.of(place), glossary.words(root)
    framework = framework_of(root, place.locality).framework
    pages = {
        "index.qmd": overview.page(place, root, shown, lines),
        summary.PAGE: summary.page(place, root, shown, lines),
        **{aim.page: aims.page(aim, place, root, framework, shown, lines) for aim in aims.AIMS},
    }
    for name, text in pages.items():
        write_whole(folder / name, glossary.linked(text, known, GLOSSARY))
    write_whole(folder / young_people.PAGE, young_people.page(place, framework, lines))
