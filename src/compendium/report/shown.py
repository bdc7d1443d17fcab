"""Which results of a locality the site shows: its candidate, or the release that two people approved.

What rests on real records of persons is shown only as it was approved: the candidate when it is, byte for byte, the
standing release, else that release from the ledger's archive. A candidate of synthetic records is shown as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from compendium.disclosure.ledger import Entry
from compendium.locality import known_localities
from compendium.paths import Root
from compendium.release import kept, ledger_files
from compendium.report.read import every
from compendium.writing import folder_aside

APPROVED = "approved"


@dataclass(frozen=True)
class Shown:
    """The folder with a locality's released objects, and the release that they are, if they were approved."""

    locality: str
    folder: Path
    release: Entry | None
    entries: tuple[Entry, ...]
    waiting: bool = False  # a candidate lies in outputs/ that nobody approved


def shown(root: Root) -> list[Shown]:
    """What the site shows, a locality each; localities with nothing to show are left out.

    Raises `InputRefused` when a ledger's chain is broken, `CompendiumError` when an archive isn't what was approved.
    """
    found = (_shown(root, name) for name in known_localities(root))
    return [each for each in found if each]


def withheld(root: Root) -> list[str]:
    """Localities whose candidate rests on real records of persons, of which no approved release stands."""
    return [
        name
        for name in known_localities(root)
        if _has_candidate(root, name) and _is_real(root, name) and not ledger_files.read(root, name).shown
    ]


def _shown(root: Root, name: str) -> Shown | None:
    ledger = ledger_files.read(root, name)
    release, candidate = ledger.shown, _has_candidate(root, name)
    folder = root.outputs / name
    if candidate and release and kept.release_hash(kept.files(folder)) == release.release:
        return Shown(name, folder, release, ledger.entries)
    if candidate and not _is_real(root, name):
        return Shown(name, folder, None, ledger.entries)
    if release and release.real:
        return Shown(name, _unpacked(root, ledger, release), release, ledger.entries, waiting=candidate)
    return None


def _has_candidate(root: Root, name: str) -> bool:
    return (root.outputs / name / kept.VALUES).exists()


def _is_real(root: Root, name: str) -> bool:
    """Whether any table of the candidate shows real records of persons."""
    records = every(root.outputs / name / "tables")
    return any(r["rows"] and r["sensitivity"] == "sensitive" and r["provenance"] == "real" for r in records)


def _unpacked(root: Root, ledger: ledger_files.Ledger, release: Entry) -> Path:
    """The files of a release from its archive, in the locality's private folder."""
    archive = ledger.archive(release)
    label = f"localities/{ledger.locality}/ledger/{archive.name}"
    data = archive.read_bytes() if archive.exists() else b""
    target = root.private_room(ledger.locality) / APPROVED
    with folder_aside(target) as aside:
        kept.unpack(data, str(release.record["kept"]), aside, label)
    return target
