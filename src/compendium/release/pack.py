"""The checker's pack: what two people need to decide whether a candidate may leave. Private, outside `outputs/`.

`index.html` is to be read, printed and signed; `tables.xlsx` has a sheet a table with every cell; `pack.json` says
which candidate it is about. The same candidate gives the same pack.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypandoc

from compendium import disclosure
from compendium.aggregate import Counts
from compendium.errors import CompendiumError
from compendium.locality import Locality
from compendium.paths import Root
from compendium.release import checked, kept, ledger_files, pack_pages, pack_sheets
from compendium.release.approve import candidate_files, made_again
from compendium.release.lock import locked
from compendium.release.settle import Made
from compendium.writing import folder_aside, write_whole

MARK = "pack.json"
READER = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-yaml_metadata_block+yaml_metadata_block"
STYLE = """
body { font: 11pt/1.45 "Segoe UI", Arial, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
th, td { border: 1px solid #767676; padding: .25rem .5rem; text-align: left; vertical-align: top; }
td[style*="right"] { font-variant-numeric: tabular-nums; }
h1.page { border-top: 3px solid #111; padding-top: 1rem; margin-top: 3rem; font-size: 1.4rem; }
img.figure { max-width: 100%; max-height: 24rem; }
.form td + td, .form th + th { width: 20%; }
.form td { height: 1.8rem; }
code, pre { font-family: Consolas, monospace; white-space: pre-wrap; }
@media print {
  body { margin: 0; max-width: none; font-size: 9.5pt; }
  h1.page { break-before: page; margin-top: 0; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
}
@page { margin: 15mm; @bottom-center { content: "Private: not to be published. Page " counter(page); } }
"""


@dataclass(frozen=True)
class Pack:
    """A pack that was written: its first page, and what it says in a few lines."""

    page: Path
    summary: tuple[str, ...]


def write(root: Root, locality: Locality, notebooks: list[str], out: Path | None = None) -> Pack:
    """Write the pack of the candidate in `outputs/<id>` to `out`, else to `.private/<id>/pack`.

    Raises `CompendiumError` when there is no candidate, when it isn't what would be settled now, or when `out` lies in
    a folder that is published; `Busy` when another process holds the locality.
    """
    room = root.private_room(locality.id)
    folder = _place(root, out) if out is not None else room / "pack"
    with locked(room):
        ledger = ledger_files.read(root, locality.id)
        content = candidate_files(root, locality.id)
        digest, last = kept.release_hash(content), ledger.shown
        stands = last is not None and last.release == digest
        made = made_again(root, locality, notebooks, content, stands=stands)
    period = (locality.period.first, locality.period.last)
    counts = checked.counts_under_check(made, last)
    statistics = checked.statistics_under_check(made, last)
    public = [item.name for item in made.released.values() if item.origin.sensitivity == "public"]
    names = [*(item.released.name for item in counts), *(item.released.name for item in statistics)]
    summary = _summary(counts, statistics, stands)
    facts = [
        ("Locality", locality.name),
        ("Records from", f"{period[0]} to {period[1]}"),
        ("Candidate", digest),
        ("Beside release", f"{last.number} of {last.date}" if last else "none: this would be the first"),
    ]
    designs = _advice(made, locality)
    values = len(json.loads(content[kept.VALUES]))
    text = "\n\n".join(
        [
            pack_pages.front_page(locality.name, summary, facts),
            pack_pages.contents(counts, statistics),
            *(pack_pages.counts_page(item, designs.words(item.released.name)) for item in counts),
            *(pack_pages.statistic_page(item) for item in statistics),
            pack_pages.known_page(
                ledger.entries, [table.name for table in made.known if table.outside], checked.gone(names, last)
            ),
            pack_pages.leaves_page({name: len(data) for name, data in content.items()}, public, values),
            pack_pages.form(locality.id, digest),
        ]
    )
    with folder_aside(folder) as aside:
        aside.chmod(0o700)  # before anything is in it
        write_whole(aside / "index.html", as_html(text, root.outputs / locality.id))
        write_whole(aside / "tables.xlsx", pack_sheets.workbook(counts))
        mark = {"locality": locality.id, "candidate": digest, "private": "Never publish this folder."}
        write_whole(aside / MARK, json.dumps(mark, sort_keys=True, indent=1) + "\n")
    return Pack(folder / "index.html", tuple(summary))


def as_html(text: str, figures: Path) -> str:
    """One page that needs no other file, from markdown in which raw HTML is dead. Uses the pandoc that comes along.

    `figures`: the folder from which figures are taken into the page.
    """
    head = f"<style>{STYLE}</style>\n<meta name='robots' content='noindex'>"
    settings = ["--standalone", "--embed-resources", "--resource-path", str(figures)]
    made = pypandoc.convert_text(
        f"{text}\n", "html5", format=READER, extra_args=[*settings, "--variable", f"header-includes:{head}"]
    )
    return str(made)


def _advice(made: Made, locality: Locality) -> disclosure.Advice:
    """Other designs of tables in which small counts are hidden; made from true counts, so for this pack alone."""
    aggregates = {name: proposal.aggregate for name, proposal in made.found.items() if not proposal.empty}
    counts = {name: aggregate for name, aggregate in aggregates.items() if isinstance(aggregate, Counts)}
    return disclosure.advise(counts, policy=locality.disclosure.policy or None)


def _place(root: Root, out: Path) -> Path:
    folder = out.resolve()
    published = (root.outputs, root.places, root.localities)
    if any(folder.is_relative_to(room.resolve()) or room.resolve().is_relative_to(folder) for room in published):
        raise CompendiumError(
            f"The pack shows what may not leave, and {out.name} lies where things are published.",
            "Name a private folder, or leave --out away: it goes to .private/.",
        )
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).exists())):
        raise CompendiumError(
            f"{out.name} holds something else than an earlier pack.", "Name a new folder: a pack replaces its folder."
        )
    return folder


def _summary(
    counts: Sequence[checked.CheckedCounts], statistics: Sequence[checked.CheckedStatistic], approved: bool
) -> list[str]:
    cells = [cell for table in counts for cell in table.cells]
    hidden = sum(cell.shown is None for cell in cells)
    primary = sum(table.hidden_for("primary") for table in counts)
    lines = [
        f"{len(counts)} tables of counts and {len(statistics)} statistics to check.",
        f"{hidden} of {len(cells)} cells and margins are hidden, {primary} of them small themselves.",
    ]
    if unproved := [cell for cell in cells if cell.shown is None and cell.verdict != "protected"]:
        lines.append(f"{len(unproved)} hidden cells have no proof of protection.")
    if earlier := sum(len(table.because_of_earlier) for table in counts):
        lines.append(f"{earlier} cells would leave a small number when an earlier release is subtracted.")
    return [*lines, *(["This candidate stands approved already."] if approved else [])]
