"""What somebody waits for before anything is done: libraries that take seconds are imported where they are needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from compendium.cli import at_once
from tests.shared import ROOT

HEAVY = {
    "numpy",
    "pandas",
    "polars",
    "scipy",
    "matplotlib",
    "papermill",
    "nbformat",
    "nbclient",
    "jsonschema",
    "openpyxl",
}


WITH_COMMANDS = {"typer", "pydantic", "yaml", "asyncio"}  # a tenth of a second and more


@pytest.mark.parametrize(
    "program",
    [
        "import compendium.cli",
        "from compendium.cli import main; sys.argv = ['compendium', '--help']\ntry: main()\nexcept SystemExit: pass",
        "import compendium.workflow.run",  # before it is known that a notebook has to run
    ],
)
def test_no_heavy_library_is_imported(program: str) -> None:
    script = f"import sys\n{program}\nprint('IMPORTED', *sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    imported = set(ran.stdout.splitlines()[-1].split())
    assert "IMPORTED" in imported
    assert not imported & HEAVY


def test_a_run_in_which_nothing_changed_does_not_even_import_what_reads_command_lines() -> None:
    script = "import sys, compendium.cli\nprint('IMPORTED', *sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    imported = set(ran.stdout.splitlines()[-1].split())
    assert "compendium.workflow.glance" in imported
    assert not imported & (HEAVY | WITH_COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--explain"],
        ["run", "--force"],
        ["run", "--verify"],
        ["run", "--json"],
        ["run", "--only", "03"],
        ["run", "--all", "leeds"],
        ["run", "--jobs", "0"],
        ["run", "--kernel", "hot"],
        ["run", "--root"],
        ["run", "--help"],
        ["report"],
        ["run", "no_such_place"],
        [],
    ],
)
def test_whatever_is_more_than_a_plain_run_is_left_to_the_command_line(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_once.glance, "standing", lambda root, names: dict.fromkeys(names, 1))
    assert not at_once.nothing_to_do(arguments)


@pytest.mark.parametrize(
    "arguments", [["run"], ["run", "--all", "-j", "4"], ["run", "blackpool", "-q"], ["run", "--root", str(ROOT)]]
)
def test_a_plain_run_that_has_nothing_to_do_is_said_at_once(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(at_once, "stray_problems", lambda root: [])
    monkeypatch.setattr(at_once.glance, "standing", lambda root, names: dict.fromkeys(names, 6))
    assert at_once.nothing_to_do(arguments)
    assert ("rest on nothing that changed" in capsys.readouterr().err) == ("-q" not in arguments)


def test_a_command_reads_notebooks_without_building_grammars_of_addresses() -> None:
    """rfc3987-syntax, brought by JupyterLab, takes longer to load than all else that reads and runs a notebook."""
    run = "try: main(['doctor', '--help'])\nexcept SystemExit: pass"
    reads = "import nbformat, papermill\nprint('IMPORTED', *sys.modules)"
    script = f"import sys\nfrom compendium.cli import main\n{run}\n{reads}"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    imported = set(ran.stdout.splitlines()[-1].split())
    assert {"nbformat", "jsonschema"} <= imported and "lark" not in imported
