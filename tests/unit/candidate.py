"""A candidate without a kernel: proposals, the notebook that made them, a locality, settled for a test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import nbformat
import pandas as pd

from compendium import proposals
from compendium.aggregate import Counts, Dimension, Origin, Provenance
from compendium.locality import Locality, load_locality
from compendium.paths import Root
from compendium.proposals import Proposal
from compendium.release.settle import settle

NAME = "leeds"
NOTEBOOK = "03_case_files"
ZONES = {"Z05": "Zone 05", "Z06": "Zone 06", "Z07": "Zone 07", "Z08": "Zone 08"}
FORMS = {"image": "Image of the child", "other": "Other"}
Table = Mapping[tuple[str, str], int]
EVEN: Table = {(zone, form): 30 for zone in ZONES for form in FORMS}
SETTINGS = """id: leeds
name: Leeds
period: {from: 2026-01, to: TO}
help_lines:
  - {name: Childline, phone: "0800 1111", checked: 2026-03-01}
"""


def dimensions() -> tuple[Dimension, Dimension]:
    return Dimension("zone", "Zone", ZONES, area=True), Dimension("form", "Form of harm", FORMS)


def origin(provenance: Provenance = "real") -> Origin:
    return Origin("victims", "Victims", "sensitive", provenance, "threshold-10", "the records of the test")


def counts(table: Table, provenance: Provenance = "real") -> Counts:
    rows = [(*labels, count) for labels, count in table.items()]
    return Counts(pd.DataFrame(rows, columns=["zone", "form", "count"]), "victim", dimensions(), origin(provenance))


def propose(
    root: Root,
    table: Table,
    *,
    to: str = "2026-02",
    provenance: Provenance = "real",
    title: str = "Victims by area",
    chart: str = "",
) -> Locality:
    """Write the locality and one proposal, as a run of its notebook would leave them."""
    folder = root.localities / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "locality.yml").write_text(SETTINGS.replace("TO", to), "utf-8")
    home = root.proposals(NAME) / NOTEBOOK
    home.mkdir(parents=True, exist_ok=True)
    (home / proposals.READS).write_text(json.dumps({"files": {}, "modules": []}), "utf-8")
    proposals.write(home, Proposal("victims_by_area", NOTEBOOK, title, counts(table, provenance), chart))
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                f'study.publish("victims_by_area", by_area, title="{title}", chart="{chart}")', id="c1"
            )
        ],
        metadata={"compendium": {"title": "Case files"}},
    )
    raw = root.raw_notebooks(NAME)
    raw.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, raw / f"{NOTEBOOK}.ipynb")
    return load_locality(root, NAME)


def candidate(path: Path, table: Table = EVEN, **how: str) -> tuple[Root, Locality]:
    """Settle a candidate below `path`: its root and its locality."""
    root = Root(path)
    locality = propose(root, table, **how)  # type: ignore[arg-type]
    settle(root, locality, [NOTEBOOK])
    return root, locality
