"""A run in which nothing changed: 100 localities x 5 notebooks and settling, against snakemake, pytask, doit and dvc.

Ours is measured twice: on notebooks that publish one table each, which is the graph that the peers have, and on the
shipped notebooks with all that they publish. The whole process counts, from its start to its end. What each tool would
notice is tried out on a small graph, and stands in a table beside the times.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import graphs, harness, localities
from benchmarks.graphs import Peer
from benchmarks.harness import Goal, Record, Table, Way
from compendium.paths import Root
from compendium.workflow.plan import plan
from compendium.workflow.run import run

LIKE = "place_001"
GOAL = 0.4  # seconds
OPEN = "from compendium import Study\nstudy = Study.open(locality)"
OWN = ("ratings", "votes", "costs", "nomad", "suggestions")  # a table of its own that each light notebook reads
PUBLISHES = """\
own = study.root.path / "localities" / locality / "data" / "synthetic" / "{own}.synthetic.csv"
rows = len(own.read_text("utf-8").splitlines())
from compendium.analysis import cases
counts = cases.counts(study.table("case_files"), by=["form_three", "responsible"], unit="victim")
study.publish("table_{number}", counts, title="Victims by form", chart="bars", caption="Victims by form of harm.")"""
NOTE = (
    "Peers get every dependency by name and rest on far fewer files: a notebook and an input each, where ours compares "
    "inputs, dictionaries, some sixty modules, results and outputs of each notebook. It looks at marks of files (size, "
    "time of the last change of any kind, number) and reads what differs; `--verify` reads all."
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--localities", type=int, default=100)
    parser.add_argument(
        "--fewer", type=int, default=10, help="localities of the peers: some take minutes to make all once"
    )
    parser.add_argument("--without-real", action="store_true", help="leave the shipped notebooks out")


def records(asked: argparse.Namespace) -> Iterator[Record]:
    wanted = 3 if asked.quick else asked.localities
    fewer = min(wanted, asked.fewer)
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        ours = [("ours, one table a notebook", laid_out(top / "light", wanted, light=True))]
        if not (asked.quick or asked.without_real):
            ours.append(("ours, the shipped notebooks", laid_out(top / "shipped", wanted, light=False)))
        ways = [Way(name, lambda root=root: ours_again(root)) for name, root in ours]
        for peer in graphs.there():
            at = brought_up(top / peer.name, peer, fewer)
            ways.append(Way(peer.name, lambda peer=peer, at=at: peer.run(at)))
        timings = harness.in_turns(ways, pairs=asked.pairs, say="no_op")
        table = harness.times_table(timings, ours[0][0])
        first = timings[ours[0][0]]
        notice = {peer.name: noticed(top / f"{peer.name} notices", peer) for peer in graphs.there()}
        goals = [Goal(f"seconds, {name}", timings[name].median, at_most=GOAL) for name, _ in ours]
        for peer in graphs.PEERS:
            ratio = timings[peer.name].times(first) if peer.name in timings else None
            goals.append(Goal(f"times faster than {peer.name}", ratio, at_least=1))
        yield Record(
            f"{wanted} localities x {graphs.NOTEBOOKS} notebooks and settling, nothing changed; the whole process. "
            f"The others have {fewer} localities: more takes some of them minutes to make once.",
            tables=[table, _seen(notice)],
            goals=goals,
            notes=[NOTE],
            uses=["papermill"],
            peers=[peer.name for peer in graphs.PEERS],
        )


def laid_out(folder: Path, wanted: int, *, light: bool) -> Root:
    """A compendium in which every locality has been run: one was, the others are that one under other names."""
    folder.mkdir()
    root = localities.copied(folder, 1)
    (only,) = localities.names(root)
    described = root.localities / only / "locality.yml"
    (root.localities / only).rename(root.localities / LIKE)
    described = root.localities / LIKE / "locality.yml"
    text = described.read_text("utf-8").replace(f"id: {only}\n", f"id: {LIKE}\n")
    if light:
        for path in root.notebooks.glob("*.ipynb"):
            path.unlink()
        for number in range(graphs.NOTEBOOKS):
            graphs.write_notebook(root, f"{number:02}_light", [OPEN, PUBLISHES.format(number=number, own=OWN[number])])
        text = "\n".join(line for line in text.split("\n") if not line.startswith(("notebooks:", "  03_case_files:")))
    described.write_text(text, "utf-8")
    if problems := run(root, plan(root, [LIKE]), jobs=os.cpu_count() or 1).problems:
        raise SystemExit(f"The first run failed: {problems[0]}")
    graphs.multiply(root, LIKE, [f"place_{number:03}" for number in range(2, wanted + 1)])
    planned = plan(root, localities.names(root))
    if changed := [f"{task.name}: {task.reason}" for task in planned if not task.reason.stands]:
        raise SystemExit(f"The localities aren't as a run leaves them: {changed[0]}")
    run(root, planned, jobs=1)
    return root


def ours_again(root: Root) -> object:
    return harness.call([sys.executable, "-m", "compendium", "run", "--all", "--root", root.path])


def brought_up(folder: Path, peer: Peer, wanted: int) -> Path:
    """The graph for a peer, with everything made."""
    folder.mkdir()
    peer.write(folder, graphs.lay(folder, wanted))
    harness.progress(f"{peer.name}: making everything once")
    peer.run(folder)
    return folder


def _seen(notice: dict[str, dict[str, str]]) -> Table:
    questions = list(next(iter(notice.values()), {}))
    ours = ["yes", "no", "yes", "no"]  # tests/unit/test_runs_by_content.py, test_glance.py, acceptance/test_failures.py
    rows = [["ours", *ours], *([name, *found.values()] for name, found in notice.items())]
    return Table(["", *questions], rows, "What each notices, tried out") if questions else Table(["", "none there"], [])


def noticed(folder: Path, peer: Peer) -> dict[str, str]:
    """What a peer makes of four changes, one after the other in a graph of one locality that was brought up to date."""
    brought_up(folder, peer, 1)
    tried = {  # each at a notebook of its own, so that none spoils what the next finds
        "sees another content with the old time": _runs_again(folder, peer, 0, _same_time),
        "runs again after `touch`": _runs_again(folder, peer, 1, os.utime),
        "sees a changed imported module": _runs_again(folder, peer, 2, _module),
        "leaves half a result of a failed task": _leaves_half(folder, peer, 3),
    }
    return {question: "yes" if seen else "no" for question, seen in tried.items()}


def _files(at: Path, number: int) -> tuple[Path, Path]:
    """An input of the only locality, and the result that rests on it."""
    return at / f"inputs/place_001/in_{number}.csv", at / f"results/place_001/nb_{number}.txt"


def _runs_again(at: Path, peer: Peer, number: int, change: Callable[[Path], None]) -> bool:
    read, made = _files(at, number)
    before = made.stat().st_mtime_ns
    change(read)
    peer.run(at)
    return made.stat().st_mtime_ns != before


def _same_time(path: Path) -> None:
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"0", b"7"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _module(path: Path) -> None:
    (path.parents[2] / "own.py").write_text(graphs.OWN + "# other\n", "utf-8")


def _leaves_half(at: Path, peer: Peer, number: int) -> bool:
    """Whether what a task had written when it failed stands where its result was."""
    read, made = _files(at, number)
    whole = made.read_bytes()
    (at / "own.py").write_text(graphs.FAILS, "utf-8")
    read.write_bytes(b"other\n")
    peer.tries(at)
    return made.exists() and made.read_bytes() != whole


if __name__ == "__main__":
    harness.main(__doc__, records, options)
