"""Two folders file by file: the same, only in one of them, or different, and then in which places."""

from __future__ import annotations

import filecmp
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePath

from compendium.errors import InputRefused
from compendium.sameness.difference import Difference
from compendium.sameness.kinds import numbered, places

LISTED = 5  # places of one file
LARGEST = 100_000_000  # bytes of a file that is looked into
PUBLISHED = ("certificate.json", "index.html", "datapackage.json")  # what a release or a site has
OUTPUTS, LOCALITIES = "outputs", "localities"


@dataclass(frozen=True)
class Compared:
    """What was found: how many files are the same, which stand in one folder only, and where the others differ."""

    same: int
    only_one: tuple[str, ...] = ()
    only_other: tuple[str, ...] = ()
    different: Mapping[str, tuple[Difference, ...]] = field(default_factory=dict)
    values: bool = True  # whether what differs may be shown

    @property
    def alike(self) -> bool:
        return not (self.only_one or self.only_other or self.different)

    def lines(self) -> Iterator[str]:
        """For people: a line for every difference, and what all comes to."""
        for names, which in ((self.only_one, "first"), (self.only_other, "second")):
            yield from (f"{name}: only in the {which}" for name in names)
        for name, found in self.different.items():
            yield from (f"{name}: {each.told(values=self.values)}" for each in found[:LISTED])
            if len(found) > LISTED:
                yield f"{name}: … and more"
        if self.alike:
            yield f"All {self.same:,} files are the same, byte for byte."
            return
        apart = len(self.only_one) + len(self.only_other)
        yield f"Different: {len(self.different):,}. In one only: {apart:,}. The same: {self.same:,}."
        if self.different and not self.values:
            yield "What they hold is not shown: one of the two does not look like something published."


def compare(one: Path, other: Path) -> Compared:
    """Compare two folders, or two files. Raises `InputRefused` when either isn't there or one is a file alone."""
    for path in (one, other):
        if not path.exists():
            raise InputRefused(f"There is no {path.name}.", "Name two folders, or two files.")
    if one.is_dir() != other.is_dir():
        raise InputRefused("One is a folder, the other a file.", "Name two folders, or two files.")
    values = published(one) and published(other)
    if one.is_file():
        return _of({one.name: one}, {one.name: other}, values)
    before, after = _files(one), _files(other)
    if not before and not after:
        raise InputRefused("Neither folder holds a file.", "Name two folders of results.")
    return _of(before, after, values)


def _of(one: Mapping[str, Path], other: Mapping[str, Path], values: bool) -> Compared:
    both = sorted(one.keys() & other.keys())
    different = {
        name: found
        for name in both
        if (found := _between(one[name], other[name], values=values and not _is_hidden(PurePath(name).parts)))
    }
    return Compared(
        len(both) - len(different),
        tuple(sorted(one.keys() - other.keys())),
        tuple(sorted(other.keys() - one.keys())),
        different,
        values,
    )


def _between(one: Path, other: Path, *, values: bool) -> tuple[Difference, ...]:
    """The first places in which two files differ; none when they are the same.

    Without `values` a place repeats nothing of the files: no label of a row, no key, no heading.
    """
    if one.is_symlink() or other.is_symlink():
        leads = [str(path.readlink()) if path.is_symlink() else "a file" for path in (one, other)]
        shown = leads if values else []
        return () if leads[0] == leads[1] else (Difference("where the link leads", *shown),)
    if filecmp.cmp(one, other, shallow=False):
        return ()
    sizes = [path.stat().st_size for path in (one, other)]
    if max(sizes) > LARGEST:
        return (Difference(f"larger than is looked into; {sizes[0]:,} and {sizes[1]:,} bytes"),)
    found = differences(one.name, one.read_bytes(), other.read_bytes(), values=values)
    return tuple(islice(found, LISTED + 1))


def differences(name: str, one: bytes, other: bytes, *, values: bool) -> Iterator[Difference]:
    """The places in which two different files of one name differ; without `values`, in numbers alone."""
    return places(name, one, other) if values else numbered(name, one, other)


def _files(folder: Path) -> dict[str, Path]:
    """Every file and link below a folder, by its path from there."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in found}


def published(path: Path) -> bool:
    """Whether all in it was made to be shown: only then may a cell be repeated."""
    whole = path.resolve()
    if _is_hidden(whole.parts):
        return False
    if OUTPUTS in whole.parts and LOCALITIES not in whole.parts[whole.parts.index(OUTPUTS) :]:
        return True
    return any((folder / name).is_file() for folder in (whole, *whole.parents[:2]) for name in PUBLISHED)


def _is_hidden(parts: tuple[str, ...]) -> bool:
    """Whether a path leads through what is out of sight, such as the private folder of a compendium."""
    return any(part.startswith(".") for part in parts)
