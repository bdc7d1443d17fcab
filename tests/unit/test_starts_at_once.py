"""What somebody waits for before anything is done: libraries that take seconds are imported where they are needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
