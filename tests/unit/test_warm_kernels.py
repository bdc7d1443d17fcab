"""A forked kernel gives what an ordinary one gives, output by output, and what goes wrong in it stays in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import matplotlib.font_manager  # reading the list of fonts keeps it
import nbformat
import pytest

from compendium.workflow import engine, fence, warm
from compendium.workflow.engine import DIED, TOO_LONG, Stopped
from compendium.workflow.warm.forked_kernel import PRINTED

pytestmark = pytest.mark.skipif(engine.usual() != "warm", reason="kernels are forked on Linux only")

ZOO = {
    "an expression": "1 + 1",
    "both streams": "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')",
    # an ordinary kernel reads the descriptor beside the cell, and may miss what comes as the cell ends
    "past Python": "import os, time\nos.write(1, b'to the descriptor\\n')\ntime.sleep(0.5)",
    "a child process": "import subprocess\nsubprocess.run(['echo', 'from a child'])\ntime.sleep(0.5)",
    "shell escape": "!echo escaped",
    "captured shell": "lines = !echo one; echo two\nlist(lines)",
    "bash cell": "%%bash\necho in bash\necho wrong >&2",
    "displays": "from IPython.display import display, HTML, JSON, Markdown, SVG, Latex\n"
    "display(HTML('<b>b</b>'), JSON({'a': [1]}), Markdown('*m*'), Latex('$x$'))\n"
    "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>'))",
    "updated display": "h = display('first', display_id='x')\nh.update('second')",
    "display with metadata": "display({'text/plain': 'raw'}, raw=True, metadata={'ours': {'publish': 'name'}})",
    "cleared": "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')",
    "cleared later": "print('gone')\nclear_output(wait=True)\nprint('stays')",
    "a frame": "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', None]})",
    "polars": "import polars as pl\npl.DataFrame({'g': list('aab'), 'n': [1, 2, 3]}).group_by('g').sum().sort('g')",
    "a figure": "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
    "two figures": "for n in (1, 2):\n    plt.figure()\n    plt.bar([1], [n])",
    "a figure in svg": "%config InlineBackend.figure_formats = ['png']\nfig, ax = plt.subplots(figsize=(1, 1))\nfig",
    "linear algebra": "import numpy as np\nfloat(np.linalg.inv(np.array([[2.0, 1], [1, 3]])).sum())",
    "threads": "import threading\nt = threading.Thread(target=print, args=('in a thread',))\nt.start(); t.join()",
    "a pool of threads": "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(2) as pool:\n    sums = list(pool.map(sum, [[1, 2], [3]]))\nsums",
    "a pool of processes": "import multiprocessing as mp\n"
    "with mp.get_context('fork').Pool(2) as pool:\n    squares = pool.map(abs, [-1, -2])\nsquares",
    "await": "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "a task beside": "async def later():\n    return 7\nawait asyncio.gather(later(), later())",
    "warnings": "import warnings\nwarnings.simplefilter('always')\nwarnings.warn('look out')",
    "logging": "import logging\nlogging.getLogger('ours').warning('logged')",
    "carriage return": "print('10%', end='\\r')\nprint('99%')",
    "many lines": "for n in range(3000): print(n)",
    "a long line": "print('x' * 300_000)",
    "text of the world": "print('Grüße, 世界, \\U0001f600')",
    "no output": "x = 1",
    "a semicolon": "x;",
    "history": "In[-1], type(Out).__name__, _",
    "captured": "%%capture taken\nprint('hidden')\ndisplay('hidden too')",
    "what was captured": "taken.stdout, len(taken.outputs)",
    "introspection": "len?",
    "help": "help(len)",
    "a class": "class A:\n    def _repr_html_(self): return '<i>A</i>'\n    def __repr__(self): return 'A()'\nA()",
    "pickled": "import pickle\npickle.loads(pickle.dumps(A()))",
    "where": "import os\nos.path.basename(os.getcwd()), sys.flags.hash_randomization, hash('a'), __name__",
    "environment": "sorted(n for n in os.environ if n.startswith(('COMPENDIUM', 'SECRET', 'MPL')))",
    "a seed": "import random\nrandom.seed(1)\nnp.random.seed(1)\nrandom.random(), float(np.random.rand())",
    "an error": "1 / 0",
    "a deep error": "def f(n):\n    return f(n - 1) if n else {}['k']\nf(3)",
    "an error after output": "print('before')\nraise ValueError('told')",
    "a syntax error": "a b",
    "a chained error": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise RuntimeError('on top') from e",
    "input": "input('name?')",
    "leaving": "import sys\nsys.exit(3)",
    "an interrupt": "raise KeyboardInterrupt",
    "a group": "raise ExceptionGroup('two', [ValueError('a'), KeyError('b')])",
    "a bad repr": "class B:\n    def __repr__(self): raise ValueError('no')\nB()",
    "after all that": "'still here'",
}


def test_every_output_of_the_zoo_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_errors", lambda notebook: [])  # errors are outputs to compare here
    monkeypatch.setattr("papermill.execute.raise_for_execution_errors", lambda notebook, path: None)
    forked, ordinary = (_outputs(list(ZOO.values()), kind, tmp_path) for kind in ("warm", "ordinary"))
    different = [name for name, ours, theirs in zip(ZOO, forked, ordinary, strict=True) if ours != theirs]
    assert {name: (forked[n], ordinary[n]) for n, name in enumerate(ZOO) if name in different} == {}
    assert sum(map(bool, forked)) > 40


def test_each_kernel_begins_fresh(tmp_path: Path) -> None:
    _outputs(["import sys\nsys.left = 1\nleft = 1"], "warm", tmp_path)
    (shown,) = _outputs(["import sys\nhasattr(sys, 'left'), 'left' in globals()"], "warm", tmp_path)
    assert shown[0]["data"]["text/plain"] == "(False, False)"


def test_no_code_of_the_project_is_there_before_a_notebook_imports_it(tmp_path: Path) -> None:
    (shown,) = _outputs(["import sys\n[n for n in sys.modules if 'compendium' in n]"], "warm", tmp_path)
    assert shown[0]["data"]["text/plain"] == "[]"


def test_a_module_that_changes_between_two_notebooks_is_read_anew(tmp_path: Path) -> None:
    cell = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nsys.dont_write_bytecode = True\n"
    cell += "import ours_here\nours_here.N"
    found = []
    for number in ("1", "22"):
        (tmp_path / "ours_here.py").write_text(f"N = {number}")
        found.append(_outputs([cell], "warm", tmp_path)[0][0]["data"]["text/plain"])
    assert found == ["1", "22"]


@pytest.mark.parametrize(
    "cell",
    ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "import os\nos._exit(0)"],
    ids=["killed", "left"],
)
def test_a_kernel_that_dies_is_named_with_its_cell_and_the_next_one_runs(cell: str, tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        _outputs(["1", cell, "2"], "warm", tmp_path)
    assert (stopped.value.cell, stopped.value.reason) == (2, DIED)
    assert _outputs(["1"], "warm", tmp_path)[0]


def test_a_kernel_that_hangs_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        _outputs(
            ["import subprocess\np = subprocess.Popen(['sleep', '7341'])", "while True: pass"], "warm", tmp_path, 1
        )
    assert (stopped.value.cell, stopped.value.reason) == (2, TOO_LONG)
    assert not _runs("sleep 7341")


def test_a_process_that_a_notebook_left_behind_ends_with_it(tmp_path: Path) -> None:
    _outputs(["import subprocess\nsubprocess.Popen(['sleep', '7342'], start_new_session=True);"], "warm", tmp_path)
    assert not _runs("sleep 7342")


def test_a_warm_process_that_died_is_started_again(tmp_path: Path) -> None:
    _outputs(["1"], "warm", tmp_path)
    process = warm.start({})._process
    process.kill()
    process.wait()
    assert _outputs(["1"], "warm", tmp_path)[0][0]["data"]["text/plain"] == "1"


@pytest.mark.skipif(not fence.version(), reason="this system has no Landlock")
def test_a_forked_kernel_is_behind_the_fence(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    with pytest.raises(Stopped) as stopped:
        _outputs([f"open({str(outside)!r}, 'w')"], "warm", tmp_path)
    assert stopped.value.reason == "PermissionError" and not outside.exists()
    cell = (
        "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9))\nexcept OSError as e:\n    print(type(e))"
    )
    if fence.version() >= 4:
        assert "PermissionError" in _outputs([cell], "warm", tmp_path)[0][0]["text"]


def test_too_much_memory_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        _outputs(["x = bytearray(3_000_000_000)"], "warm", tmp_path)
    assert stopped.value.reason == engine.MEMORY


def test_when_the_command_is_killed_its_kernels_end_too(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.unit.test_warm_kernels import _outputs\n"
        "from pathlib import Path\n"
        "_outputs(['import os; os.system(\"sleep 7343\")'], 'warm', Path(sys.argv[2]))\n"
    )
    project = Path(__file__).parents[2]
    running = subprocess.Popen([sys.executable, "-c", script, str(project), str(tmp_path)])
    try:
        _wait_for(lambda: _runs("sleep 7343"))
    finally:
        running.kill()
        running.wait()
    _wait_for(lambda: not _runs("sleep 7343"))


def _outputs(
    cells: list[str], kind: engine.Kind, folder: Path, seconds: int = 60, **limits: int
) -> list[list[dict[str, Any]]]:
    """What each cell put out. Pieces of one stream are put together: an ordinary kernel cuts them by a timer."""
    import papermill

    for name in (".config", ".cache"):  # no kernel may make them, nor the list of fonts: they are fenced
        (folder / name / "matplotlib").mkdir(parents=True, exist_ok=True)
    for known in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(known, folder / ".cache" / "matplotlib")
    stored = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    for cell in stored.cells:
        cell.metadata["tags"] = ["raises-exception"] if len(cells) > 10 else []
    executed = papermill.execute_notebook(
        stored,
        None,
        kernel_name="python3",
        engine_name=engine.engine(kind),
        progress_bar=False,
        execution_timeout=seconds,
        environment={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONHASHSEED": "0"},
        folder=str(folder),
        limits={"memory": 2 << 30, **limits},
    )
    return [_whole(cell.outputs) for cell in executed.cells]


def _whole(outputs: list[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for output in outputs:
        if output.output_type == "stream":  # IPython names a cell's file after the process
            output.text = re.sub(r"/\S+/ipykernel_\d+/", "", output.text)
        if output.output_type == "stream" and any(one.get("name") == output.name for one in found):
            next(one for one in found if one.get("name") == output.name)["text"] += output.text
        else:
            found.append(dict(output))
    return found


def _runs(command: str) -> bool:
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if process.read_bytes().replace(b"\0", b" ").strip().decode(errors="replace") == command:
                return True
        except OSError:
            continue
    return False


def _wait_for(condition: Any, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_cell_may_print_without_end_and_what_it_prints_next_is_shown_from_its_beginning(tmp_path: Path) -> None:
    much, next_one = _outputs(["for _ in range(100):\n    print('x' * 1_000_000)", "print('next')"], "warm", tmp_path)
    assert sum(len(output["text"]) for output in much) == PRINTED
    assert next_one[0]["text"] == "next\n"
