"""`release`: the checker's pack, the approval by two people, the crate that travels, the withdrawal."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compendium.cli import steps
from compendium.cli.application import Grouped, app
from compendium.cli.options import RootDir, examples
from compendium.errors import CompendiumError
from compendium.paths import Root

if TYPE_CHECKING:
    from compendium.locality import Locality
    from compendium.release.approve import Approved


DECIDE = "To approve or withdraw"
CRATE = "The file that travels"


@app.command(
    cls=Grouped,
    epilog=examples(
        "compendium release blackpool",
        'compendium release blackpool --approve --by "Ann Lee" --and "Bo Okafor" --date 2026-11-22',
        'compendium release blackpool --withdraw 1 --reason "A case stood twice." --by "Ann Lee" --date 2026-12-01',
        "compendium release blackpool --crate",
        "compendium release blackpool --list",
    ),
)
def release(
    context: typer.Context,
    locality: Annotated[str, typer.Argument(help="Id of a locality.")],
    root: RootDir = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the pack goes, never inside outputs/; or the crate."),
    ] = None,
    approve: Annotated[
        bool,
        typer.Option(
            "--approve", help="Write the candidate into the ledger, and its crate into dist/.", rich_help_panel=DECIDE
        ),
    ] = False,
    crate: Annotated[
        bool,
        typer.Option(
            "--crate", help="Make it, of the release that stands: dist/ID-release-N.zip.", rich_help_panel=CRATE
        ),
    ] = False,
    number: Annotated[
        int | None, typer.Option("--number", metavar="N", min=1, help="Which release.", rich_help_panel=CRATE)
    ] = None,
    withdraw: Annotated[
        int | None,
        typer.Option(
            "--withdraw", metavar="N", min=1, help="Withdraw release N; it stays in the ledger.", rich_help_panel=DECIDE
        ),
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who checked it.", rich_help_panel=DECIDE)] = "",
    second: Annotated[
        str, typer.Option("--and", metavar="NAME", help="Who else checked it.", rich_help_panel=DECIDE)
    ] = "",
    date: Annotated[
        str,
        typer.Option("--date", metavar="DAY", help="Day of the decision, such as 2026-11-22.", rich_help_panel=DECIDE),
    ] = "",
    note: Annotated[
        str, typer.Option("--note", help="A sentence for the ledger; published.", rich_help_panel=DECIDE)
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="Why a release is withdrawn; published.", rich_help_panel=DECIDE)
    ] = "",
    candidate: Annotated[
        str,
        typer.Option(
            "--candidate",
            metavar="HASH",
            help="First signs of the hash on the form that was signed.",
            rich_help_panel=DECIDE,
        ),
    ] = "",
    listed: Annotated[bool, typer.Option("--list", help="Print the ledger.")] = False,
) -> None:
    """Make the checker's pack of a candidate; with --approve, write it into the ledger and make its crate."""
    from compendium.crate import contents
    from compendium.crate.write import place
    from compendium.locality import load_locality
    from compendium.release import approve as decisions

    here = steps.here(context, root)
    (name,) = steps.named(here, [locality])
    found = load_locality(here, name)
    if sum([approve, withdraw is not None, listed, crate]) > 1:
        raise typer.BadParameter("Give one of --approve, --withdraw, --crate and --list.")
    if number is not None and not crate:
        raise typer.BadParameter("--number goes with --crate.")
    names = [text for text in (by, second) if text]
    if listed:
        _list(here, name)
    elif withdraw is not None:
        who = decisions.signed(names, date, note, people=1)
        _say_withdrawn(here, name, decisions.withdraw(here, found, withdraw, reason, who))
    elif approve:
        who = decisions.signed(names, date, note, people=2)
        notebooks, waiting = _notebooks(here, name)
        _refuse_stale_pages(here, who.date)
        made_with = contents.made_with(here, found)
        done = decisions.approve(here, found, notebooks, who, candidate=candidate, waiting=waiting, made_with=made_with)
        _say_approved(name, done)
        same, there = done.entry.record.get(contents.MADE_WITH) == made_with, place(here, name, done.entry.number, out)
        if done.again or (same and not there.exists()):  # missing: killed before it was made
            made = _crate(here, found, done.entry.number, out)
            steps.tell(f"{name}: the file that travels is {here.relative(made)}. Check it with `compendium verify`.")
    elif crate:
        typer.echo(str(_crate(here, found, number, out)))
    else:
        _pack(here, found, out)


def _crate(root: Root, locality: Locality, number: int | None, out: Path | None) -> Path:
    from compendium.crate.write import write

    made = write(root, locality, number, out)
    steps.tell(f"sha256 {hashlib.sha256(made.read_bytes()).hexdigest()}: publish it, for whoever runs what is in it")
    return made


def _refuse_stale_pages(root: Root, day: str) -> None:
    """No release while pages of the site give numbers of help lines that nobody has checked for half a year."""
    from compendium.report.rules import stale_pages

    if stale := stale_pages(root, datetime.date.fromisoformat(day)):
        raise CompendiumError(stale)


def _pack(root: Root, locality: Locality, out: Path | None) -> None:
    from compendium.release.pack import write

    notebooks, waiting = _notebooks(root, locality.id)
    if waiting:
        raise CompendiumError(
            f"{locality.id}: the candidate is older than what it rests on ({', '.join(waiting)}).",
            f"Run `compendium run {locality.id}` first.",
        )
    made = write(root, locality, notebooks, out)
    for line in made.summary:
        steps.tell(line)
    typer.echo(str(made.page))


def _notebooks(root: Root, name: str) -> tuple[list[str], list[str]]:
    """The notebooks that a locality's candidate is settled from, and those that would run again now."""
    from compendium.workflow.plan import plan

    tasks = plan(root, [name])
    ready = [task for task in tasks if (root.proposals(name) / task.notebook.name).exists()]
    return [task.notebook.name for task in ready], [task.notebook.name for task in ready if task.runs]


def _say_approved(name: str, done: Approved) -> None:
    entry = done.entry
    if done.again:
        steps.tell(f"{name}: approved as release {entry.number} of {entry.date}. Commit localities/{name}/ledger/.")
    else:
        standing = f"stands approved already, as release {entry.number} of {entry.date}"
        steps.tell(f"{name}: this candidate {standing}; nothing changed.")
    typer.echo(entry.release)


def _say_withdrawn(root: Root, name: str, done: Approved) -> None:
    from compendium.release import ledger_files

    number = done.entry.withdraws
    if not done.again:
        steps.tell(f"{name}: release {number} was withdrawn on {done.entry.date}; nothing changed.")
        return
    shown = ledger_files.read(root, name).shown
    now = (
        f"Release {shown.number} of {shown.date} stands: withdraw it too if it must not be shown."
        if shown
        else "No release stands now."
    )
    steps.tell(f"{name}: release {number} is withdrawn. {now} Commit localities/{name}/ledger/.")


def _list(root: Root, name: str) -> None:
    from compendium.release import ledger_files

    entries = ledger_files.read(root, name).entries
    if not entries:
        steps.tell(f"{name}: nothing was released yet; the ledger is empty.")
    for entry in entries:
        what = f"withdraws release {entry.withdraws}" if entry.withdraws else f"release {entry.release[:12]}"
        typer.echo(f"{entry.number}  {entry.date}  {what}  by {', '.join(entry.record['by'])}")
