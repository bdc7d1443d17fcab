"""RESULTS.md: a section a benchmark; one that ran again takes the place of its old section, the others stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks import harness

HERE = Path(__file__).parent
FILE = HERE / "RESULTS.md"
TOP = """\
# Results of the benchmarks

Written by `make bench`; no number here is typed. Every figure comes from ways taken in turns, round after round, on one
machine: ratios of medians travel between machines, seconds don't. Each section says where and when it was measured, and
which goal was reached and which was not. What is compared, and why: `docs/explanation/speed.md`.
"""
NOT_MEASURED = "## `{0}`\n\nNot measured yet: `python -m benchmarks {0}`."
SECTION = re.compile(r"^## `(\w+)`$", re.MULTILINE)


def scripts() -> list[str]:
    """The benchmarks, by name: the modules that have records; the others help them."""
    return sorted(path.stem for path in HERE.glob("[a-z]*.py") if "\ndef records(" in path.read_text("utf-8"))


def sections(text: str) -> dict[str, str]:
    """Name -> its section, heading included."""
    _, *parts = SECTION.split(text)
    return {name: f"## `{name}`{body}".strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


def section(name: str, doc: str, records: Sequence[harness.Record], date: str) -> str:
    """The heading, the first sentence of the script, what it came to, and where that was measured."""
    measured = ", ".join(filter(None, [date, harness.machine()]))
    used = harness.versions(records)
    about = doc.strip().splitlines()[0]
    parts = [f"## `{name}`", about, *(record.text() for record in records)]
    return "\n\n".join([*parts, f"Measured: {measured}{'; ' + used if used else ''}."])


def write(name: str, doc: str, records: Sequence[harness.Record], date: str, file: Path = FILE) -> None:
    """Put the section of `name` in; every benchmark has a section, and one that is no more loses its own."""
    found = sections(file.read_text("utf-8")) if file.exists() else {}
    found[name] = section(name, doc, records, date)
    whole = [found.get(known, NOT_MEASURED.format(known)) for known in scripts()]
    file.write_text("\n\n".join([TOP.strip(), *whole]) + "\n", "utf-8")
