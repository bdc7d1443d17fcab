"""All that one version laid out, kept whole in one file: what an update compares with. Not committed; made again."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from compendium import unzipped, zipped
from compendium.repository import shipped
from compendium.repository.places import ROOM
from compendium.writing import write_whole

LARGEST = 50_000_000  # bytes of all parts together; they are two millions
MOST = 5_000


def file(root: Path, digest: str) -> Path:
    """Where it lies."""
    return root / ROOM / f"laid_out-{digest[:16]}.zip"


def keep(root: Path, parts: Mapping[str, bytes], digest: str) -> None:
    """Write it when it isn't there, and take away those of other versions."""
    target = file(root, digest)
    if not target.is_file():
        write_whole(target, zipped.packed(parts))
    for other in target.parent.glob("laid_out-*.zip"):
        if other != target:
            other.unlink(missing_ok=True)


def read(root: Path, digest: str) -> Mapping[str, bytes] | None:
    """Each part by its path; None when it isn't there, or isn't what the digest says."""
    try:
        with unzipped.opened(file(root, digest)) as archive:
            listed = archive.infolist()
            if len(listed) > MOST or sum(one.file_size for one in listed) > LARGEST:
                return None
            parts = {one.filename: _bounded(archive, one) for one in listed}
    except unzipped.DAMAGED:
        return None
    hashes = {name: shipped.sha256(content) for name, content in parts.items()}
    return parts if shipped.digest_of(hashes) == digest else None


def _bounded(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    with archive.open(one) as stream:
        return stream.read(one.file_size)
