"""The page that says what became of each kind of harm at each door."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.hostile.kinds import KINDS
from tests.hostile.trial import MEGABYTES, SECONDS, Found
from tests.shared import ROOT

PAGE = ROOT / "docs" / "reference" / "hostile-files.md"
HEAD = """# Hostile files

Files come in from publishers, from other teams and from people whom nobody here knows. Each door of the compendium is
tried with each kind of harm that fits the files it takes. `make test-long` does it and writes this page; one file at
each door is tried with every other test.

{all} files at {doors} doors: {refused} were refused in words, {same} were read as the good file is, {loaded} were read
as what they say, as plain text. (Doors of `compendium same` refuse nothing: they tell in what two files differ.)

Each file is read in a process of its own that may take {seconds} s of processor time and {megabytes} MB. While it
reads, it is watched:

- it starts no program, opens no connection, unpickles nothing, and writes nowhere but where it was told to;
- it never opens the file that a hostile one names (an entity, a link, a path out of the folder, a shared workbook);
- nothing that it says, prints, logs or raises holds a name that stands in a sensitive cell, also not a traceback;
- no message holds signs that a terminal would carry out, or that turn the order of letters round.

The files are made by `tests/hostile/kinds.py` from a good file of each door in `tests/hostile/readers.py` and
`strangers.py`; what may happen is said there for each kind. Others are drawn at random from good files with one value
changed (`tests/hostile/test_drawn_files.py`, `tests/property/test_importers_fuzz.py`).

## Kinds of harm

How many files of each kind were refused, read as the good one (which holds where the harm stands beside what is read),
or read as what they say.
"""


def page(found: Sequence[Found]) -> str:
    """The whole page, the same for the same outcomes: no clock, no measured time."""
    outcomes = Counter(one.outcome for one in found)
    numbers = {name: f"{outcomes[name]:,}" for name in ("refused", "same", "loaded")}
    doors = list(dict.fromkeys(one.reader for one in found))
    head = HEAD.format(all=f"{len(found):,}", doors=len(doors), seconds=SECONDS, megabytes=f"{MEGABYTES:,}", **numbers)
    kinds = list(dict.fromkeys(kind.name for kind in KINDS))
    by_kind = _table("kind", kinds, [(one.kind, one.outcome) for one in found])
    by_door = _table("door", doors, [(one.reader, one.outcome) for one in found])
    return f"{head}\n{by_kind}\n## Doors\n\n{by_door}"


def _table(what: str, names: Sequence[str], found: Sequence[tuple[str, str]]) -> str:
    counted = Counter(found)
    lines = [f"| {what} | refused | as the good file | as what it says |", "|---|---:|---:|---:|"]
    lines += [
        f"| {name} | {' | '.join(str(counted[name, one] or '') for one in ('refused', 'same', 'loaded'))} |"
        for name in names
    ]
    return "\n".join(lines) + "\n"
