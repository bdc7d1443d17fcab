"""Deduplicate 50,000 references; the recall on a labelled set is measured beside it, so that speed never costs it.

python -m benchmarks.deduplicate

Peer: `asreview-datatools` (`asreview data dedup`), when the variable ASREVIEW_PYTHON names a Python that has it; it
drops records of the same DOI or the same title and text only.
"""

from __future__ import annotations

import os
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from compendium import importers
from compendium.analysis.deduplication import NEEDED, deduplicate, precision_and_recall

SIZE = 50_000
SHARE_OF_COPIES = 0.3
RUNS = 3
LABELLED = Path(__file__).resolve().parents[2] / "shared" / "data" / "screening" / "dedupe_sweep_tafenoquine.xml"
WORDS = re.findall(
    r"\w+",
    """
    abuse access adolescents analysis assessment awareness boys children cohort coercion community contact
    controlled count country digital disclosure education effect effects exposure extortion family feasibility
    gender girls grooming harm health help image images incidence intervention media online outcomes parents peers
    pilot police predictors prevalence prevention programme protocol protective randomised recovery review risk
    school screening sexual social solicitation study support survey systematic technology trajectories treatment
    trial use victims violence wellbeing young youth
    """,
)


def library(size: int = SIZE) -> tuple[pd.DataFrame, set[frozenset[str]]]:
    """Invented references, part of them copied as another database would print them, and which pairs are copies."""
    dice = random.Random(20_261_122)
    rows: list[dict[str, str]] = []
    pairs = set()
    while len(rows) < size:
        number = len(rows)
        title = " ".join(dice.choice(WORDS) for _ in range(dice.randint(7, 14)))
        page = dice.randint(1, 1800)
        row = {
            "record_id": f"R{number:06}",
            "title": title.capitalize(),
            "authors": f"{dice.choice(WORDS).title()}{dice.choice(WORDS)}, {chr(65 + dice.randrange(26))}.",
            "year": str(dice.randint(1995, 2026)),
            "volume": str(dice.randint(1, 60)),
            "pages": f"{page}-{page + dice.randint(3, 20)}",
            "doi": f"10.{dice.randint(1000, 9999)}/x.{number}" if dice.random() < 0.8 else "",
        }
        rows.append(row)
        if dice.random() < SHARE_OF_COPIES and len(rows) < size:
            copy = {**row, "record_id": f"R{number + 1:06}"}
            copy["title"] = row["title"].title() + "."
            copy["pages"] = row["pages"].split("-")[0] if dice.random() < 0.5 else row["pages"].replace("-", "‐")
            copy["doi"] = row["doi"].upper() if dice.random() < 0.6 else ""
            copy["authors"] = row["authors"].replace(",", "")
            if dice.random() < 0.1:
                copy["title"] = copy["title"].replace("e", "", 1)
            rows.append(copy)
            pairs.add(frozenset((row["record_id"], copy["record_id"])))
    dice.shuffle(rows)
    return pd.DataFrame(rows, columns=list(NEEDED)), pairs


def main() -> None:
    table, pairs = library()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        found = deduplicate(table)
        times.append(time.perf_counter() - start)
    merged = {frozenset(pair) for pair in zip(found.merges["record_id"], found.merges["same_as"], strict=True)}
    precision, recall = precision_and_recall(map(str, map(sorted, merged)), map(str, map(sorted, pairs)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    ours = statistics.median(times)
    print(f"{SIZE:,} references, {len(pairs):,} copies: {ours:.1f} s, peak {peak} MB, ", end="")
    print(f"precision {precision:.4f}, recall {recall:.4f}, {len(found.questions):,} questions")
    if LABELLED.exists():
        labelled = importers.read("endnote-xml", LABELLED).table
        grouped = deduplicate(labelled).merges
        members = {*grouped["record_id"], *grouped["same_as"]}
        said = labelled.loc[labelled["label"] == "Duplicate", "record_id"]
        print(
            "labelled set (179 records): precision {:.3f}, recall {:.3f}".format(*precision_and_recall(members, said))
        )
    if python := os.environ.get("ASREVIEW_PYTHON"):
        peer(table, pairs, python, ours)


def peer(table: pd.DataFrame, pairs: set[frozenset[str]], python: str, ours: float) -> None:
    """The same references through `asreview data dedup`."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.csv", Path(folder) / "out.csv"
        table.assign(abstract="", marker=table["record_id"]).to_csv(source, index=False)
        command = [python, "-m", "asreview", "data", "dedup", str(source), "-o", str(target)]
        start = time.perf_counter()
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        taken = time.perf_counter() - start
        if ran.returncode:
            sys.exit(f"asreview-datatools could not run: {ran.stderr[-300:]}")
        left = set(pd.read_csv(target, dtype=str)["marker"])
    caught = sum(not pair <= left for pair in pairs)
    gone = len(table) - len(left)
    print(f"asreview-datatools: {taken:.1f} s ({taken / ours:.1f} times ours), {gone:,} removed, ", end="")
    print(f"recall {caught / len(pairs):.4f}")


if __name__ == "__main__":
    main()
