"""Write `places/`: for each locality its overview, gated notebooks, framework appendix and the values they use."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from compendium import dictionary, jsonfile
from compendium.across import sums
from compendium.errors import CompendiumError, Problem
from compendium.framework import standards
from compendium.framework.local import framework_of
from compendium.locality import Locality, Period, load_locality
from compendium.markdown import escape
from compendium.paths import Root
from compendium.release import show
from compendium.release.drawings import NOTE, Drawings
from compendium.release.kept import LINEAGE, VALUES
from compendium.release.values import PAGE
from compendium.report import (
    all_localities,
    assessment,
    dictionary_pages,
    framework_page,
    glossary,
    helping,
    laid_together,
    made,
    numbers,
    numbers_page,
    overview,
    parts,
    plain_pages,
    protection,
    provenance,
    releases,
    side_by_side,
    together,
    together_words,
)
from compendium.report.navigation import navigation
from compendium.report.place import Place
from compendium.report.shown import Shown, shown, withheld
from compendium.report.unsaid import not_supplied, sayable_notebook, with_unsaid
from compendium.writing import folder_aside, reading, write_whole


def write(root: Root, *, tell: Callable[[str], None] = lambda text: None) -> list[Place]:
    """Write the folder anew from what may be shown. Raises `CompendiumError` when no locality has anything to show."""
    with reading(root.outputs):  # each locality's results are of one settling
        return _written(root, tell)


def _written(root: Root, tell: Callable[[str], None]) -> list[Place]:
    kept_back = withheld(root)
    found = [each for each in shown(root) if each.locality not in kept_back]
    if not found and kept_back:
        raise CompendiumError(withheld_problems(kept_back))
    if not found:
        raise CompendiumError(
            "Nothing has been settled yet.", "Run `compendium run` first, or `compendium report` for all."
        )
    places = [_place(root, each) for each in found]
    groups = provenance.groups_of(dictionary.load(root.dictionaries).groups)
    beside, of_all = (_drawings(root, folder) for folder in (side_by_side.FOLDER, all_localities.FOLDER))
    with folder_aside(root.places) as aside:
        side_by_side.write(aside / side_by_side.FOLDER, places, beside.draw)
        added_up = _of_all(aside / all_localities.FOLDER, root, places, of_all.draw)
        for place in places:
            metadata = _write_place(aside / place.locality.id, root, place, groups)
            assessment.write(aside / place.locality.id, root, place.locality)
            _write_numbers(aside / place.locality.id, root, place, metadata)
        _write_parts(aside / "_parts", root, places, groups)
        write_whole(aside / "_nav.yml", _yaml(navigation(places, added_up=added_up)))
    beside.close()
    of_all.close()
    for each in found:
        if each.waiting and each.release:
            tell(f"{each.locality}: the candidate isn't approved; the site shows release {each.release.number}")
    return places


def _of_all(folder: Path, root: Root, places: list[Place], draw: show.Draw) -> bool:
    """The pages about all places; whether there is one on which they are added up."""
    parts = laid_together.with_brought(root, places)
    found, apart = sums.add_up(parts)
    if found:
        together.write(folder, found, apart, draw)
    title = together_words.TITLE if found else ""
    write_whole(folder / "index.qmd", all_localities.page(places, parts, together=title))
    return bool(found)


def _drawings(root: Root, folder: str) -> Drawings:
    """The drawings of pages about several places, as they were last made."""
    return Drawings(root.private_room(folder) / NOTE, root.places / folder / show.FIGURES)


def withheld_problems(names: Iterable[str]) -> list[Problem]:
    """Why a settled locality has no page."""
    message = "It rests on real records, and a site shows approved releases of those only. It has no page."
    return [
        Problem(f"localities/{name}", message=message, remedy=f"`compendium release {name}` makes the checker's pack.")
        for name in names
    ]


def _place(root: Root, each: Shown) -> Place:
    notebooks = sorted((each.folder / "notebooks").glob("*.ipynb"))
    titles = tuple((path.stem, _title(path)) for path in notebooks)
    values = with_unsaid(_read(each.folder / VALUES), (path.read_text("utf-8") for path in notebooks))
    return Place(_at_release(root, each), each.folder, values, titles, each.release, each.entries)


def _at_release(root: Root, each: Shown) -> Locality:
    """The locality with the months that the shown release counts: a newer candidate may count others."""
    locality = load_locality(root, each.locality)
    if each.release is None:
        return locality
    first, last = each.release.period
    return replace(locality, period=Period(**{"from": first, "to": last}))  # type: ignore[call-arg]


def _write_place(folder: Path, root: Root, place: Place, groups: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """The pages of a locality; what they may ask for beside their numbers."""
    for room in ("figures", "tables"):
        if (place.outputs / room).exists():
            shutil.copytree(place.outputs / room, folder / room)
    tables, kinds = place.outputs / "tables", provenance.of_tables(place.outputs / "tables", groups)
    absent, lines, known = not_supplied(tables), helping.load(root), glossary.words(root)
    for name, _ in place.notebooks:
        settled = (place.outputs / "notebooks" / f"{name}.ipynb").read_text("utf-8")
        gated = sayable_notebook(settled, absent, place.values)
        helped = helping.of_notebook(provenance.with_band(gated, kinds, groups, tables), lines, place.locality)
        write_whole(folder / f"{name}.ipynb", glossary.linked_notebook(helped, known, plain_pages.GLOSSARY))
    said = provenance.words(kinds)
    metadata = {
        "data": said,
        "locality": place.locality.name,
        "provenance": provenance.band(kind for kind in kinds.values() if kind != provenance.NONE),
        "provenance-note": said["all"]["statement"].replace("**", ""),
    }
    framework = helping.noted(_framework_page(root, place, provenance.overall(kinds)))
    write_whole(folder / "framework.qmd", f"{framework}\n{helping.short(lines, place.locality)}\n")
    write_whole(folder / "releases.qmd", releases.page(place))
    plain_pages.write(folder, root, place)
    return metadata


def _write_numbers(folder: Path, root: Root, place: Place, metadata: Mapping[str, Any]) -> None:
    """The numbers that the pages ask for, and the page on where all of them come from."""
    write_whole(folder / VALUES, jsonfile.text_of(place.values))
    if (place.outputs / LINEAGE).exists():
        shutil.copy(place.outputs / LINEAGE, folder / LINEAGE)
    pages = list(made.pages(folder))
    whole = made.read(place.locality.id, place.outputs, place.values, pages)
    described = (path.stem for path in root.dictionaries.glob("*.yml"))
    write_whole(folder / PAGE, numbers_page.page(whole, described))
    write_whole(folder / "_metadata.yml", _yaml({**metadata, **numbers.metadata(place.values, whole.told)}))


def _framework_page(root: Root, place: Place, records: str) -> str:
    """The appendix with the framework of the locality and the versions of what that is made from."""
    local = framework_of(root, place.locality)
    id = (local.adapted.base if local.adapted else local.framework).outline.id
    names = [name for name in standards.versions(root.framework) if name.split("@")[0] == id and not local.written]
    versions = [standards.load(root.framework, root.evidence, name) for name in names]
    return framework_page.page(place, local, versions, records=provenance.SHORT[records])


def _write_parts(folder: Path, root: Root, places: list[Place], groups: Mapping[str, Iterable[str]]) -> None:
    dictionaries = dictionary.load(root.dictionaries)
    kinds = {place.locality.name: provenance.of_tables(place.outputs / "tables", groups) for place in places}
    said = {place.locality.name: _said(place, kinds[place.locality.name]) for place in places}
    write_whole(folder / "provenance.md", provenance.for_the_site(kinds))
    write_whole(folder / "dictionaries.md", dictionary_pages.index(dictionaries))
    dictionary_pages.write(folder.parent / dictionary_pages.FOLDER, dictionaries)
    write_whole(
        folder / "localities.md", overview.cards([(place.locality, said[place.locality.name]) for place in places])
    )
    write_whole(folder / "help.md", helping.everywhere(helping.load(root)))
    write_whole(folder / "sources.md", parts.sources(dictionaries))
    write_whole(folder / "assumptions.md", parts.assumptions(root))
    write_whole(folder / "statistics.md", parts.statistics())
    write_whole(folder / "attacked.md", protection.attacked(places))
    write_whole(folder / "policies.md", protection.floors())


def _said(place: Place, kinds: Mapping[str, str]) -> str:
    """Where a locality's records come from; its own note on synthetic records only where all of them are."""
    statement = provenance.words(kinds)["all"]["statement"]
    note = escape(place.note) if provenance.overall(kinds) == provenance.SYNTHETIC else ""
    return f"{statement} {note}".strip()


def _title(path: Path) -> str:
    return str(_read(path)["metadata"]["compendium"]["title"])


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def _yaml(value: Any) -> str:
    """JSON is YAML: nothing in a value can turn into a tag, an alias or a date."""
    return jsonfile.text_of(value)
