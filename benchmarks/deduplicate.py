"""Deduplicate 50,000 references; the recall on a labelled set is measured beside it, so that speed never costs it.

python -m benchmarks.deduplicate

Peer: `asreview-datatools` (`asreview data dedup`), when the variable ASREVIEW_PYTHON names a Python that has it; it
drops records of the same DOI or the same title and text only.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from benchmarks import harness
from benchmarks.harness import Record, Way
from compendium import importers
from compendium.analysis.deduplication import NEEDED, deduplicate, precision_and_recall

SIZE = 50_000
SHARE_OF_COPIES = 0.3
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


def records(asked: argparse.Namespace) -> Iterator[Record]:
    table, pairs = library(500 if asked.quick else SIZE)
    python = os.environ.get("ASREVIEW_PYTHON", "")
    ways = [
        Way("ours", lambda: deduplicate(table)),
        *([Way("asreview-datatools", lambda: peer(table, python))] if python else []),
    ]
    timings = harness.in_turns(ways, pairs=asked.pairs, warm_up=False, memory=True, say="deduplicate")
    found = timings["ours"].found
    merged = {frozenset(pair) for pair in zip(found.merges["record_id"], found.merges["same_as"], strict=True)}
    precision, recall = precision_and_recall(map(str, map(sorted, merged)), map(str, map(sorted, pairs)))
    notes = [f"Ours: precision {precision:.4f}, recall {recall:.4f}, {len(found.questions):,} questions to a person."]
    if python:
        left = timings["asreview-datatools"].found
        caught, gone = sum(not pair <= left for pair in pairs), len(table) - len(left)
        notes.append(f"asreview-datatools: {gone:,} removed, recall {caught / len(pairs):.4f}.")
    else:
        notes.append("asreview-datatools was not there: no Python with it was named.")
    if LABELLED.exists():
        labelled = importers.read("endnote-xml", LABELLED).table
        grouped = deduplicate(labelled).merges
        members = {*grouped["record_id"], *grouped["same_as"]}
        said = labelled.loc[labelled["label"] == "Duplicate", "record_id"]
        right, whole = precision_and_recall(members, said)
        notes.append(f"A labelled set of 179 records: precision {right:.3f}, recall {whole:.3f}.")
    yield Record(
        f"{len(table):,} references, {len(pairs):,} of them copies.",
        tables=[harness.times_table(timings, "ours")],
        notes=notes,
        uses=["pandas"],
    )


def peer(table: pd.DataFrame, python: str) -> set[str]:
    """The same references through `asreview data dedup`: those that it left."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.csv", Path(folder) / "out.csv"
        table.assign(abstract="", marker=table["record_id"]).to_csv(source, index=False)
        harness.call([python, "-m", "asreview", "data", "dedup", source, "-o", target])
        return set(pd.read_csv(target, dtype=str)["marker"])


if __name__ == "__main__":
    harness.main(__doc__, records)
