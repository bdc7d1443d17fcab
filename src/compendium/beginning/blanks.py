"""The blank spreadsheets of a locality, and making them again when its codes have changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from compendium import dictionary, jsonfile
from compendium.beginning.groups import TEMPLATES, groups
from compendium.dictionary import Dictionaries, template
from compendium.dictionary.strays import MADE, digest
from compendium.locality import load_locality
from compendium.paths import Root
from compendium.writing import write_whole


def write_blanks(folder: Path, dictionaries: Dictionaries, lookups: Mapping[str, Path]) -> None:
    """Every workbook of a locality's groups into `folder`, and what each of them is as long as it is blank.

    `lookups`: where the public tables lie whose codes become lists.
    """
    names = [Path(one).stem for group in groups(dictionaries.groups) for one in group.templates]
    known = {name: path for name, path in lookups.items() if path.is_file()}
    books = template.write(template.templates(dictionaries, names, known), folder, "xlsx")
    blank = {book.name: digest(book.read_bytes()) for book in books}
    write_whole(folder / MADE, jsonfile.text_of(blank))


def blanks_again(root: Root, id: str) -> list[Path]:
    """Make the blank spreadsheets of a locality again, with the codes that it has now; those that are blank no more
    stay as they are. Returns what was made; nothing for a locality that doesn't keep its `templates/`.

    Raises `InputRefused` when its settings or its dictionaries are broken.
    """
    folder = root.localities / id / TEMPLATES
    if not (folder / MADE).is_file():
        return []
    place = load_locality(root, id)
    dictionaries = dictionary.load(root.dictionaries, place.dictionary_files())
    sources = {
        name: found
        for name, table in dictionaries.items()
        if not table.sensitive and (found := place.source(name, dictionaries))
    }
    blank = json.loads((folder / MADE).read_text("utf-8"))
    names = [Path(one).stem for group in groups(dictionaries.groups) for one in group.templates]
    still = [name for name in names if _is_blank(folder / f"{name}.xlsx", blank)]
    known = {name: source.path for name, source in sources.items() if source.path.is_file()}
    made = []
    for one in template.templates(dictionaries, still, known) if still else []:
        path, content = folder / f"{one.name}.xlsx", template.workbook(one)
        if not path.is_file() or path.read_bytes() != content:
            write_whole(path, content)
            made.append(path)
    if made:
        write_whole(
            folder / MADE, jsonfile.text_of({**blank, **{path.name: digest(path.read_bytes()) for path in made}})
        )
    return made


def _is_blank(path: Path, blank: Mapping[str, str]) -> bool:
    return path.is_file() and blank.get(path.name) == digest(path.read_bytes())
