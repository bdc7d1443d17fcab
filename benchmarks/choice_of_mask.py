"""What the choice of cells itself gives away to an intruder who reruns the program (minimality attack).

    python benchmarks/choice_of_mask.py [--top 4] [--threshold 3] [--seeds 6]

Every 2 x 2 table with counts from 0 to `top` is protected. For each pattern of hidden cells and published counts, the
intruder keeps the tables that would have led to just this pattern (Wong et al. 2007, VLDB): with fixed ties, those for
which the program chooses it; with a private seed, those for which some seed chooses it. A hidden cell that could be 0
and reach the threshold among all tables that agree with the published counts, and can't any more among those kept, is
given away. The rate is the share of such cells; small tables are the worst case, since few patterns are possible.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from benchmarks import harness
from benchmarks.harness import Record, Table
from compendium.aggregate import Dimension
from compendium.disclosure.crossing import Shape
from compendium.disclosure.policy import policy
from compendium.disclosure.settle import with_margins
from compendium.disclosure.suppression import Candidate, suppress

Cells = tuple[int, ...]
DIMENSIONS = tuple(Dimension(name, name, {f"{name}0": "", f"{name}1": ""}, sensitive=True) for name in "rc")
CODES = [list(dimension.categories) for dimension in DIMENSIONS]


@dataclass(frozen=True)
class Rate:
    """Hidden cells that agree with 0 and the threshold from published counts alone, and those given away after all."""

    cells: int
    given_away: int

    @property
    def share(self) -> float:
        return self.given_away / self.cells if self.cells else 0.0


def every_table(top: int) -> dict[Cells, Cells]:
    """Inner cells -> all cells and margins, in the order of publication."""
    tables = product(range(top + 1), repeat=4)
    return {inner: tuple(with_margins(np.array(inner).reshape(2, 2), CODES).values()) for inner in tables}


def pattern(inner: Cells, threshold: int, seed: int | None) -> Cells:
    """Which cells and margins the program hides: 1 hidden, 0 published."""
    chosen = replace(policy("threshold-10"), threshold=threshold, zeros="always")
    counts = with_margins(np.array(inner).reshape(2, 2), CODES)
    found = suppress([Candidate(Shape("t", DIMENSIONS), counts, chosen)], seed=seed)
    covered = set(found.hidden)
    return tuple(int(found.crossing.where[0][labels] in covered) for labels in counts)


def rate(tables: dict[Cells, Cells], threshold: int, seeds: Sequence[int | None]) -> Rate:
    """The rate over all tables, each protected with the first seed; the intruder thinks any of the seeds possible."""
    chosen = {inner: [pattern(inner, threshold, seed) for seed in seeds] for inner in tables}
    by_pattern: dict[Cells, list[Cells]] = defaultdict(list)
    for inner, patterns in chosen.items():
        for each in set(patterns):
            by_pattern[each].append(inner)
    cells = away = 0
    for inner, patterns in chosen.items():
        mask = patterns[0]
        agreeing = _agreeing(tables, tables, inner, mask)
        kept = _agreeing(by_pattern[mask], tables, inner, mask)
        for at in np.flatnonzero(mask):
            if _open(agreeing, at, threshold):
                cells += 1
                away += not _open(kept, at, threshold)
    return Rate(cells, away)


def _agreeing(among: Iterable[Cells], tables: dict[Cells, Cells], inner: Cells, mask: Cells) -> list[Cells]:
    """The tables that show the same counts where the mask publishes."""
    shown = [at for at, hidden in enumerate(mask) if not hidden]
    wanted = [tables[inner][at] for at in shown]
    return [tables[other] for other in among if [tables[other][at] for at in shown] == wanted]


def _open(found: list[Cells], at: int, threshold: int) -> bool:
    values = [table[at] for table in found]
    return (min(values) == 0 or min(values) >= threshold) and max(values) >= threshold and min(values) < max(values)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--top", type=int, default=4)
    parser.add_argument("--threshold", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=6)


def records(asked: argparse.Namespace) -> Iterator[Record]:
    tables = every_table(2 if asked.quick else asked.top)
    rows = []
    for name, seeds in (("fixed", [None]), (f"private seed, one of {asked.seeds}", list(range(asked.seeds)))):
        found = rate(tables, asked.threshold, seeds)
        rows.append([name, found.cells, found.given_away, f"{found.share:.1%}"])
        harness.progress(f"choice_of_mask {name}: {found.share:.1%}")
    yield Record(
        f"{len(tables):,} tables of 2 x 2 cells, threshold {asked.threshold}: hidden cells that the choice gives away.",
        tables=[Table(["ties", "hidden cells", "given away", "rate"], rows)],
    )


if __name__ == "__main__":
    harness.main(__doc__, records, options)
