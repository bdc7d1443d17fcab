"""Pool 1,000 groups of 12 studies: REML and Hartung-Knapp, beside PyMARE in one interleaved run.

python -m benchmarks.pools

Peer: PyMARE's `VarianceBasedLikelihoodEstimator(method="REML")`, from the environment of the peers; its time is that of
the loop alone, without start and imports.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Iterator

import numpy as np

from benchmarks import harness, peers
from benchmarks.harness import Record, Taken, Way
from compendium.analysis.meta import pool

GROUPS, STUDIES = 1_000, 12
PEER = """
import json, sys, time, warnings
import numpy as np
from pymare import Dataset
from pymare.estimators import VarianceBasedLikelihoodEstimator
warnings.simplefilter("ignore")
groups = json.load(sys.stdin)
start = time.perf_counter()
found = []
for y, v in groups:
    data = Dataset(np.array(y), np.array(v))
    fit = VarianceBasedLikelihoodEstimator(method="REML").fit_dataset(data).summary()
    found.append(float(np.ravel(fit.get_fe_stats()["est"])[0]))
print(json.dumps([time.perf_counter() - start, found]))
"""


def groups() -> list[tuple[list[float], list[float]]]:
    """Invented effects (log odds) and variances, with a variance of 0.3 between studies."""
    dice = np.random.default_rng(20_261_122)
    variances = dice.uniform(0.02, 0.4, (GROUPS, STUDIES))
    effects = dice.normal(-2.0, np.sqrt(variances + 0.3))
    return [(y.tolist(), v.tolist()) for y, v in zip(effects, variances, strict=True)]


def peer(made: list[tuple[list[float], list[float]]]) -> tuple[float, list[float]]:
    ran = subprocess.run(
        [str(peers.python()), "-c", PEER], input=json.dumps(made), capture_output=True, text=True, check=True
    )
    taken, found = json.loads(ran.stdout)
    return float(taken), found


def records(asked: argparse.Namespace) -> Iterator[Record]:
    made, there = groups()[: 10 if asked.quick else GROUPS], bool(peers.version("pymare"))

    def ours() -> list[float]:
        return [float(pool(y, v, tau2="REML", interval="hksj-modified")) for y, v in made]

    ways = [Way("ours", ours), *([Way("PyMARE", lambda: Taken(*peer(made)))] if there else [])]
    timings = harness.in_turns(ways, pairs=asked.pairs, say="pools")
    notes = ["PyMARE could not be installed."]
    if there:
        apart = max(abs(a - b) for a, b in zip(timings["ours"].found, timings["PyMARE"].found, strict=True))
        notes = [f"Estimates are at most {apart:.1e} apart."]
    yield Record(
        f"{len(made):,} groups of {STUDIES} studies.",
        tables=[harness.times_table(timings, "ours")],
        notes=notes,
        uses=["numpy", "scipy"],
        peers=["pymare"],
    )


if __name__ == "__main__":
    harness.main(__doc__, records)
