"""A small compendium: the second locality and notebooks of a few cells, to be attacked."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat

from tests.shared import ROOT

LOCALITY = "demo_area_b"
SETTINGS = Path("localities") / LOCALITY / "locality.yml"
VICTIMS = Path("localities") / LOCALITY / "data" / "synthetic" / "victims.synthetic.csv"
OPEN = """from compendium import Study
from compendium.analysis import cases
study = Study.open(locality)
files = study.table("case_files")
victims = files["victims"].frame"""
PUBLISH = """study.publish(
    "victims_by_form",
    cases.counts(files, by=["form_three", "responsible"], unit="victim"),
    title="Victims by form",
    chart="bars",
    caption="Victims by form of harm.",
)"""


def copy_toy(target: Path, notebooks: dict[str, Sequence[str]], *, limits: str = "") -> Path:
    """A compendium in `target` whose notebooks have a parameters cell and these cells."""
    for folder in ("data_dictionaries", "evidence", "framework", f"localities/{LOCALITY}"):
        shutil.copytree(ROOT / folder, target / folder)
    for file in ("_quarto.yml", "_variables.yml"):
        shutil.copy(ROOT / file, target / file)
    settings = target / SETTINGS
    text = re.sub(r"(?m)^notebooks:\n(?: .*\n)+", "", settings.read_text("utf-8"))  # parameters of others than these
    settings.write_text(re.sub(r"limits:.*", f"limits: {limits}", text) if limits else text, "utf-8")
    (target / "notebooks").mkdir()
    for name, cells in notebooks.items():
        write_notebook(target, name, cells)
    return target


def write_notebook(project: Path, name: str, cells: Sequence[str]) -> None:
    """Write a notebook of code cells after its parameters cell."""
    new = nbformat.v4
    first = new.new_code_cell('locality: str = ""', metadata={"tags": ["parameters"]}, id="parameters")
    notebook = new.new_notebook(cells=[first, *(new.new_code_cell(c, id=f"c{i}") for i, c in enumerate(cells))])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata["compendium"] = {"title": name, "parameters": {"locality": {"type": "string"}}}
    (project / "notebooks" / f"{name}.ipynb").write_text(nbformat.writes(notebook), "utf-8")
