"""What was approved, byte for byte: every file of a release in one archive beside its entry of the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from compendium import unzipped
from compendium.disclosure import WITNESSES
from compendium.errors import CompendiumError

LINEAGE = "lineage.json"  # where each table comes from
VALUES = "values.json"  # numbers for prose
# Two change when the ledger grows; the third when code was changed that gives the same numbers.
NOT_HASHED = ("certificate.json", WITNESSES, LINEAGE)
# What a crate lays beside the released files (`compendium.crate`): of no release, and not in its hash.
BESIDE = (
    *("ro-crate-metadata.json", "ro-crate-preview.html", "CITATION.cff", "zenodo.json", "README.md", "LICENSE"),
    *("LICENSES/", "project/"),
)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a release by its path, sorted."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def released(names: Iterable[str]) -> list[str]:
    """Of the paths in a crate, those of released files."""
    folders = tuple(name for name in BESIDE if name.endswith("/"))
    return [name for name in names if name not in BESIDE and not name.startswith(folders)]


def release_hash(content: dict[str, bytes]) -> str:
    """The hash of a release: of every file that readers see."""
    return hash_of({name: data for name, data in content.items() if name not in NOT_HASHED})


def hash_of(content: Mapping[str, bytes]) -> str:
    """One hash of many files: of the path and the bytes of each."""
    digest = hashlib.sha256()
    for name, data in sorted(content.items()):
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def opened(archive: bytes, sha256: str, name: str) -> dict[str, bytes]:
    """The files of an archive by their path. Raises `CompendiumError` when it isn't the one that was approved."""
    if hashlib.sha256(archive).hexdigest() != sha256:
        raise CompendiumError(
            f"{name} is not the archive that was approved: its content was changed or cut short.",
            "Restore the file from version control.",
        )
    found = {}
    with unzipped.opened(archive) as members:
        for member in members.infolist():
            path = PurePosixPath(member.filename)
            if path.is_absolute() or ".." in path.parts:
                raise CompendiumError(f"{name} holds a file that would lie outside its folder.", "Do not use it.")
            found[member.filename] = members.read(member)
    return found


def unpack(archive: bytes, sha256: str, folder: Path, name: str) -> None:
    """Write the files of an archive into `folder`. Raises `CompendiumError` when it isn't the one that was approved."""
    for path, data in opened(archive, sha256, name).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
