"""Several files written together: all of them, or none."""

from __future__ import annotations

import tempfile
from collections.abc import Container, Mapping
from pathlib import Path

from compendium import dictionary
from compendium.dictionary import Dictionaries
from compendium.errors import refuse_errors
from compendium.locality import Locality
from compendium.paths import PRIVATE, PUBLIC, written_aside


def write_together(files: Mapping[Path, str], *, private: Container[Path] = ()) -> None:
    """Write every file aside, then put all in their places; when one can't be put there, none is changed.

    Nobody but the owner may read those that are `private`, or look into folders made for them.
    """
    aside: dict[Path, Path] = {}
    before: dict[Path, bytes | None] = {}
    try:
        for path, text in files.items():
            aside[path] = written_aside(path, text, PRIVATE if path in private else PUBLIC)
        for path, made in aside.items():
            before[path] = path.read_bytes() if path.exists() else None
            made.replace(path)
    except BaseException:
        _put_back(before)
        for made in aside.values():
            made.unlink(missing_ok=True)
        raise


def _put_back(before: Mapping[Path, bytes | None]) -> None:
    for path, data in before.items():
        if data is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(data)


def refuse_what_breaks(texts: Mapping[str, str], locality: Locality, dictionaries: Dictionaries) -> None:
    """Check tables that are about to be written, given as CSV by name, together with those of the locality that they
    refer to. Raises `InputRefused` with every error of the new ones.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for name, text in texts.items():
            paths[name] = Path(folder) / f"{name}.csv"
            paths[name].write_text(text, encoding="utf-8")
        for other in {one for name in texts for one in dictionaries[name].references} - set(texts):
            if (source := locality.source(other, dictionaries)) and source.path.is_file():
                paths[other] = source.path
        read = dictionary.read_tables(paths, dictionaries, labels={name: name for name in paths})
    refuse_errors(problem for problem in read.problems if problem.file in texts)
