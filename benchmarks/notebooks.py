"""How far one warm notebook run is from papermill's own command line, and from the same code in one process.

The peer is what a user would pick instead: `papermill` from the command line, a process for each notebook.
The limit is the code of the notebook's cells, run as plain Python in this process, with everything imported.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from compendium.locality import load_locality
from compendium.paths import Root
from compendium.workflow import kernel
from compendium.workflow import notebooks as nb

NOTEBOOK, LOCALITY, PAIRS = "05_pilot_evaluation", "demo_area_b", 5


def main() -> None:
    """Interleaved: ours, the command line, the plain code; medians and ratios."""
    root = Root.find()
    notebook, locality = nb.load(root)[NOTEBOOK], load_locality(root, LOCALITY)
    with tempfile.TemporaryDirectory() as folder:
        private = Path(folder)
        ways: dict[str, Callable[[], object]] = {
            "ours, forked kernel": lambda: kernel.execute(root, locality, notebook, {"locality": LOCALITY}, "warm"),
            "ours, ordinary kernel": lambda: kernel.execute(
                root, locality, notebook, {"locality": LOCALITY}, "ordinary"
            ),
            "papermill command line": lambda: _command_line(root, private),
            "plain code in this process (limit)": lambda: _plain(root, private),
        }
        for way in ways.values():
            way()
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(PAIRS):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                times[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(found) for name, found in times.items()}
    limit = medians["plain code in this process (limit)"]
    print(f"{NOTEBOOK} for {LOCALITY}, medians of {PAIRS} interleaved runs\n")
    print("| way | s | against the limit |\n|---|--:|--:|")
    for name, median in medians.items():
        print(f"| {name} | {median:.2f} | {median / limit:.1f} |")


def _environment(folder: Path) -> dict[str, str]:
    return {"COMPENDIUM_PROPOSALS": str(folder), "COMPENDIUM_NOTEBOOK": NOTEBOOK}


def _command_line(root: Root, folder: Path) -> None:
    source, target = root.notebooks / f"{NOTEBOOK}.ipynb", folder / "raw.ipynb"
    command = [sys.executable, "-m", "papermill", str(source), str(target), "-p", "locality", LOCALITY, "-k", "python3"]
    proposals = folder / "command_line"
    proposals.mkdir(exist_ok=True)
    environment = {**os.environ, **_environment(proposals)}
    subprocess.run(command, check=True, capture_output=True, cwd=root.path, env=environment)


def _plain(root: Root, folder: Path) -> None:
    proposals = folder / "plain"
    proposals.mkdir(exist_ok=True)
    os.environ.update(_environment(proposals))
    cells = json.loads((root.notebooks / f"{NOTEBOOK}.ipynb").read_text("utf-8"))["cells"]
    names: dict[str, object] = {}
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    with contextlib.redirect_stdout(io.StringIO()):
        for source in sources:
            exec(source.replace('locality: str = ""', f'locality = "{LOCALITY}"'), names)


if __name__ == "__main__":
    main()
