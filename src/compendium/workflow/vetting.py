"""What a notebook proposes is held against the records themselves, before and after it is settled.

A notebook is code: it could call a table of victims public, give a column of identifiers as labels, or write records
into its proposals by hand. So where a proposal says it comes from is compared with the dictionary, and every identifier
and free text of the sensitive tables is searched for in all that is about to leave.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from compendium import dictionary
from compendium.dictionary import Dictionaries, Dictionary, Field
from compendium.dictionary.table import origin_of
from compendium.errors import DisclosureRefused, Problem
from compendium.locality import Locality
from compendium.paths import Root
from compendium.proposals import Proposal

MEANT_TO_BE_SHOWN = {  # names that people gave to be read: of themes, priorities, and who amends a criterion
    ("codes", "label"),
    ("priorities", "title"),
    ("progression_criteria", "owner"),
    ("progression_criteria", "remedy"),
}
SHORTEST = 4  # letters and digits; shorter ones stand everywhere by chance
_TOKEN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")


def of(root: Root, locality: Locality) -> Callable[[Mapping[str, Proposal], Path], None]:
    """Both checks as settling calls them: the proposals, and the folder that was made of them."""

    def vet(found: Mapping[str, Proposal], folder: Path) -> None:
        if wrong := origins(root, locality, found):
            raise DisclosureRefused(wrong)
        record_search(root, locality)(folder)

    return vet


def origins(root: Root, locality: Locality, found: Mapping[str, Proposal]) -> list[Problem]:
    """Proposals that say of their table what its dictionary and `locality.yml` do not."""
    dictionaries = dictionary.load(root.dictionaries, locality.dictionary_files())
    wrong = []
    for proposal in found.values():
        said = proposal.aggregate.origin
        true = None
        if said.table in dictionaries and (source := locality.source(said.table, dictionaries)):
            true = origin_of(dictionaries[said.table], source.provenance, root.relative(source.path))
        elif said.table in dictionaries and proposal.empty:
            continue  # not supplied: there is nothing to say
        if said != true:
            message = f"{proposal.name}: it says of its table what neither dictionary nor locality.yml says."
            remedy = "Give an aggregate the origin of the table it was counted from, unchanged."
            wrong.append(Problem(f"notebooks/{proposal.notebook}.ipynb", message=message, remedy=remedy))
    return wrong


def record_search(root: Root, locality: Locality) -> Callable[[Path], None]:
    """A search of a folder for identifiers and free text of this locality's sensitive tables.

    It raises `DisclosureRefused` with each file and the column whose values stand in it, never with a value. Values are
    read from the tables now, so that the search rests on nothing a notebook did.
    """
    dictionaries = dictionary.load(root.dictionaries, locality.dictionary_files())
    private: dict[str, str] = {}
    for table, field in _private_fields(dictionaries):
        place = f"{table}, column {field.name}"
        for value in _values(locality, dictionaries, table, field):  # one person may stand in several tables
            private[value] = f"{private[value]}; {place}" if value in private else place
    for shown in _shown(dictionaries):
        private.pop(shown, None)
    words = {value: place for value, place in private.items() if _TOKEN.fullmatch(value)}
    phrases = {value: place for value, place in private.items() if value not in words}

    def search(folder: Path) -> None:
        problems = []
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            text = path.read_bytes().decode("utf-8", "replace")
            hits = {words[token] for token in set(_TOKEN.findall(text)) & words.keys()}
            hits |= {place for value, place in phrases.items() if value in text}
            file = path.relative_to(folder).as_posix()
            message = "Values of a record stand in it:"
            remedy = "Look at the notebook that publishes it: only counts and statistics may leave."
            problems += [Problem(file, message=f"{message} {place}.", remedy=remedy) for place in sorted(hits)]
        if problems:
            raise DisclosureRefused(problems)

    return search


def _private_fields(dictionaries: Dictionaries) -> Iterator[tuple[str, Field]]:
    """Persons everywhere, rows of tables about persons, and free text that nobody meant to be shown."""
    for name in dictionaries:
        if not dictionaries[name].sensitive:
            continue
        for field in dictionaries[name].fields:
            row = field.role == "identifier" and _counts_persons(dictionaries[name])
            text = field.role == "text" and not field.constraints.enum and (name, field.name) not in MEANT_TO_BE_SHOWN
            if field.role == "person" or row or text:
                yield name, field


def _counts_persons(described: Dictionary) -> bool:
    return described.units == "persons"


def _values(locality: Locality, dictionaries: Dictionaries, table: str, field: Field) -> set[str]:
    source = locality.source(table, dictionaries)
    if source is None or not source.path.exists():
        return set()
    frame, _ = dictionary.read(source.path, dictionaries[table])
    values = (" ".join(str(value).split()) for value in frame[field.name].drop_nulls().unique().to_list())
    return {value for value in values if len(re.sub(r"\W", "", value)) >= SHORTEST}


def _shown(dictionaries: Dictionaries) -> Iterator[str]:
    """Codes and labels that dictionaries publish anyway."""
    for name in dictionaries:
        for dimension in dictionaries[name].dimensions.values():
            yield from (*dimension.categories, *dimension.categories.values())
