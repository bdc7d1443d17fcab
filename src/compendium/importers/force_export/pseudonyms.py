"""Numbers made for a study in place of the force's own: the same key, the same numbers; without the key no way back.

HMAC-SHA-256 (RFC 2104) of the table and the force's number, cut to fifteen decimal digits: among a hundred thousand
persons two share a number with a chance of five in a million, and then the import is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compendium.errors import InputRefused, Problem
from compendium.locality.folders import OTHERS, in_checkout
from compendium.paths import Root
from compendium.writing import write_new

LEAST = 32  # bytes of a key, as the hash has
DIGITS = 15


@dataclass(frozen=True, repr=False)
class Key:
    """A secret; its repr shows nothing of it."""

    secret: bytes = field(repr=False)

    def number(self, kind: str, parts: Sequence[str]) -> str:
        """Fifteen digits for one thing of a kind, known by `parts`; blanks and capitals make no difference."""
        plain = "\x1f".join([kind, *(" ".join(part.split()).casefold() for part in parts)])
        digest = hmac.new(self.secret, plain.encode("utf-8"), hashlib.sha256).digest()
        return f"{int.from_bytes(digest[:16], 'big') % 10**DIGITS:0{DIGITS}}"

    def __repr__(self) -> str:
        return "<key>"


def fresh_key(path: Path, root: Root) -> Key:
    """A new key for a file that isn't there yet. Raises `InputRefused`: an existing key is never replaced."""
    _refuse_inside(path, root)
    if path.exists() or path.is_symlink():
        message = "There is a file already. A new key would give everybody new numbers."
        raise InputRefused(Problem(path.name, message=message, remedy="Use it with --key, or name another file."))
    if not path.absolute().parent.is_dir():
        raise InputRefused(Problem(path.name, message="There is no such folder.", remedy="Make it first."))
    return Key(secrets.token_bytes(LEAST))


def write_key(path: Path, key: Key) -> None:
    """Write a key that nobody but its owner may read; never over another file."""
    write_new(path, key.secret.hex() + "\n")


def read_key(path: Path, root: Root) -> Key:
    """The key in a file. Raises `InputRefused` when others can read it, it is short, or it lies in the checkout."""
    _refuse_inside(path, root)
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = "The key can't be read."
        raise InputRefused(Problem(path.name, message=message, remedy="Make one with --new-key FILE.")) from error
    if mode & OTHERS:
        message = "Others on this machine can read the key."
        raise InputRefused(Problem(path.name, message=message, remedy=f"chmod 600 {path.name}"))
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) < LEAST:
        message = f"This is no key: {2 * LEAST} hexadecimal digits at least."
        raise InputRefused(Problem(path.name, message=message, remedy="Make one with --new-key FILE."))
    return Key(secret)


def _refuse_inside(path: Path, root: Root) -> None:
    if in_checkout(path, root.path):
        message = "A key inside the checkout would travel with it."
        raise InputRefused(Problem(path.name, message=message, remedy="Name a file elsewhere, not beside the records."))
