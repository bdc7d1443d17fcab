"""A million case records: checked, opened, counted as notebook 03 counts them, settled. Time and peak memory.

    python -m benchmarks.million_cases [--cases 1000000]

The records are the synthetic case files of a locality, over and over, each time with numbers of their own: crimes,
victims, suspects and steps keep to their cases, and persons who are seen twice stay so. First each step in a process
of its own, so that its peak of memory is its own (with what it stands on, which is not timed); then ours and what one
would write by hand for these tables alone, polars throughout, in turns in one process. `notebook and settle` is
`compendium run --only 03_case_files` as a user calls it.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import polars as pl

from benchmarks import harness
from benchmarks.harness import Record, Table, Way
from compendium import dictionary
from compendium.analysis import cases
from compendium.locality import Locality, load_locality
from compendium.paths import Root
from compendium.release.settle import settle
from compendium.study import Study

LOCALITY, NOTEBOOK = "blackpool", "03_case_files"
TABLES = ("cases", "crimes", "victims", "suspects", "case_events")
NUMBERS = ("case_id", "crime_id", "victim_row", "suspect_row", "event_id", "person_id")
ROOMS = ("data_dictionaries", "localities", "notebooks", "evidence", "framework", "_quarto.yml")
MEGABYTE = 1024  # of the kilobytes that the kernel counts
MEMORY = 12_000  # megabytes that the notebook may take; the limit of a locality is for its own size
DESIGNS = [  # unit, dimensions: the tables of notebook 03
    ("victim", ["form_three", "responsible"]), ("victim", ["age_group", "responsible"]), ("victim", ["child_role"]),
    ("victim", ["sex_two", "responsible"]), ("victim", ["route_group", "responsible"]), ("victim", ["seen_again"]),
    ("victim", ["relationship_group"]), ("suspect", ["suspect_age_group"]), ("suspect", ["from_force_area"]),
    ("suspect", ["seen_again"]), ("case", ["responsible", "end_flow"]), ("case", ["safeguarding"]),
    ("case", ["delay_bands"]), ("case", ["quarter", "responsible"]), ("crime", ["platform"]), ("crime", ["iccs_class"]),
    ("case", ["series"]), ("event", ["event"]),
]  # fmt: skip
PAIRS = [  # counted by hand: unit, column, column of the case or of its principal crime
    ("victims", "form", "responsible"), ("victims", "age_band", "responsible"), ("victims", "sex", "responsible"),
    ("victims", "route", "responsible"), ("victims", "relationship", "responsible"), ("cases", "route", "responsible"),
    ("victims", "flag_send", "flag_care"), ("victims", "identified", "responsible"), ("cases", "stage", "responsible"),
    ("suspects", "age_band", "from_force_area"), ("suspects", "sex", "responsible"), ("cases", "zone", "responsible"),
    ("cases", "outcome_type", "responsible"), ("cases", "safeguarding", "responsible"), ("crimes", "platform", "form"),
    ("cases", "recorded_on", "responsible"), ("crimes", "offence_code", "form"), ("case_events", "event", "form"),
]  # fmt: skip


def copied(source: Path, to: Path, least: int) -> Root:
    """A compendium in `to` whose locality has at least `least` cases; nothing of the checkout is written to."""
    for name in ROOMS:
        whole = source / name
        (shutil.copytree if whole.is_dir() else shutil.copy2)(whole, to / name)
    described = to / "localities" / LOCALITY / "locality.yml"
    text = described.read_text("utf-8").replace("memory_mb: 2048", f"memory_mb: {MEMORY}")
    described.write_text(text.replace("seconds: 300", "seconds: 3000"), "utf-8")
    folder = to / "localities" / LOCALITY / "data" / "synthetic"
    times = -(-least // pl.read_csv(folder / "cases.synthetic.csv", infer_schema=False).height)
    copies = pl.DataFrame({"copy": [f"{number:06}" for number in range(times)]})
    for name in TABLES:
        path = folder / f"{name}.synthetic.csv"
        frame = pl.read_csv(path, infer_schema=False)
        numbers = [column for column in NUMBERS if column in frame.columns]
        made = frame.join(copies, how="cross").with_columns(
            pl.concat_str(pl.col(column).str.head(2), "copy", pl.col(column).str.slice(2)).alias(column)
            for column in numbers
        )
        made.drop("copy").write_csv(path)
    return Root(to)


def check(root: Root, locality: Locality) -> Callable[[], object]:
    """Every table of the case files, and those that they lead to, against their dictionaries and each other."""
    dictionaries = dictionary.load(root.dictionaries, locality.dictionary_files())
    names = list(dict.fromkeys([*TABLES, *(other for name in TABLES for other in dictionaries[name].references)]))
    paths = {name: found.path for name in names if (found := locality.source(name, dictionaries))}

    def step() -> None:
        problems = dictionary.read_tables(paths, dictionaries).errors
        assert not problems, problems[:3]

    return step


def opened(root: Root, locality: Locality) -> Callable[[], object]:
    """Checked, and as the analyses take them."""
    return lambda: Study.open(locality.id).table("case_files")


def counted(root: Root, locality: Locality) -> Callable[[], object]:
    """The cells of the notebook as plain code, on tables that are open."""
    study, kept = Study.open(locality.id), {}
    read = study.table

    def table(name: str) -> Any:
        if name not in kept:
            kept[name] = read(name)
        return kept[name]

    cells = [
        cell.source for cell in nbformat.read(root.notebooks / f"{NOTEBOOK}.ipynb", 4).cells if cell.cell_type == "code"
    ]
    once = "\n\n".join(cells).replace("study = Study.open(locality)", "")
    for name in ("case_files", "areas", "area_population", "area_incidents", "area_population_official"):
        table(name)

    def step() -> None:
        study._published.clear()
        study.table = table
        with contextlib.redirect_stdout(io.StringIO()):
            exec(once, {"study": study})

    return step


def settled(root: Root, locality: Locality) -> Callable[[], object]:
    """What the notebook proposed, protected, attacked, drawn and written."""
    return lambda: settle(root, locality, [NOTEBOOK], force=True)


def tables_alone(root: Root, locality: Locality) -> Callable[[], object]:
    """The tables of counts alone, from checked tables on which nothing was worked out before."""
    study = Study.open(locality.id)
    files = study.table("case_files")

    def step() -> None:
        files.memo.clear()
        for unit, by in DESIGNS:
            cases.counts(files, by=by, unit=unit, period=study.period)

    return step


def by_hand(root: Root, locality: Locality) -> tuple[Callable[[], object], Callable[[], object]]:
    """The same rules and tables as one would write them for these files alone: read and check, then count."""
    folder = root.localities / locality.id / "data" / "synthetic"
    dictionaries = dictionary.load(root.dictionaries, locality.dictionary_files())
    frames: dict[str, pl.DataFrame] = {}

    def checks() -> None:
        for name in TABLES:
            frames[name] = pl.read_csv(folder / f"{name}.synthetic.csv", infer_schema=False)
        wrong = 0
        for name in TABLES:
            frame, described = frames[name], dictionaries[name]
            masks = [pl.col(described.primary_key[0]).is_duplicated()]
            for field in described.fields:
                cell, limits = pl.col(field.name), field.constraints
                masks += [cell.is_null()] if limits.required else []
                masks += [~cell.str.contains(f"^(?:{limits.pattern})$")] if limits.pattern else []
                masks += (
                    [
                        ~cell.is_in(
                            [str(value).lower() if isinstance(value, bool) else str(value) for value in limits.enum]
                        )
                    ]
                    if limits.enum
                    else []
                )
                masks += (
                    [cell.str.to_date("%Y-%m-%d", strict=False).is_null() & cell.is_not_null()]
                    if field.type == "date"
                    else []
                )
            if name != "cases":
                masks.append(~pl.col("case_id").is_in(frames["cases"]["case_id"].implode()))
            found = frame.lazy().select(mask.alias(str(at)) for at, mask in enumerate(masks)).collect()
            wrong += sum(len(column.arg_true()) for column in found.iter_columns())
        assert not wrong, wrong

    def counts() -> None:
        principal = frames["crimes"].filter(pl.col("principal").str.to_lowercase() == "true")
        about = frames["cases"].join(principal.drop("crime_id", "recorded_on"), on="case_id")
        for unit, one, two in PAIRS:
            rows = about if unit == "cases" else frames[unit]
            lacking = [column for column in (one, two) if column not in rows.columns]
            if lacking:
                rows = rows.join(about.select("case_id", *lacking), on="case_id")
            rows.group_by(one, two).len()

    return checks, counts


STEPS = {"check": check, "check and open": opened, "count": counted, "settle": settled}


def alone(step: str, root: Root) -> dict[str, float]:
    """Seconds of a step and the peak of its process, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.million_cases", "--step", step, "--root", str(root.path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=_environment(root))
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def run(root: Root) -> dict[str, float]:
    """The command as a user calls it; the peak is that of its largest process."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "compendium", "run", LOCALITY, "--only", NOTEBOOK, "--root", str(root.path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"The run was refused: {ran.stderr[-2000:] or ran.stdout[-2000:]}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MEGABYTE
    return {"seconds": time.perf_counter() - start, "peak_mb": peak}


def _environment(root: Root) -> dict[str, str]:
    folder = root.private_room(LOCALITY) / "benchmark"
    folder.mkdir(parents=True, exist_ok=True)
    told = {"COMPENDIUM_ROOT": str(root.path), "COMPENDIUM_NOTEBOOK": NOTEBOOK, "COMPENDIUM_PROPOSALS": str(folder)}
    return {**os.environ, **told}


def _one_step(step: str, root: Root) -> None:
    os.environ.update(_environment(root))
    os.environ["COMPENDIUM_ROOT"] = str(root.path)
    does = STEPS[step](root, load_locality(root, LOCALITY))
    start = time.perf_counter()
    does()
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE}))


def in_turns(root: Root, pairs: int) -> list[Table]:
    """Ours and by hand, round after round, so that a busy machine slows both alike."""
    os.environ.update(_environment(root))
    locality = load_locality(root, LOCALITY)
    ours_check, ours_count = check(root, locality), tables_alone(root, locality)
    hand_check, hand_count = by_hand(root, locality)
    hand_check()  # the tables that are counted by hand
    steps = {"check": (ours_check, hand_check), f"{len(DESIGNS)} tables of counts": (ours_count, hand_count)}
    made = []
    for name, (ours, hand) in steps.items():
        ways = [Way("ours", ours, before=gc.collect), Way("by hand in polars", hand, before=gc.collect)]
        timings = harness.in_turns(ways, pairs=pairs, warm_up=False, say=f"million_cases {name}")
        made.append(harness.times_table(timings, "by hand in polars", title=name))
    return made


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)


def records(asked: argparse.Namespace) -> Iterator[Record]:
    with tempfile.TemporaryDirectory() as folder:
        root = copied(Root.find().path, Path(folder), 400 if asked.quick else asked.cases)
        tables = root.localities / LOCALITY / "data" / "synthetic"
        sizes = {name: sum(1 for _ in (tables / f"{name}.synthetic.csv").open()) - 1 for name in TABLES}
        found = {"notebook and settle, as one command": run(root)}
        for name in STEPS:
            found[name] = alone(name, root)
            harness.progress(f"million_cases {name}: {found[name]['seconds']:.1f} s")
        rows = [[name, f"{told['seconds']:.1f}", f"{told['peak_mb']:,.0f}"] for name, told in found.items()]
        yield Record(
            ", ".join(f"{number:,} {name}" for name, number in sizes.items()) + ".",
            tables=[Table(["step, each in a process of its own", "s", "peak MB"], rows), *in_turns(root, asked.pairs)],
            uses=["polars", "pandas"],
        )


if __name__ == "__main__":
    given = harness.parser(__doc__, options).parse_args()
    if given.step:
        _one_step(given.step, Root(given.root))
    else:
        harness.main(__doc__, records, options)
