"""How fast tables are protected and certified, how much is hidden, and how near that is to the least: ours, and ACRO.

    python benchmarks/disclosure.py [--largest 200x100 | none] [--linked 40] [--acro PYTHON]

Two-way tables with 15 % and 3 % small cells (1 to 9; the others 10 to 999, fixed seed), margins included, then linked
tables of one locality. `least` is the bound of the cutting planes: no safe mask loses less. ACRO (which hides small
cells only) is timed when a Python that has it is named; it is never installed here. Seconds are of processor time.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks import harness
from benchmarks.harness import Record, Table
from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure import settle_counts
from compendium.disclosure.crossing import Shape
from compendium.disclosure.policy import policy
from compendium.disclosure.settle import with_margins
from compendium.disclosure.suppression import Candidate, suppress

SIZES = ["10x10", "50x20", "100x50", "200x100"]
VARIABLES = {"form": 10, "who": 3, "sex": 4, "age": 5, "route": 7, "end": 6, "zone": 21, "month": 12}
ORIGIN = Origin("t", "T", "sensitive", "synthetic", "threshold-10", "made up")
ACRO = """
import time, warnings, sys, io, contextlib; warnings.filterwarnings('ignore')
import numpy as np, pandas as pd
r, c, share = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
d = np.random.default_rng(1); n = d.integers(10, 1000, (r, c)); p = d.random((r, c)) < share
n[p] = d.integers(1, 10, p.sum())
f = pd.DataFrame([(f'r{i}', f'c{j}') for i in range(r) for j in range(c)], columns=['r', 'c'])
f = f.loc[np.repeat(f.index, n.ravel())]
with contextlib.redirect_stdout(io.StringIO()):
    from acro import ACRO
    a = ACRO(suppress=True)
    t = time.process_time(); a.crosstab(f['r'], f['c'], margins=True); t = time.process_time() - t
print(f'{t:.1f}')
"""


def table(rows: int, columns: int, share: float) -> np.ndarray:
    draw = np.random.default_rng(1)
    counts = draw.integers(10, 1000, (rows, columns))
    small = draw.random((rows, columns)) < share
    counts[small] = draw.integers(1, 10, small.sum())
    return counts


def two_way(size: str, share: float, acro: str) -> list[object]:
    rows, columns = map(int, size.split("x"))
    dimensions = tuple(
        Dimension(name, name, {f"{name}{i}": "" for i in range(n)}, sensitive=True)
        for name, n in (("r", rows), ("c", columns))
    )
    inner = with_margins(table(rows, columns, share), [list(d.categories) for d in dimensions])
    candidate = Candidate(Shape("t", dimensions), inner, policy("threshold-10"))
    start = time.process_time()
    found = suppress([candidate])
    seconds = time.process_time() - start
    assert all(interval.verdict == "protected" for interval in found.certificate.values())
    beyond = len(found.hidden) - len(found.primary)
    beside = ""
    if acro:
        command = [acro, "-c", ACRO, str(rows), str(columns), str(share)]
        beside = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    gap = f"{100 * found.gap:.2f} %"
    harness.progress(f"disclosure {size}, {share:.0%} small: {seconds:.1f} s")
    return [size, f"{share:.0%}", len(found.primary), beyond, gap, f"{seconds:.1f}", *([beside] if acro else [])]


def linked(number: int) -> list[object]:
    """Tables of one locality: every pair of variables and some triples, of 2,000 records."""
    draw = np.random.default_rng(2)
    names = list(VARIABLES)
    records = np.stack([draw.choice(n, 2_000, p=draw.dirichlet(np.full(n, 2.0))) for n in VARIABLES.values()], axis=1)
    star = [(a,) for a in names] + [("form", b) for b in names if b != "form"] + [("who", b) for b in names[2:5]]
    designs = [*star, *(("form", "who", b) for b in names[2:5])]
    grouped = [
        tuple(f"{name}/{width}" if name != "form" else name for name in by) for by in designs for width in (2, 3)
    ]
    tables = {}
    for by in list(dict.fromkeys([*designs, *grouped]))[:number]:
        dimensions = tuple(_dimension(name) for name in by)
        places = [records[:, names.index(d.variable)] // _width(name) for name, d in zip(by, dimensions, strict=True)]
        counts = np.zeros([len(d.categories) for d in dimensions], dtype=int)
        np.add.at(counts, tuple(places), 1)
        labels = [list(d.categories) for d in dimensions]
        rows = [(*(labels[axis][i] for axis, i in enumerate(at)), int(counts[at])) for at in np.ndindex(counts.shape)]
        frame = pd.DataFrame(rows, columns=[*(d.name for d in dimensions), "count"])
        tables["_".join(by)] = Counts(frame, "case", dimensions, ORIGIN)
    start = time.process_time()
    settled = settle_counts(tables)
    (mask,) = settled.masks.values()
    seconds = time.process_time() - start
    hidden = sum(int((frame["status"] == "hidden").sum()) for frame in settled.frames.values())
    cells = sum(len(frame) for frame in settled.frames.values())
    primary = sum(entry["reason"] == "primary" for rows in settled.reasons.values() for entry in rows)
    return [len(tables), cells, primary, hidden, f"{100 * mask['gap']:.1f} %", f"{seconds:.1f}"]


def _width(name: str) -> int:
    return int(name.partition("/")[2] or 1)


def _dimension(name: str) -> Dimension:
    variable, width = name.partition("/")[0], _width(name)
    groups = [range(start, min(start + width, VARIABLES[variable])) for start in range(0, VARIABLES[variable], width)]
    members = {f"{variable}{g.start}": tuple(f"{variable}{i}" for i in g) for g in groups}
    return Dimension(name.replace("/", "_by_"), name, dict.fromkeys(members, ""), variable, members, sensitive=True)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--largest", default=SIZES[-1], choices=["none", *SIZES])
    parser.add_argument("--linked", type=int, default=40, help="how many linked tables, 61 at most; 0: none")
    parser.add_argument("--acro", default="", help="a Python that has ACRO")


def records(asked: argparse.Namespace) -> Iterator[Record]:
    sizes = SIZES[: 1 if asked.quick else ["none", *SIZES].index(asked.largest)]
    rows = [two_way(size, share, asked.acro) for size in sizes for share in (0.15, 0.03)]
    columns = ["table", "small", "primary", "hidden beyond", "at most above the least", "s"]
    together = ["linked tables", "cells and margins", "primary", "hidden", "at most above the least", "s"]
    wanted = 8 if asked.quick else asked.linked
    yield Record(
        "Masks of single tables with margins, then of linked tables of one locality; seconds of the processor.",
        tables=[
            Table([*columns, *(["ACRO s"] if asked.acro else [])], rows),
            *([Table(together, [linked(wanted)])] if wanted else []),
        ],
        uses=["highspy", "scipy", "numpy"],
    )


if __name__ == "__main__":
    harness.main(__doc__, records, options)
