"""`import`: a publisher's file, or a force's own export, becomes tables of a locality."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compendium import failures
from compendium.cli import force_files, steps, workshop_files
from compendium.cli import format_options as options
from compendium.cli.application import Grouped, app
from compendium.cli.options import RootDir, examples
from compendium.errors import CompendiumError
from compendium.paths import Root
from compendium.release.lock import locked

if TYPE_CHECKING:
    from compendium.importers.bring_in import Plan
    from compendium.living_review import SearchUpdate
    from compendium.locality import Locality, Place

FORCE_EXPORT, OPEN_REFERRAL = "force-export", "open-referral"
WORKSHOPS = ("ratings", "votes", "qdpx")
OPTIONS = {  # those that only some formats know
    FORCE_EXPORT: ("--mapping", "--key", "--new-key", "--synthetic"),
    OPEN_REFERRAL: ("--classes", "--synthetic"),
    "ratings": ("--synthetic", "--round", "--scale", "--group", "--sheet", "--leave-out"),
    "votes": ("--synthetic", "--group", "--sheet", "--leave-out", "--ranks"),
    "qdpx": ("--synthetic",),
}


@app.command(
    "import",
    cls=Grouped,
    epilog=examples(
        "compendium import --list",
        "compendium import lsoa-lookup lookup.csv --to blackpool",
        "compendium import imd-2025 File_7_IoD2025.csv --to blackpool --dry-run",
        "compendium import force-export export.xlsx --to leeds --mapping leeds.yml --key ~/keys/leeds",
        "compendium import ris psycinfo.ris --to leeds --search H-002",
        "compendium import open-referral services.json --to leeds --classes classes.csv",
        "compendium import ratings round2.xlsx --to leeds --round 2",
        "compendium import votes ballots.csv --to leeds --group children",
        "compendium import qdpx workshops.qdpx --to leeds",
    ),
)
def import_(
    context: typer.Context,
    format: Annotated[str, typer.Argument(help="Name of a format; --list names them all.")] = "",
    file: Annotated[Path | None, typer.Argument(help="The file, as its publisher or the force gave it.")] = None,
    to: Annotated[str, typer.Option("--to", metavar="LOCALITY", help="Id of the locality it is for.")] = "",
    listing: Annotated[bool, typer.Option("--list", help="List every format and end.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let the new file take the place of another edition of the same rows.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")] = False,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="Case files, services, workshops: the records are invented, for a test.")
    ] = False,
    mapping: options.Mapping = None,
    key: options.Key = None,
    new_key: options.NewKey = None,
    classes: options.Classes = None,
    area: options.Area = "",
    area_code: options.AreaCode = "",
    search: options.Search = "",
    round_: options.Round = "",
    scale: options.Scale = "",
    group: options.Group = "",
    sheet: options.Sheet = "",
    leave_out: options.LeaveOut = None,
    ranks: options.Ranks = False,
    root: RootDir = None,
) -> None:
    """Bring in an official file or a force's own export. A file with an error leaves everything as it was."""
    if listing:
        _list()
        return
    if not (format and file and to):
        raise CompendiumError(
            "import needs a format, a file and a locality.",
            "Such as: compendium import imd-2025 FILE --to blackpool. `compendium import --list` lists the formats.",
        )
    here = steps.here(context, root)
    (name,) = steps.named(here, [to])
    given = Given(
        mapping=mapping,
        key=key,
        new_key=new_key,
        synthetic=synthetic,
        area=area,
        area_code=area_code,
        search=search,
        classes=classes,
        round=round_,
        scale=scale,
        group=group,
        sheet=sheet,
        leave_out=tuple(leave_out or ()),
        ranks=ranks,
    )
    with nullcontext() if dry_run else locked(here.private_room(name)):
        lines = list(_brought_in(here, name, format, file, given, replace=replace, dry_run=dry_run))
    for line in lines:
        typer.echo(line)


@dataclass(frozen=True)
class Given:
    """The options of which each format knows some."""

    mapping: Path | None
    key: Path | None
    new_key: Path | None
    synthetic: bool
    area: str
    area_code: str
    search: str
    classes: Path | None
    round: str
    scale: str
    group: str
    sheet: str
    leave_out: tuple[str, ...]
    ranks: bool


def _brought_in(
    here: Root, name: str, format: str, file: Path, given: Given, *, replace: bool, dry_run: bool
) -> Iterable[str]:
    """What was brought in, in lines. Raises `CompendiumError`: then everything is as it was."""
    from compendium.locality import Place, load_locality

    locality = load_locality(here, name)
    steps.tell(f"reading {file.name} as {format}")
    _refuse_options_of_others(format, {f"--{name.replace('_', '-')}": value for name, value in vars(given).items()})
    synthetic = given.synthetic
    if format == FORCE_EXPORT:
        keys = (given.mapping, given.key, given.new_key)
        return force_files.brought_in(
            here, locality, file, *keys, synthetic=synthetic, replace=replace, dry_run=dry_run
        )
    if format == OPEN_REFERRAL:
        return _services(here, locality, file, given.classes, synthetic=synthetic, dry_run=dry_run)
    if format in WORKSHOPS:
        told: dict[str, Any] = {"scale": given.scale or "1-9", "group": given.group, "round": given.round}
        told |= {"sheet": given.sheet, "ranks": given.ranks, "replace": replace, "left_out": given.leave_out}
        return workshop_files.brought_in(here, locality, format, file, told, synthetic=synthetic, dry_run=dry_run)
    if _fills_records(format):
        return _search(here, locality, format, file, given.search, dry_run=dry_run)
    whose = Place(given.area_code, given.area) if given.area or given.area_code else None
    return _official(here, locality, format, file, whose, replace=replace, dry_run=dry_run)


def _fills_records(format: str) -> bool:
    from compendium.importers import FORMATS

    return format in FORMATS and FORMATS[format].table == "records"


def _refuse_options_of_others(format: str, given: Mapping[str, object]) -> None:
    """An option that a format does not know is a mistake, not a wish to be passed over."""
    known = OPTIONS.get(format, ("--search",) if _fills_records(format) else ("--area", "--area-code"))
    if unknown := [name for name, value in given.items() if value and name not in known]:
        raise CompendiumError(f"{' and '.join(unknown)} can't be given for {format}.", "Leave it out.")


def _list() -> None:
    from compendium.importers import force_export
    from compendium.importers.bring_in import listed
    from compendium.importers.open_referral import bring_in as services

    formats = list(listed())
    typer.echo("Official files, as published:\n")
    for name, title, example, table in formats:
        if table != "records":
            filled = table or "no table of a locality (compendium.importers.read only)"
            typer.echo(f"{name}\n    {title}\n    such as {example}; fills {filled}")
    typer.echo("\nReferences that a search found (--search NUMBER):\n")
    for name, title, example, table in formats:
        if table == "records":
            typer.echo(f"{name}\n    {title}\n    such as {example}; fills records and merges")
    typer.echo("\nFiles from the field:\n")
    for field, filled in ((force_export, "the case files"), (services, "the service map")):
        typer.echo(f"{field.NAME}\n    {field.TITLE}\n    such as {field.EXAMPLE}; fills {filled}")
    for name, title, example, filled in workshop_files.listed():
        typer.echo(f"{name}\n    {title}\n    such as {example}; fills {filled}")


def _search(here: Root, locality: Locality, format: str, file: Path, search: str, *, dry_run: bool) -> list[str]:
    from compendium import dictionary, living_review

    if not search:
        raise CompendiumError(
            "References come from a search: which one?", "Give --search with its number in the table searches."
        )
    update = living_review.planned(
        format, file, locality, dictionary.load(here.dictionaries, locality.dictionary_files()), search
    )
    failures.print_problems(update.remarks)
    if update.files and not dry_run:
        living_review.carry_out(update)
    return list(_said_of_search(update, here, "would write" if dry_run else "wrote"))


def _said_of_search(update: SearchUpdate, here: Root, verb: str) -> Iterator[str]:
    yield f"read        {update.read:,} records of search {update.search} from {update.source}"
    yield from (f"left out    {name}, in {records:,} records" for name, records in update.kept_out.items())
    if not update.files:
        yield f"unchanged   search {update.search} was imported before, with these records"
        return
    yield f"duplicates  {update.duplicates:,} of them; each stands in merges with the rule that found it"
    for row in update.found.questions.to_dict("records"):
        yield f"to decide   {row['record_id']} and {row['same_as']}: {row['rule']} (same: add them to merges)"
    yield from (f"{verb:<11} {here.relative(path)}" for path in update.files)


def _services(
    here: Root, locality: Locality, file: Path, classes: Path | None, *, synthetic: bool, dry_run: bool
) -> list[str]:
    from compendium import dictionary
    from compendium.importers.open_referral import bring_in

    known = dictionary.load(here.dictionaries, locality.dictionary_files())
    plan = bring_in.planned(file, locality, known, classes=classes, provenance="synthetic" if synthetic else "real")
    failures.print_problems(plan.remarks)
    if plan.files and not dry_run:
        bring_in.carry_out(plan)
    verb = "would write" if dry_run else "wrote"
    said = [f"read        {', '.join(f'{table} {rows:,}' for table, rows in plan.counts.items())} from {file.name}"]
    said += [f"left out    {name}: {why}" for name, why in plan.left_out.items()]
    said += [f"{verb:<11} {path.name}" for path in plan.files] or ["unchanged   the tables hold these services already"]
    if plan.to_enter:
        said.append(f"next        {' and '.join(plan.to_enter)}: no export holds them (compendium template)")
    return said


def _official(
    here: Root, locality: Locality, format: str, file: Path, whose: Place | None, *, replace: bool, dry_run: bool
) -> list[str]:
    from compendium import dictionary
    from compendium.importers import bring_in

    known = dictionary.load(here.dictionaries, locality.dictionary_files())
    plan = bring_in.planned(format, file, locality, known, replace=replace, area=whose)
    failures.print_problems(plan.remarks)
    if plan.changes and not dry_run:
        bring_in.carry_out(plan, locality)
    return list(_said_of_official(plan, locality.id, "would write" if dry_run else "wrote"))


def _said_of_official(plan: Plan, locality: str, verb: str) -> Iterator[str]:
    merged, file = plan.merged, f"localities/{locality}/{plan.file}"
    yield f"read        {plan.read:,} rows of {plan.table} from {plan.source}"
    yield from (f"left out    {line}" for line in plan.left_out)
    yield from (f"filled in   {line}" for line in plan.filled_in)
    if not plan.changes:
        yield f"unchanged   {file} holds these rows already"
        return
    numbers = (
        f"{merged.added:,} new, {merged.changed:,} changed, {merged.gone:,} gone, {merged.kept:,} of other editions"
    )
    yield f"{verb:<11} {file}: {len(merged.rows):,} rows ({numbers})"
    if plan.settings is not None:
        yield f"{verb:<11} localities/{locality}/locality.yml: {plan.table} under sources"
