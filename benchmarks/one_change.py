"""One input of one of 20 localities changed: what runs, and how long it takes, against all of it and the peers.

Ours has real kernels, settles what they propose and draws it; peers copy a file. What is compared with them is which
tasks ran; the goal of ten times is held against our own full run.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import graphs, harness, no_op
from benchmarks.graphs import Peer
from benchmarks.harness import Goal, Record, Way
from compendium.paths import Root

CHANGED = "place_002"
TABLE = "data/synthetic/ratings.synthetic.csv"
FASTER = 10
NOTE = (
    "Of ours, the number of notebooks that ran; their locality is settled after them. The table of ratings is read by "
    "the first of the light notebooks, and by the one on workshops of the shipped ones."
)
_turn = itertools.count(1)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--localities", type=int, default=20)
    parser.add_argument("--shipped", action="store_true", help="with the shipped notebooks, which take minutes in full")


def records(asked: argparse.Namespace) -> Iterator[Record]:
    wanted = 2 if asked.quick else asked.localities
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        root = no_op.laid_out(top / "ours", wanted, light=not asked.shipped)
        ways = [
            Way("ours, one input changed", lambda: _ours(root, []), before=lambda: _change(root)),
            Way("ours, all of it", lambda: _ours(root, ["--force"])),
        ]
        for peer in graphs.there():
            at = no_op.brought_up(top / peer.name, peer, wanted)
            ways.append(
                Way(f"{peer.name}, one input changed", lambda p=peer, a=at: _peer(p, a), lambda a=at: _input(a))
            )
        pairs = 1 if asked.quick else asked.pairs
        timings = harness.in_turns(ways, pairs=pairs, warm_up=False, say="one_change")
        one, whole = timings["ours, one input changed"], timings["ours, all of it"]
        yield Record(
            f"{wanted} localities x {graphs.NOTEBOOKS} notebooks and settling; one input of one of them changed.",
            tables=[harness.times_table(timings, one.name, found="tasks that ran")],
            goals=[
                Goal("times faster than a full run", whole.times(one), at_least=FASTER),
                Goal("localities that were settled", float(one.found[1]), at_most=1),
            ],
            notes=[NOTE],
            uses=["papermill"],
            peers=[peer.name for peer in graphs.PEERS],
        )


def _change(root: Root) -> None:
    """A blank line more: other bytes, the same records."""
    with (root.localities / CHANGED / TABLE).open("a", encoding="utf-8") as stream:
        stream.write("\n")


class Ran(tuple[int, int]):
    """How many notebooks ran and how many localities were settled; shown as the first."""

    def __str__(self) -> str:
        return f"{self[0]}"


def _ours(root: Root, more: list[str]) -> Ran:
    before = _marks(root)
    harness.call([sys.executable, "-m", "compendium", "run", "--all", "--root", root.path, *more])
    after = _marks(root)
    changed = [path for path in after if after[path] != before.get(path)]
    return Ran((sum(path.suffix == ".ipynb" for path in changed), sum(path.suffix == ".json" for path in changed)))


def _marks(root: Root) -> dict[Path, int]:
    """When each raw notebook and each note of a settling was written."""
    paths = [*root.private.glob("*/notebooks/*.ipynb"), *root.private.glob("*/settled.json")]
    return {path: path.stat().st_mtime_ns for path in paths}


def _input(at: Path) -> None:
    with (at / "inputs" / CHANGED / "in_0.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"{next(_turn)}\n")


def _peer(peer: Peer, at: Path) -> int:
    made = [*at.glob("results/*/*"), *at.glob("settled/*")]
    before = {path: path.stat().st_mtime_ns for path in made}
    peer.run(at)
    return sum(path.stat().st_mtime_ns != before[path] for path in made)


if __name__ == "__main__":
    harness.main(__doc__, records, options)
