"""Forms of the self-assessment go out for a locality, and filled-in ones come into its table of ratings.

Reading, checking and merging are in `framework.assessment`; here is what touches a locality: its services, its table,
its lock. Nothing is written unless everything fits, and no row that is on record is ever changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from compendium import csvfile, dictionary
from compendium.dictionary import Dictionaries
from compendium.dictionary.tables import refuse_what_breaks
from compendium.errors import CompendiumError, InputRefused, Problem, refuse_errors
from compendium.framework.assessment import (
    RATERS,
    Answers,
    Form,
    Rater,
    Rating,
    checked,
    forms_of,
    merged,
    ratings,
    read_filled,
)
from compendium.framework.assessment.checking import Service
from compendium.locality import FILE, Locality, Provenance, load_locality
from compendium.locality.folders import in_checkout
from compendium.locality.naming import with_sources
from compendium.paths import Root
from compendium.release.lock import locked
from compendium.together import write_together

TABLE, SERVICES = "assessments", "pilot_services"
SYNTHETIC = "data/imported"


@dataclass(frozen=True, repr=False)
class BroughtIn:
    """What an import found: how many forms by who rated, what came in, what was there already, and all remarks."""

    forms: Mapping[Rater, int]
    added: tuple[Rating, ...]
    known: int
    cannot_say: int
    file: str
    remarks: tuple[Problem, ...]


def bring_in(
    root: Root,
    name: str,
    files: Sequence[Path],
    *,
    accept_older: bool = False,
    few_raters: bool = False,
    dry_run: bool = False,
) -> BroughtIn:
    """Read filled-in forms and merge their answers into the locality's table, whole or not at all.

    Raises `InputRefused` with every problem of every file, and when an answer contradicts one on record; `Busy` when a
    run or another import is at work on the locality.
    """
    with locked(root.private_room(name)):
        locality = load_locality(root, name)
        dictionaries = dictionary.load(root.dictionaries, locality.dictionary_files())
        provenance = _provenance(locality)
        services = _services(locality, dictionaries)
        answers, remarks = _answers(files, forms_of(root, locality), services, locality, provenance, accept_older)
        new, told = ratings(answers, few_raters=few_raters)
        header, rows, path = _on_record(locality, dictionaries, provenance)
        before = [_rating(dict(zip(header, row, strict=True))) for row in rows]
        known = {rating.key: (rating, number) for number, rating in enumerate(before, start=2)}
        found = merged(new, known, path.name)
        problems = [*told, *found.problems]
        refuse_errors(problems)
        if found.added:
            text = _whole(dictionaries, header, rows, _in_order(found.added, dictionaries))
            if not dry_run:
                _write(locality, path, text, provenance)
    counts = {rater: sum(one.rater == rater for one in answers) for rater in RATERS}
    unsaid = sum(len(one.cannot_say) for one in answers)
    return BroughtIn(counts, found.added, found.known, unsaid, path.name, (*remarks, *problems))


def _answers(
    files: Sequence[Path],
    forms: Mapping[Rater, Form],
    services: Mapping[str, Service],
    locality: Locality,
    provenance: Provenance,
    accept_older: bool,
) -> tuple[list[Answers], list[Problem]]:
    answers, problems = [], []
    for path in dict.fromkeys(files):
        if provenance == "real" and in_checkout(path, locality.root):
            message = "Answers of real services lie inside the checkout, where they can be committed."
            problems.append(Problem(path.name, message=message, remedy="Move the file out of it."))
            continue
        try:
            found, told = checked(read_filled(path), forms, services, accept_older=accept_older)
        except InputRefused as refused:
            problems += refused.problems
            continue
        problems += told
        answers += [found] if found else []
    refuse_errors(problems)
    return answers, problems


def _provenance(locality: Locality) -> Provenance:
    """An answer about an invented service is itself invented: ratings come from where their services come from."""
    file = f"localities/{locality.id}/{FILE}"
    if SERVICES not in locality.sources:
        message = f"sources: no {SERVICES} are named: nobody knows which services take part."
        raise CompendiumError(
            Problem(file, message=message, remedy=f"`compendium template {SERVICES}` makes the table.")
        )
    provenance = locality.sources[SERVICES].provenance
    named = locality.sources.get(TABLE)
    if named and named.provenance != provenance:
        message = f"sources: {SERVICES} are {provenance} and {TABLE} {named.provenance}: the two would be mixed."
        raise CompendiumError(Problem(file, message=message, remedy="Name a table of its own for the ratings."))
    if provenance == "real" and not locality.safe_records:
        message = "The locality names no data_root outside the checkout, where ratings of real services could go."
        raise CompendiumError(Problem(file, message=message, remedy="Set data_root."))
    return provenance


def _services(locality: Locality, dictionaries: Dictionaries) -> dict[str, Service]:
    source = locality.source(SERVICES, dictionaries)
    if source is None:
        raise CompendiumError(f"{locality.id} has no table {SERVICES}.")
    frame, problems = dictionary.read(source.path, dictionaries[SERVICES], source.path.name)
    refuse_errors(problems)
    return {
        row["service_code"]: Service(
            row["pilot_area"], row["consent"] == "yes", row["dropped_out"] == "yes", row["joined"] == "yes"
        )
        for row in frame.iter_rows(named=True)
    }


def _on_record(
    locality: Locality, dictionaries: Dictionaries, provenance: Provenance
) -> tuple[tuple[str, ...], list[tuple[str, ...]], Path]:
    """The header and the rows of the table as they stand, and where it is or will be."""
    described = dictionaries[TABLE]
    if TABLE not in locality.sources:
        home = locality.records if provenance == "real" else None
        path = home / f"{TABLE}.csv" if home else locality.folder / SYNTHETIC / f"{TABLE}.synthetic.csv"
        if path.exists():
            message = f"The file is there already, and {FILE} does not name it."
            line = f"{TABLE}: {{file: {path.relative_to(home or locality.folder)}, provenance: {provenance}}}"
            raise InputRefused(Problem(path.name, message=message, remedy=f"Is it yours? Add to sources: `{line}`."))
        return described.names, [], path
    source = locality.source(TABLE, dictionaries)
    if source is None or source.path.suffix.lower() != ".csv":
        message = f"{TABLE} is no CSV."
        raise InputRefused(Problem(f"localities/{locality.id}/{FILE}", message=message, remedy="Save it as CSV UTF-8."))
    _, problems = dictionary.read(source.path, described, source.path.name)
    refuse_errors(problems)
    header, rows = csvfile.rows_of(source.path.read_text(encoding="utf-8-sig"))
    order = [header.index(name) for name in described.names]
    return described.names, [tuple(row[at] for at in order) for row in rows], source.path


def _rating(cells: Mapping[str, str]) -> Rating:
    rater: Rater = "youth" if cells["rater"] == "youth" else "self"
    service, criterion, wave = cells["service_code"], cells["criterion_id"], cells["wave"]
    return Rating(service, criterion, wave, rater, int(cells["raters"]), int(cells["level"]), cells["form_version"])


def _in_order(added: Sequence[Rating], dictionaries: Dictionaries) -> list[Rating]:
    described = dictionaries[TABLE]
    place = {name: described.field(name).codes.index for name in ("criterion_id", "wave", "rater")}
    return sorted(
        added,
        key=lambda one: (
            one.service_code,
            place["criterion_id"](one.criterion_id),
            place["wave"](one.wave),
            place["rater"](one.rater),
        ),
    )


def _whole(
    dictionaries: Dictionaries, header: tuple[str, ...], rows: list[tuple[str, ...]], added: Sequence[Rating]
) -> str:
    """The table with its new rows below those on record, held against its dictionary."""
    new = [tuple(str(asdict(rating).get(name, "")) for name in header) for rating in added]
    text = csvfile.text_of(header, [*rows, *new])
    refuse_what_breaks(text, dictionaries[TABLE], "filled-in forms")
    return text


def _write(locality: Locality, path: Path, text: str, provenance: Provenance) -> None:
    """The table, and its line in `locality.yml`: both or neither."""
    files = {path: text}
    if TABLE not in locality.sources:
        home = locality.records if provenance == "real" and locality.records else locality.folder
        settings = locality.folder / FILE
        named = {TABLE: (path.relative_to(home).as_posix(), provenance)}
        files[settings] = with_sources(settings.read_text(encoding="utf-8"), named)
    write_together(files, locality.room, private=[path] if provenance == "real" else ())
