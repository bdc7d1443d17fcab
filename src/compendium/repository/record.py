"""`compendium.yml` in the folder of a team: which version of the shared parts its localities rest on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from compendium import __version__
from compendium.errors import CompendiumError, InputRefused, nearest
from compendium.paths import RECORD
from compendium.repository import shipped
from compendium.yamlfile import read_yaml

KEYS = ("compendium", "parts")
LONGEST = 40  # letters of a version


@dataclass(frozen=True)
class Record:
    """A version of the package, and the hash of all the parts that it brings."""

    version: str
    parts: str

    def __str__(self) -> str:
        return f"{self.version} ({self.parts[:8]})"

    def is_newer_than(self, other: Record) -> bool:
        """By the rules of Python's packages (PEP 440): 1.0rc1 comes before 1.0, and 1.0.0 is 1.0."""
        return Version(self.version) > Version(other.version)


def is_own(folder: Path) -> bool:
    """Whether this is a team's own repository, not a checkout of the project."""
    return (folder / RECORD).is_file()


def installed() -> Record:
    """What this package brings."""
    return Record(__version__, shipped.digest())


def read(folder: Path) -> Record:
    """What a repository rests on. Raises `InputRefused` with everything that is wrong with its record."""
    source = read_yaml(folder / RECORD, RECORD)
    data = source.data if isinstance(source.data, dict) else {}
    problems = [
        source.problem((key,), f"The key {str(key)[:40]} isn't known here.", nearest(str(key), KEYS))
        for key in data
        if key not in KEYS
    ]
    for key, is_well in zip(KEYS, (_is_version, _is_digest), strict=True):
        if not isinstance(value := data.get(key), str) or not is_well(value):
            problems.append(source.problem((key,), f"{key} is missing or isn't as it was written.", _RESTORE))
    if problems:
        raise InputRefused(problems)
    return Record(data["compendium"], data["parts"])


def text_of(record: Record) -> str:
    """The file."""
    return (
        "# The localities of this repository rest on this version of the package ocsv-compendium; all that they share\n"
        "# (notebooks, dictionaries, pages, theme) is laid out from it. `compendium update` brings a newer one.\n"
        f'compendium: "{record.version}"\nparts: "{record.parts}"\n'
    )


def refuse_another(before: Record) -> None:
    """Raises `CompendiumError` when the package isn't the one that a repository rests on."""
    if before != (now := installed()):
        other = before.version if before.version != now.version else "the wheel that they were laid out from"
        raise CompendiumError(
            f"{RECORD}: the localities here rest on {before} of ocsv-compendium, and {now} is installed.",
            f"`compendium update` brings them over (--dry-run says what would change), or install {other}.",
        )


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return len(text) <= LONGEST


def _is_digest(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{64}", text))


_RESTORE = "Take it from the repository's history."
