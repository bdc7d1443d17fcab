"""The embedded engine and Quarto make sites with the same facts: titles, numbers, tables, notes, navigation, words."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from compendium.site import render
from tests.shared import SHARED, needs_shared


@needs_shared
def test_a_reader_finds_on_our_pages_what_quarto_would_have_shown(tmp_path: Path) -> None:
    published = SHARED / "quarto"
    project = shutil.copytree(published / "fixture", tmp_path / "fixture")
    made = render(project, engine="pandoc")
    program = [sys.executable, "extract_facts.py", str(made.output_dir), "--notebook", "fixture/case-flow.ipynb"]
    compared = subprocess.run(
        [*program, "--against", "golden.json"], cwd=published, capture_output=True, text=True, check=False
    )
    assert "0 differing facts" in compared.stdout, compared.stdout + compared.stderr
    assert compared.returncode == 0
