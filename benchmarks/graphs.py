"""The same graph for ours and for the peers: localities x notebooks, and a task a locality that takes its results.

A notebook's task rests on the notebook, on five inputs of its locality and on a module that all share; what it does is
next to nothing, so that what is measured is the tool. Peers are given every dependency by name, which ours finds out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import harness, peers
from compendium.locality import load_locality
from compendium.paths import Root
from compendium.release import key
from compendium.seen.digests import Digests
from compendium.workflow import content, lock_file
from compendium.workflow import notebooks as nb
from compendium.workflow.lock_file import Entry

NOTEBOOKS, INPUTS = 5, 5
WORK = """\
import sys
import own
out, *read = sys.argv[1:]
with open(out, "w") as stream:
    for name in read:
        stream.write(open(name).read())
    stream.flush()
    own.check()
"""
OWN = "def check():\n    pass\n"
FAILS = "def check():\n    raise SystemExit('stopped on purpose')\n"


@dataclass(frozen=True)
class Peer:
    """A tool: how the graph is written for it, and the command that brings it up to date."""

    name: str
    write: Callable[[Path, list[str]], None]
    command: tuple[str, ...]

    def run(self, folder: Path) -> object:
        return harness.call([peers.program(self.name), *self.command], folder=folder, environment=QUIET)

    def tries(self, folder: Path) -> bool:
        """The same when it may fail: whether it came to its end."""
        command = [str(peers.program(self.name)), *self.command]
        environment = {**os.environ, **QUIET}
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode == 0


QUIET = {"DVC_NO_ANALYTICS": "1", "DVC_IGNORE_ISATTY": "1", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def lay(folder: Path, localities: int) -> list[str]:
    """Notebooks, inputs and the module; the names of the localities."""
    names = [f"place_{number:03}" for number in range(1, localities + 1)]
    for place in ("notebooks", "results", "settled", *(f"inputs/{name}" for name in names)):
        (folder / place).mkdir(parents=True, exist_ok=True)
    for number in range(NOTEBOOKS):
        (folder / "notebooks" / f"nb_{number}.txt").write_text(f"notebook {number}\n", "utf-8")
    for name in names:
        (folder / "results" / name).mkdir()
        for number in range(INPUTS):
            (folder / "inputs" / name / f"in_{number}.csv").write_text(f"{name},{number}\n" * 20, "utf-8")
    (folder / "work.py").write_text(WORK, "utf-8")
    (folder / "own.py").write_text(OWN, "utf-8")
    return names


def tasks(names: list[str]) -> list[tuple[str, str, list[str]]]:
    """Each task: its name, the file it makes, the files it reads. A notebook's input of its own comes first."""
    found = []
    for name in names:
        made = [f"results/{name}/nb_{number}.txt" for number in range(NOTEBOOKS)]
        for number, out in enumerate(made):
            own = [f"inputs/{name}/in_{number}.csv"]  # each notebook reads one, as ours do: a change reruns that one
            found.append((f"{name}_nb_{number}", out, [f"notebooks/nb_{number}.txt", *own]))
        found.append((f"{name}_settle", f"settled/{name}.txt", made))
    return found


def _snakemake(folder: Path, names: list[str]) -> None:
    rules = ["rule all:\n    input: " + repr([out for _, out, _ in tasks(names)])]
    for name, out, read in tasks(names):
        command = f"python work.py {{output}} {' '.join(read)}"
        rules.append(f"rule {name}:\n    input: {read!r}\n    output: {out!r}\n    shell: {command!r}")
    (folder / "Snakefile").write_text("\n".join(rules) + "\n", "utf-8")


def _doit(folder: Path, names: list[str]) -> None:
    lines = ["DOIT_CONFIG = {'verbosity': 0}", "TASKS = " + repr(tasks(names)), "def task_all():"]
    lines += ["    for name, out, read in TASKS:"]
    lines += ["        command = ['python', 'work.py', out, *read]"]
    lines += ["        yield {'name': name, 'actions': [command], 'file_dep': read, 'targets': [out]}"]
    (folder / "dodo.py").write_text("\n".join(lines) + "\n", "utf-8")


def _pytask(folder: Path, names: list[str]) -> None:
    text = f"""\
import subprocess
from pathlib import Path
from pytask import task
for name, out, read in {tasks(names)!r}:
    @task(id=name)
    def task_it(read: list[Path] = [Path(r) for r in read], produces: Path = Path(out)):
        subprocess.run(["python", "work.py", str(produces), *map(str, read)], check=True)
"""
    (folder / "task_graph.py").write_text(text, "utf-8")
    (folder / "pyproject.toml").write_text("[tool.pytask.ini_options]\n", "utf-8")


def _dvc(folder: Path, names: list[str]) -> None:
    harness.call([peers.program("dvc"), "init", "--no-scm", "-q"], folder=folder, environment=QUIET)
    lines = ["stages:"]
    for name, out, read in tasks(names):
        lines += [f"  {name}:", f"    cmd: python work.py {out} {' '.join(read)}", "    deps:"]
        lines += [f"    - {file}" for file in read] + ["    outs:", f"    - {out}:", "        cache: false"]
    (folder / "dvc.yaml").write_text("\n".join(lines) + "\n", "utf-8")


PEERS = (
    Peer("snakemake", _snakemake, ("--cores", "2", "--quiet", "all")),
    Peer("doit", _doit, ("-n", "2")),
    Peer("pytask", _pytask, ("--verbose", "0")),
    Peer("dvc", _dvc, ("repro", "-q")),
)


def there() -> list[Peer]:
    return [peer for peer in PEERS if peers.version(peer.name)]


def write_notebook(root: Root, name: str, cells: list[str]) -> None:
    """A notebook of code cells after its parameters cell."""
    first = {
        "cell_type": "code",
        "id": "parameters",
        "source": 'locality: str = ""',
        "metadata": {"tags": ["parameters"]},
    }
    own = [{"cell_type": "code", "id": f"c{at}", "source": cell, "metadata": {}} for at, cell in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    said = {"kernelspec": kernel, "compendium": {"title": name, "parameters": {"locality": {"type": "string"}}}}
    notebook = {
        "cells": [{**cell, "outputs": [], "execution_count": None} for cell in (first, *own)],
        "metadata": said,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (root.notebooks / f"{name}.ipynb").write_text(json.dumps(notebook), "utf-8")


def multiply(root: Root, like: str, names: list[str]) -> None:
    """Localities as a run would have left them: each is `like`, which was run, under another name.

    Written with the program's own functions, so that a plan finds nothing to do; the caller looks whether it does.
    """
    notebooks = nb.load(root)
    of_first = load_locality(root, like)
    entries = lock_file.read(root, of_first)
    done = key.last(root, like)
    assert done is not None
    for name in names:
        _copied(root.localities / like, root.localities / name, like, name)
        _copied(root.outputs / like, root.outputs / name, like, name)
        _copied(root.private / like, root.private / name, like, name)
        (root.private / name / lock_file.FILE).unlink()
        locality, digests = load_locality(root, name), Digests()
        for notebook in notebooks.values():
            given = nb.parameters(notebook, locality)
            renamed = _renamed(entries[notebook.name], like, name)
            now = content.present(root, locality, notebook, given, like=renamed, digests=digests)
            lock_file.write(root, locality, notebook.name, now)
        parts = key.rests_on(root, locality, list(notebooks), digests)
        said = {"tables": done.settled.tables, "hidden": done.settled.hidden, "lost": done.settled.lost}
        files = digests.below(root.outputs / name, name)
        key.note(root, name).write_text(key.text_of(parts, said, files), "utf-8")


def _copied(source: Path, target: Path, old: str, new: str) -> None:
    shutil.copytree(source, target)
    for path in target.rglob("*"):
        if path.is_file() and path.suffix in (".json", ".yml", ".ipynb"):
            path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def _renamed(entry: Entry, old: str, new: str) -> Entry:
    inputs = {name.replace(old, new): digest for name, digest in entry.inputs.items()}
    return Entry(**{**vars(entry), "inputs": inputs})
