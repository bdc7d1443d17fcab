"""Pool 1,000 groups of 12 studies: REML and Hartung-Knapp, beside PyMARE in one interleaved run.

python -m benchmarks.pools

Peer: PyMARE's `VarianceBasedLikelihoodEstimator(method="REML")`, when the variable PYMARE_PYTHON names a Python that
has it; its time is that of the loop alone, without start and imports.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time

import numpy as np

from compendium.analysis.meta import pool

GROUPS, STUDIES, RUNS = 1_000, 12, 3
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


def peer(python: str, made: list[tuple[list[float], list[float]]]) -> tuple[float, list[float]]:
    ran = subprocess.run([python, "-c", PEER], input=json.dumps(made), capture_output=True, text=True, check=True)
    taken, found = json.loads(ran.stdout)
    return float(taken), found


def main() -> None:
    made, python = groups(), os.environ.get("PYMARE_PYTHON", "")
    ours, theirs, apart = [], [], 0.0
    for _ in range(RUNS):
        start = time.perf_counter()
        found = [float(pool(y, v, tau2="REML", interval="hksj-modified")) for y, v in made]
        ours.append(time.perf_counter() - start)
        if python:
            taken, said = peer(python, made)
            theirs.append(taken)
            apart = max(abs(a - b) for a, b in zip(found, said, strict=True))
    print(f"{GROUPS:,} groups of {STUDIES} studies: {statistics.median(ours):.2f} s", end="")
    if theirs:
        ratio = statistics.median(theirs) / statistics.median(ours)
        print(f"; PyMARE {statistics.median(theirs):.2f} s ({ratio:.1f} times), estimates at most {apart:.1e} apart")
    else:
        print()


if __name__ == "__main__":
    main()
