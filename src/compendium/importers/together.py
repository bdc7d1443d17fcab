"""Tables that are about to be written, held against those that are there."""

from __future__ import annotations

from collections.abc import Mapping

from compendium import dictionary
from compendium.dictionary import Dictionaries
from compendium.errors import refuse_errors
from compendium.locality import Locality
from compendium.writing import temporary_folder


def refuse_what_breaks(texts: Mapping[str, str], locality: Locality, dictionaries: Dictionaries) -> None:
    """Check tables that are about to be written, given as CSV by name, together with those of the locality that they
    refer to. Raises `InputRefused` with every error of the new ones.
    """
    with temporary_folder() as folder:
        paths = {}
        for name, text in texts.items():
            paths[name] = folder / f"{name}.csv"
            paths[name].write_text(text, encoding="utf-8")
        for other in {one for name in texts for one in dictionaries[name].references} - set(texts):
            if (source := locality.source(other, dictionaries)) and source.path.is_file():
                paths[other] = source.path
        read = dictionary.read_tables(paths, dictionaries, labels={name: name for name in paths})
    refuse_errors(problem for problem in read.problems if problem.file in texts)
