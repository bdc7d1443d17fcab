"""The secret of a locality: what nobody outside may guess, made once and kept by `make clean`.

From it follow the tie-break between equally good masks (so that nobody who reruns the program can tell which masks it
passed over) and the key of published hashes (so that nobody can test a guess of a small private file).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets

from compendium.errors import CompendiumError
from compendium.paths import Root
from compendium.writing import write_new

FILE = "seed"
BYTES = 32


def tie_break(root: Root, locality: str) -> int:
    """The private seed of a locality's masks, 0 to 2**63 - 1."""
    return int.from_bytes(_derived(root, locality, b"tie-break")[:8], "big") >> 1


def keyed(root: Root, locality: str, content: bytes, *, purpose: bytes = b"published hashes") -> str:
    """A hash of `content` that only somebody who holds the secret can repeat."""
    key = _derived(root, locality, purpose)
    return f"hmac-sha256:{hmac.new(key, content, hashlib.sha256).hexdigest()}"


def _derived(root: Root, locality: str, purpose: bytes) -> bytes:
    return hmac.new(_secret(root, locality), purpose, hashlib.sha256).digest()


def _secret(root: Root, locality: str) -> bytes:
    path = root.private_room(locality) / FILE
    if not path.exists():
        with contextlib.suppress(FileExistsError):  # another process was first: its secret holds
            write_new(path, secrets.token_hex(BYTES) + "\n")
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
