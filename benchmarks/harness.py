"""What every benchmark is made of: ways taken in turn, medians of them, their ratios, the memory of what they start.

A script of this folder says what it claims in its docstring and has

    def records(asked: argparse.Namespace) -> Iterator[Record]: ...     # measure, and say what came out
    def options(parser: argparse.ArgumentParser) -> None: ...           # if it takes any of its own
    if __name__ == "__main__": harness.main(__doc__, records, options)

`asked` has what `options` added, and `pairs` (rounds, five) and `quick` (sizes as small as they can be: does it run?).
`python -m benchmarks` runs all scripts and writes RESULTS.md; `python -m benchmarks.NAME` runs one and only prints.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PAIRS = 5
SAMPLER = Path(__file__).with_name("memory.py")
Records = Callable[[argparse.Namespace], Iterable["Record"]]
Options = Callable[[argparse.ArgumentParser], None]


@dataclass(frozen=True)
class Way:
    """One way to do the work. `run` is timed and its answer kept; `before` (lay files anew, empty a cache) is not."""

    name: str
    run: Callable[[], object]
    before: Callable[[], object] | None = None


@dataclass(frozen=True)
class Taken:
    """What a way answers that looks at the clock itself: one in another interpreter, whose start isn't the matter."""

    seconds: float
    found: object = None
    peak_mb: float | None = None


@dataclass(frozen=True)
class Timing:
    """Seconds of one way, a number a round; `found`: what it answered last; `peak_mb`: of all processes it needed."""

    name: str
    seconds: tuple[float, ...]
    found: Any = None
    peak_mb: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def spread(self) -> str:
        return f"{number(min(self.seconds))} to {number(max(self.seconds))}"

    def times(self, other: Timing) -> float:
        """How many times the time of `other` this takes: the ratio of medians."""
        return self.median / other.median


def in_turns(
    ways: Sequence[Way], *, pairs: int = PAIRS, warm_up: bool = True, memory: bool = False, say: str = ""
) -> dict[str, Timing]:
    """Take the ways in turns, round after round, so that a busy machine slows all alike; each round begins elsewhere.

    `warm_up`: once each before, untimed. `memory`: once each after, untimed, while the memory of this process and of
    all that it starts is looked at. `say`: what stands before each line of progress (on stderr).
    """
    if warm_up:
        for way in ways:
            _once(way)
    taken: dict[str, list[Taken]] = {way.name: [] for way in ways}
    for turn in range(pairs):
        first = turn % len(ways)
        for way in [*ways[first:], *ways[:first]]:
            taken[way.name].append(_once(way))
            progress(f"{say} {turn + 1}/{pairs} {way.name}: {taken[way.name][-1].seconds:.2f} s")
    peaks = {way.name: peak(way) for way in ways} if memory else {}
    return {name: _timing(name, rounds, peaks.get(name)) for name, rounds in taken.items()}


def _timing(name: str, rounds: Sequence[Taken], peak_mb: float | None) -> Timing:
    own = [found.peak_mb for found in rounds if found.peak_mb is not None]
    return Timing(name, tuple(found.seconds for found in rounds), rounds[-1].found, max(own) if own else peak_mb)


def _once(way: Way) -> Taken:
    if way.before:
        way.before()
    start = time.perf_counter()
    answer = way.run()
    seconds = time.perf_counter() - start
    return answer if isinstance(answer, Taken) else Taken(seconds, answer)


def peak(way: Way) -> float:
    """Megabytes that `way` needed at most beyond what this process had: it and all it started, shared pages once."""
    if way.before:
        way.before()
    command = [sys.executable, str(SAMPLER), str(os.getpid())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sampler:
        assert sampler.stdin and sampler.stdout
        sampler.stdout.readline()  # it has looked once: what there was before
        way.run()
        sampler.stdin.close()
        return float(sampler.stdout.readline())


def call(
    command: Sequence[str | Path], *, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """Run a command to its end; what it printed. `environment` is added to ours. Raises `SystemExit` when it fails."""
    ran = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        said = (ran.stderr + ran.stdout)[-2000:]
        raise SystemExit(f"{' '.join(map(str, command))} failed with status {ran.returncode}: {said}")
    return ran.stdout


def compile_bytecode() -> None:
    """Of this project, once, so that no way is measured while Python compiles what a user has compiled already."""
    import compileall

    compileall.compile_dir(Path(__file__).parents[1] / "src", quiet=2)


def progress(line: str) -> None:
    print(line.strip(), file=sys.stderr, flush=True)


def number(value: float) -> str:
    """Three figures, as people read them: 0.00123, 1.23, 1,234."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{float(f'{value:.3g}'):g}"


@dataclass(frozen=True)
class Table:
    """A table of results; columns of numbers stand at the right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    title: str = ""

    def text(self) -> str:
        right = [all(_is_number(row[at]) for row in self.rows) for at in range(len(self.columns))]
        rows = [[number(cell) if isinstance(cell, float) else str(cell) for cell in row] for row in self.rows]
        lines = [f"| {' | '.join(cells)} |" for cells in [list(self.columns), *rows]]
        lines.insert(1, f"|{'|'.join('--:' if numeric else '---' for numeric in right)}|")
        return "\n".join([*([f"**{self.title}**\n"] if self.title else []), *lines])


def _is_number(cell: object) -> bool:
    return isinstance(cell, (int, float)) or (isinstance(cell, str) and (cell[:1].isdigit() or not cell))


def times_table(timings: Mapping[str, Timing], against: str, *, title: str = "", found: str = "") -> Table:
    """A row a way: median, lowest and highest seconds, and the ratio of its median to that of `against`.

    `found`: the title of a column with what each way answered.
    """
    base = timings[against]
    memory = any(timing.peak_mb is not None for timing in timings.values())
    columns = ["way", "median s", "lowest to highest", f"times {against}"]
    rows: list[list[object]] = []
    for timing in timings.values():
        row: list[object] = [timing.name, timing.median, timing.spread, f"{timing.times(base):.2f}"]
        if memory:
            row.append("" if timing.peak_mb is None else f"{timing.peak_mb:,.0f}")
        if found:
            row.append(f"{timing.found:,}" if isinstance(timing.found, int) else timing.found)
        rows.append(row)
    return Table([*columns, *(["peak MB"] if memory else []), *([found] if found else [])], rows, title)


@dataclass(frozen=True)
class Goal:
    """What was to be reached: `at_least` or `at_most`, and what was measured (None: the peer could not be run)."""

    what: str
    measured: float | None
    at_least: float | None = None
    at_most: float | None = None

    @property
    def reached(self) -> bool:
        if self.measured is None:
            return False
        return (self.at_least is None or self.measured >= self.at_least) and (
            self.at_most is None or self.measured <= self.at_most
        )

    def text(self) -> str:
        wanted = " and ".join(
            f"{word} {number(bound)}"
            for word, bound in (("at least", self.at_least), ("at most", self.at_most))
            if bound is not None
        )
        if self.measured is None:
            return f"- **Not measured**: {self.what}; goal {wanted}."
        word = "Reached" if self.reached else "Not reached"
        return f"- **{word}**: {self.what}; goal {wanted}, measured {number(self.measured)}."


@dataclass(frozen=True)
class Record:
    """What one benchmark came to: the claim, its tables, its goals, and what is to be known about them.

    `stands_in_the_way`: what keeps a goal from being reached, by measurement. `uses`: distributions whose versions
    count; those of the peers' own environment are taken from there.
    """

    claim: str
    tables: Sequence[Table] = ()
    goals: Sequence[Goal] = ()
    notes: Sequence[str] = ()
    stands_in_the_way: str = ""
    uses: Sequence[str] = ()
    peers: Sequence[str] = field(default=())

    def text(self) -> str:
        parts = [self.claim, *(table.text() for table in self.tables)]
        if self.goals:
            parts.append("\n".join(goal.text() for goal in self.goals))
        if self.stands_in_the_way:
            parts.append(f"What stands in the way: {self.stands_in_the_way}")
        return "\n\n".join([*parts, *self.notes])


def versions(records: Iterable[Record]) -> str:
    """`pandas 3.0.1, polars 1.35.1`, and the peers' from their own environment (or that one could not be installed)."""
    from benchmarks import peers

    records = list(records)
    ours = sorted({name for record in records for name in record.uses}, key=str.lower)
    theirs = sorted({name for record in records for name in record.peers}, key=str.lower)
    told = [f"{name} {_version(name)}" for name in ours]
    told += [f"{name} {peers.version(name) or 'not installed'} (peer)" for name in theirs]
    return ", ".join(told)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def machine() -> str:
    """Processor, cores this process may use, memory, system, Python: what a reader needs to place the figures."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{_processor()}, {cores} cores, {memory:.0f} GiB, {platform.system()}; {python}"


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def parser(doc: str | None, options: Options | None = None) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--pairs", type=int, default=PAIRS, help="rounds in which the ways take turns")
    made.add_argument("--quick", action="store_true", help="as small as can be: does it run? The figures mean nothing")
    if options:
        options(made)
    return made


def main(doc: str | None, records: Records, options: Options | None = None) -> None:
    """Run one script by itself, and print what it came to."""
    asked = parser(doc, options).parse_args()
    made: list[Record] = []
    for record in _shown(records(asked)):
        made.append(record)
    print(f"Measured on {'; '.join(filter(None, [machine(), versions(made)]))}.")


def _shown(records: Iterable[Record]) -> Iterator[Record]:
    for record in records:
        print(record.text() + "\n", flush=True)
        yield record
