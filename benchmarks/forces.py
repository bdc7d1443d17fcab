"""44 force areas at once: the counts of notebook 03 and their protection, one after the other and in two processes.

    python -m benchmarks.forces [--forces 44] [--cases 2500] [--workers 2]

Each area has case files of its own: a sample of cases, with all that belongs to them, of the synthetic locality, from
a seed of its own. An area is read and checked, counted in the tables of notebook 03, protected and attacked. Printed:
seconds for one, for all in a row (dictionaries are read once), for all in worker processes; the largest process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from benchmarks import harness
from benchmarks.harness import Record, Table
from benchmarks.million_cases import DESIGNS, LOCALITY, MEGABYTE, NUMBERS, ROOMS, TABLES
from compendium.analysis import cases, concentration
from compendium.disclosure import settle_counts, settle_statistic
from compendium.paths import Root
from compendium.study import Study


def force_area(root: Path, name: str, number: int, cases_of_one: int) -> None:
    """A locality of `cases_of_one` cases, drawn with replacement from the shipped ones, in the compendium at `root`."""
    shutil.copytree(root / "localities" / LOCALITY, root / "localities" / name)
    described = root / "localities" / name / "locality.yml"
    described.write_text(described.read_text("utf-8").replace(f"id: {LOCALITY}", f"id: {name}"), "utf-8")
    folder = root / "localities" / name / "data" / "synthetic"
    drawn = pl.read_csv(folder / "cases.synthetic.csv", infer_schema=False).select("case_id")
    drawn = drawn.sample(cases_of_one, with_replacement=True, seed=number)
    drawn = drawn.with_columns(copy=pl.int_range(pl.len()).cast(pl.String).str.zfill(6))
    for name in TABLES:
        path = folder / f"{name}.synthetic.csv"
        frame = pl.read_csv(path, infer_schema=False)
        numbers = [column for column in NUMBERS if column in frame.columns]
        made = drawn.join(frame, on="case_id", how="inner").with_columns(
            pl.concat_str(pl.col(column).str.head(2), "copy", pl.col(column).str.slice(2)).alias(column)
            for column in numbers
        )
        made.select(frame.columns).write_csv(path)


def one(name: str) -> tuple[float, int, int]:
    """Seconds, tables and hidden cells of one area; run in a worker as it is in a row."""
    start = time.perf_counter()
    study = Study.open(name)
    files = study.table("case_files")
    tables = {
        f"t{at}": cases.counts(files, by=by, unit=unit, period=study.period) for at, (unit, by) in enumerate(DESIGNS)
    }
    places = concentration.case_places(files, study.table("areas"), study.table("area_population"), level="zone")
    settle_statistic(concentration.beside_chance(places, seed=1))
    settled = settle_counts(tables)
    hidden = sum(int((frame["status"] == "hidden").sum()) for frame in settled.frames.values())
    return time.perf_counter() - start, len(tables), hidden


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--forces", type=int, default=44)
    parser.add_argument("--cases", type=int, default=2500, help="cases of one area")
    parser.add_argument("--workers", type=int, default=2)


def records(asked: argparse.Namespace) -> Iterator[Record]:
    forces, size = (2, 300) if asked.quick else (asked.forces, asked.cases)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for room in ROOMS:
            whole = Root.find().path / room
            (shutil.copytree if whole.is_dir() else shutil.copy2)(whole, root / room)
        names = [f"force_{number:02}" for number in range(forces)]
        for number, name in enumerate(names):
            force_area(root, name, number, size)
        os.environ["COMPENDIUM_ROOT"] = folder
        start = time.perf_counter()
        in_a_row = [one(name) for name in names]
        row_seconds = time.perf_counter() - start
        harness.progress(f"forces in a row: {row_seconds:.1f} s")
        start = time.perf_counter()
        with multiprocessing.get_context("spawn").Pool(asked.workers) as pool:
            at_once = pool.map(one, names, chunksize=1)
        pool_seconds = time.perf_counter() - start
    assert [found[1:] for found in in_a_row] == [found[1:] for found in at_once]  # the same tables, however made
    alone = statistics.median(seconds for seconds, _, _ in in_a_row)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / MEGABYTE
    hidden = sum(found[2] for found in in_a_row)
    rows = [
        ["one area (median)", alone, "1"],
        ["all in a row", row_seconds, f"{row_seconds / alone:.1f}"],
        [f"all in {asked.workers} processes, their start included", pool_seconds, f"{pool_seconds / alone:.1f}"],
    ]
    yield Record(
        f"{forces} areas of {size:,} cases, {len(DESIGNS)} tables each, {hidden:,} cells hidden in all.",
        tables=[Table(["way", "s", "times one area"], rows)],
        notes=[f"Largest process: {peak:,.0f} MB."],
        uses=["polars", "pandas", "highspy"],
    )


if __name__ == "__main__":
    harness.main(__doc__, records, options)
