"""The secret of a locality: what nobody outside may guess, made once and kept by `make clean`.

From it follow the tie-break between equally good masks (so that nobody who reruns the program can tell which masks it
passed over) and the key of published hashes (so that nobody can test a guess of a small private file).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from compendium.errors import CompendiumError
from compendium.paths import Root

FILE = "seed"
BYTES = 32


def tie_break(root: Root, locality: str) -> int:
    """The private seed of a locality's masks, 0 to 2**63 - 1."""
    return int.from_bytes(_derived(root, locality, b"tie-break")[:8], "big") >> 1


def keyed(root: Root, locality: str, content: bytes) -> str:
    """A hash of `content` that only somebody who holds the secret can repeat."""
    key = _derived(root, locality, b"published hashes")
    return f"hmac-sha256:{hmac.new(key, content, hashlib.sha256).hexdigest()}"


def _derived(root: Root, locality: str, purpose: bytes) -> bytes:
    return hmac.new(_secret(root, locality), purpose, hashlib.sha256).digest()


def _secret(root: Root, locality: str) -> bytes:
    path = root.private_room(locality) / FILE
    if not path.exists():
        _make(path)
    try:
        found = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        found = b""
    if len(found) != BYTES:
        raise CompendiumError(
            f".private/{locality}/{FILE} is damaged: it does not hold {BYTES} bytes in hexadecimal digits.",
            "Restore it from a backup. A new one would choose other cells to hide; remove the file only if that is so.",
        )
    return found


def _make(path: Path) -> None:
    """Write the file so that it is whole or not there, and so that of two processes one wins."""
    aside = path.with_name(f".{FILE}.{os.getpid()}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_hex(BYTES) + "\n")
        with contextlib.suppress(FileExistsError):  # another process was first: its secret holds
            os.link(aside, path)
    finally:
        aside.unlink(missing_ok=True)
