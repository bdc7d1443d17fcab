"""When something is wrong: said plainly, exit status not zero, nothing half-made, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.project import compendium, copy_project, digests
from tests.acceptance.toy import LOCALITY, OPEN, PUBLISH, SETTINGS, VICTIMS, copy_toy, write_notebook

CASES = Path("localities/blackpool/data/synthetic/cases.synthetic.csv")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "project")


def test_every_violation_of_every_file_is_named_at_once(project: Path) -> None:
    lines = (project / CASES).read_text("utf-8").splitlines()
    header = lines[0].split(",")
    form, case_id, recorded = header.index("form"), header.index("case_id"), header.index("recorded_on")
    rows = [line.split(",") for line in lines[1:]]
    rows[0][form] = "not_a_form"
    rows[2][recorded] = "31.12.2022"
    rows[4][case_id] = rows[3][case_id]
    (project / CASES).write_text("\n".join([lines[0], *(",".join(row) for row in rows)]) + "\n", "utf-8")
    found = compendium(project, "check", "blackpool")
    assert found.returncode == 1
    for row, column in ((2, "form"), (4, "recorded_on"), (6, "case_id")):
        assert f"row {row}, column {column}" in found.stderr, found.stderr
    assert "not_a_form" not in found.stderr
    assert "31.12.2022" not in found.stderr
    assert "Traceback" not in found.stderr
    assert not (project / "outputs").exists()
    assert not (project / ".private").exists()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "cases.synthetic.csv"),
        (b"", "empty"),
        ("case_id,form\nC-00001,exposure\n".encode("utf-16"), "UTF-8"),
        (b"case_id,frm\nC-00001,exposure\n", "form"),
        (b"\x00\x01\x02", "cases.synthetic.csv"),
    ],
    ids=["missing", "empty", "utf-16", "wrong columns", "not text"],
)
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(project: Path, content: bytes | None, word: str) -> None:
    if content is None:
        (project / CASES).unlink()
    else:
        (project / CASES).write_bytes(content)
    found = compendium(project, "report", "blackpool")
    assert found.returncode == 1
    assert word in found.stderr
    assert "Traceback" not in found.stderr
    assert not (project / "outputs").exists()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("run", "blackpol"), "Did you mean blackpool?"),
        (("run", "--only", "case_file"), "case_files"),
        (("report", "blackpool", "leeds"), "leeds"),
        (("twin", "demo_area"), "Did you mean demo_area_b?"),
    ],
)
def test_an_unknown_name_offers_the_nearest_known_one(project: Path, arguments: tuple[str, ...], hint: str) -> None:
    found = compendium(project, *arguments)
    assert found.returncode == 1
    assert hint in found.stderr
    assert not (project / "outputs").exists()


def test_an_unknown_parameter_and_one_out_of_bounds_are_refused_before_a_kernel_starts(project: Path) -> None:
    settings = project / "localities" / "blackpool" / "locality.yml"
    written = settings.read_text("utf-8").replace("03_case_files: {", "03_case_files: {simulatons: 10, ")
    settings.write_text(written, "utf-8")
    found = compendium(project, "run", "blackpool")
    assert found.returncode == 1
    assert "simulatons" in found.stderr
    assert not (project / ".private").exists()


def test_a_notebook_that_stops_is_named_by_cell_and_nothing_of_it_is_released(project: Path) -> None:
    first = compendium(project, "run", "demo_area_b", "--only", "05")
    assert first.returncode == 0, first.stderr
    before = digests(project / "outputs")
    path = project / "notebooks" / "05_pilot_evaluation.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    code[-1]["source"] = ["secret = 'canary-4711'\n", "raise ValueError(secret)"]
    path.write_text(json.dumps(notebook), "utf-8")
    found = compendium(project, "run", "demo_area_b", "--only", "05")
    assert found.returncode == 1
    assert "05_pilot_evaluation" in found.stderr
    assert "ValueError" in found.stderr
    assert "canary-4711" not in found.stderr + found.stdout
    assert "Traceback" not in found.stderr
    assert digests(project / "outputs") == before


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small compendium that has run once."""
    project = copy_toy(tmp_path_factory.mktemp("toy") / "project", {"01_toy": [OPEN, PUBLISH]})
    made = compendium(project, "run")
    assert made.returncode == 0, made.stderr
    return project


@pytest.fixture
def toy(settled: Path, tmp_path: Path) -> Path:
    shutil.copytree(settled, tmp_path / "toy")
    return tmp_path / "toy"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("hoard = [bytearray(50_000_000) for _ in range(40)]", "code cell 3 needed more than the 700 MB"),
        ("import time; time.sleep(60)", "code cell 3 took longer than the 15 seconds"),
        ("import os; os._exit(3)", "code cell 3: the kernel died"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "code cell 3: the kernel died"),
        ("import sys; sys.exit(0)", "code cell 3 stopped with SystemExit"),
        ("input('name')", "code cell 3 stopped with an error"),
        ("def", "code cell 3 stopped with SyntaxError"),
    ],
    ids=["memory", "time", "exit", "killed", "leaves", "asks", "not Python"],
)
def test_a_notebook_that_goes_wrong_is_named_by_cell_and_the_release_stands(toy: Path, cell: str, words: str) -> None:
    before = digests(toy / "outputs")
    write_notebook(toy, "02_wrong", [OPEN, cell])
    settings = (toy / SETTINGS).read_text("utf-8").partition("limits:")[0]
    seconds = 15 if "sleep" in cell else 300  # a busy machine takes some seconds to open the tables
    (toy / SETTINGS).write_text(f"{settings}limits: {{memory_mb: 700, seconds: {seconds}}}\n", "utf-8")
    found = compendium(toy, "run")
    assert found.returncode == 1
    assert f"notebooks/02_wrong.ipynb ({LOCALITY}): {words}" in found.stderr
    assert "Traceback" not in found.stderr
    assert "Task was destroyed" not in found.stderr
    assert digests(toy / "outputs") == before


def test_what_is_wrong_with_a_table_is_said_once_with_the_notebooks_that_wait_for_it(toy: Path) -> None:
    write_notebook(toy, "02_reads_it_too", ["1", OPEN])
    lines = (toy / VICTIMS).read_text("utf-8").splitlines()
    broken = lines[1].split(",")
    broken[lines[0].split(",").index("sex")] = "not_a_sex"
    (toy / VICTIMS).write_text("\n".join([lines[0], ",".join(broken), *lines[2:]]) + "\n", "utf-8")
    *_, wrong, first, second, counted = compendium(toy, "run").stderr.splitlines()
    assert wrong.startswith(f"error: {VICTIMS}, row 2, column sex: ") and "not_a_sex" not in wrong
    assert first == f"error: notebooks/01_toy.ipynb ({LOCALITY}): code cell 2 waits until that is mended."
    assert second == f"error: notebooks/02_reads_it_too.ipynb ({LOCALITY}): code cell 3 waits until that is mended."
    assert counted == "1 problem. Nothing that rests on it was made."


def test_a_notebook_may_print_much_fork_and_change_its_folder(toy: Path) -> None:
    before = digests(toy / "outputs" / LOCALITY / "tables")
    rude = "import os\nprint('x' * 20_000_000)\nos.chdir('/')\nif os.fork() == 0: os._exit(0)"
    write_notebook(toy, "01_toy", [OPEN, rude, PUBLISH])
    found = compendium(toy, "run")
    assert found.returncode == 0, found.stderr
    assert digests(toy / "outputs" / LOCALITY / "tables") == before


@pytest.mark.long  # tests/faults kills it before every step that counts
def test_a_run_killed_at_any_moment_is_made_good_by_the_next(toy: Path) -> None:
    want, whole = digests(toy / "outputs"), digests(toy / "outputs" / LOCALITY)
    for seconds in (2.0, 4.0, 5.0, 6.0):
        command = [sys.executable, "-m", "compendium", "run", "--force"]
        running = subprocess.Popen(command, cwd=toy, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        standing = digests(toy / "outputs" / LOCALITY) if (toy / "outputs" / LOCALITY).exists() else whole
        assert standing == whole
    found = compendium(toy, "run")
    assert found.returncode == 0, found.stderr
    assert digests(toy / "outputs") == want
    assert not list((toy / ".private" / LOCALITY).glob(".run-*"))


def test_of_two_runs_at_once_one_says_so(toy: Path) -> None:
    want = digests(toy / "outputs")
    write_notebook(toy, "01_toy", [OPEN, "import time; time.sleep(4)", PUBLISH])
    command = [sys.executable, "-m", "compendium", "run", "--force"]
    first = subprocess.Popen(command, cwd=toy, stderr=subprocess.DEVNULL)
    lock = toy / ".private" / LOCALITY
    while first.poll() is None and not list(lock.glob(".run-*")):
        time.sleep(0.1)
    second = compendium(toy, "run", "--force")
    assert second.returncode == 1
    assert f"Another command is at work on {LOCALITY}" in second.stderr
    assert first.wait() == 0
    tables = {name: value for name, value in want.items() if "/tables/" in name}
    assert {name: value for name, value in digests(toy / "outputs").items() if "/tables/" in name} == tables


@pytest.mark.parametrize("name", ["reads.json", "victims_by_form.json"])
def test_a_damaged_proposal_makes_its_notebook_run_again(toy: Path, name: str) -> None:
    want = digests(toy / "outputs")
    (toy / ".private" / LOCALITY / "proposals" / "01_toy" / name).write_text("", "utf-8")
    found = compendium(toy, "run")
    assert found.returncode == 0, found.stderr
    assert "what its last run left is damaged" in found.stderr
    assert digests(toy / "outputs") == want


def test_a_notebook_that_is_renamed_leaves_nothing_behind(toy: Path) -> None:
    (toy / "notebooks" / "01_toy.ipynb").rename(toy / "notebooks" / "07_toy.ipynb")
    found = compendium(toy, "run")
    assert found.returncode == 0, found.stderr
    assert [path.name for path in (toy / "outputs" / LOCALITY / "notebooks").iterdir()] == ["07_toy.ipynb"]


def test_only_what_a_notebook_rests_on_makes_it_run_again(toy: Path) -> None:
    def why() -> str:
        return compendium(toy, "run", "--explain").stdout

    assert why().startswith("keep")
    os.utime(toy / VICTIMS)
    assert why().startswith("keep")
    looked_up = toy / VICTIMS.with_name("areas.synthetic.csv")
    for path in (toy / VICTIMS, looked_up, *(toy / "data_dictionaries" / f"{n}.yml" for n in ("areas", "case_files"))):
        content = path.read_bytes()
        path.write_bytes(content + b"\n")
        assert f"the input {path.relative_to(toy).as_posix()} changed" in why()
        path.write_bytes(content)
    assert why().startswith("keep")


def test_a_place_that_cannot_be_written_is_named(toy: Path) -> None:
    shutil.rmtree(toy / "outputs")
    (toy / "outputs").write_text("in the way", "utf-8")
    found = compendium(toy, "run")
    assert found.returncode == 1
    assert "outputs: the system refused" in found.stderr
    assert (toy / "outputs").read_text("utf-8") == "in the way"


def test_folders_and_notebooks_that_would_be_passed_over_are_said(toy: Path) -> None:
    (toy / "localities" / "Leeds copy").mkdir()
    (toy / "localities" / "york").mkdir()
    (toy / "notebooks" / "02_broken.ipynb").write_text("{", "utf-8")
    (toy / "notebooks" / "Untitled copy.ipynb").write_text("{}", "utf-8")
    (toy / VICTIMS).write_bytes(b"")
    found = compendium(toy, "check")
    assert found.returncode == 1
    for name in ("Leeds copy", "york", "02_broken", "Untitled copy", "victims.synthetic.csv"):
        assert name in found.stderr, name


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("run", "--bogus"), 2),
        (("run", "--jobs", "0"), 2),
        (("run", "--all", LOCALITY), 2),
        (("bogus",), 2),
        ((), 2),
        (("audit", "nowhere"), 1),
        (("render", "--root", "nowhere"), 1),
        (("check", "--root", "nowhere"), 1),
    ],
)
def test_the_exit_status_tells_wrong_use_from_what_failed(toy: Path, arguments: tuple[str, ...], status: int) -> None:
    found = compendium(toy, *arguments)
    assert found.returncode == status, found.stderr
    assert "Traceback" not in found.stderr
