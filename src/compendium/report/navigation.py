"""The pages of a locality in the order in which they serve a reader, and the menus made from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from compendium.release.values import PAGE as NUMBERS
from compendium.report import (
    aims,
    all_localities,
    assessment,
    numbers_page,
    side_by_side,
    summary,
    together,
    together_words,
    young_people,
)
from compendium.report.place import Place

HOW_MADE = ("06_review_process",)  # chapters about how it was made stand behind the appendix
MANY = 4  # localities: with more of them a menu each is no longer read; each has a side bar of its own then
LISTED = 20  # localities: more of them are found on the page that lists them all, not in a menu
BETWEEN = "---"  # Quarto's word for a line between two groups of a menu


def pages(place: Place) -> Iterator[tuple[tuple[str, str], ...]]:
    """Groups of (file, title): first reads, aims, chapters, appendix, how it was made."""
    yield (
        ("index.qmd", "Overview"),
        (summary.PAGE, summary.TITLE),
        (young_people.PAGE, "For young people"),
    )
    yield tuple((aim.page, aim.title) for aim in aims.AIMS)
    yield tuple((f"{name}.ipynb", title) for name, title in place.notebooks if name not in HOW_MADE)
    yield (("framework.qmd", "Quality standards"), (assessment.SITE_PAGE, "Self-assessment"))
    yield (
        *((f"{name}.ipynb", title) for name, title in place.notebooks if name in HOW_MADE),
        (NUMBERS, numbers_page.TITLE),
        ("releases.qmd", "Releases"),
    )


def navigation(places: Sequence[Place], *, added_up: bool = False) -> dict[str, Any]:
    """A menu for each locality, merged into the navbar of `_quarto.yml`; of many, one menu, and a side bar for each.

    `added_up`: there is a page of places together.
    """
    whole = list(_of_all(added_up=added_up))
    if len(places) > MANY:
        overviews = [
            {"href": f"places/{place.locality.id}/index.qmd", "text": place.locality.name.split(" (")[0]}
            for place in places
        ]
        bars = [{"id": place.locality.id, "title": place.locality.name, "contents": _listed(place)} for place in places]
        listed = [{"text": BETWEEN}, *overviews] if len(places) <= LISTED else []
        menu = {"text": all_localities.TITLE, "menu": [*whole, *listed]}
        return {"website": {"navbar": {"left": [menu]}, "sidebar": bars}}
    menus = [{"text": place.locality.name.split(" (")[0], "menu": _menu(place)} for place in places]
    return {"website": {"navbar": {"left": [*menus, {"text": all_localities.TITLE, "menu": whole}]}}}


def _of_all(*, added_up: bool) -> Iterator[dict[str, str]]:
    """Pages about all places."""
    yield {"href": f"places/{all_localities.FOLDER}/index.qmd", "text": "Which places"}
    if added_up:
        yield {"href": f"places/{all_localities.FOLDER}/{together.PAGE}", "text": together_words.TITLE}
    yield {"href": f"places/{side_by_side.FOLDER}/index.qmd", "text": side_by_side.TITLE}


def _listed(place: Place) -> list[dict[str, str]]:
    return [entry for entry in _menu(place) if entry["text"] != BETWEEN]


def _menu(place: Place) -> list[dict[str, str]]:
    found = list[dict[str, str]]()
    for group in pages(place):
        found += [{"text": BETWEEN}] if found and group else []
        found += [{"href": f"places/{place.locality.id}/{file}", "text": title} for file, title in group]
    return found
