"""The notebook gate: of an executed notebook only what was published and released goes out.

Every output that `publish` did not issue is dropped: tables of rows, prints, warnings, tracebacks, images, widgets.
So are execution counts, kernel metadata, papermill's times and paths, and cell attachments.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import nbformat
from nbformat import NotebookNode

from compendium.errors import DisclosureRefused
from compendium.paths import INJECTED

KEPT_TAGS = ("parameters",)
NOT_PROPOSED = "not proposed"


def without_what_it_spilt(raw: NotebookNode, proposed: Collection[str]) -> NotebookNode:
    """`raw` as it is kept among private files: of its outputs, only where each of the `proposed` tables stands.

    What a cell printed, warned, logged or drew may be a record, and nobody reads it there: it is kept nowhere.
    """
    cells = []
    for old in raw.cells:
        cell = NotebookNode({**old, "metadata": NotebookNode(tags=old.metadata.get("tags", []))})
        if cell.cell_type == "code":
            names = [name for output in old.outputs if (name := _published_name(output))]
            cell.outputs = [_placeholder(name if name in proposed else NOT_PROPOSED) for name in names]
        cells.append(cell)
    kept = {name: raw.metadata[name] for name in ("kernelspec", "language_info", "compendium") if name in raw.metadata}
    return NotebookNode({**raw, "metadata": NotebookNode(kept), "cells": cells})


def _placeholder(name: str) -> NotebookNode:
    return nbformat.v4.new_output("display_data", metadata={"compendium": {"publish": name}})


def pass_through(
    raw: NotebookNode, shown: Mapping[str, str], *, title: str, metadata: Mapping[str, str]
) -> NotebookNode:
    """The public copy of `raw`: each placeholder filled with the markdown of its released object in `shown`."""
    kept = [cell for cell in raw.cells if INJECTED not in cell.metadata.get("tags", [])]
    cells = [_cell(cell, f"cell-{number}", shown) for number, cell in enumerate(kept, 1)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata = NotebookNode(
        kernelspec={"name": "python3", "display_name": "Python 3", "language": "python"},
        language_info={"name": "python"},
        compendium={"title": title, **metadata},
    )
    return notebook


def _cell(old: NotebookNode, cell_id: str, shown: Mapping[str, str]) -> NotebookNode:
    """`cell_id` is its name on its page too: numbers lead to the cell that published them."""
    tags = old.metadata.get("tags", [])
    if old.cell_type != "code":
        if old.cell_type == "raw":
            return nbformat.v4.new_raw_cell(old.source, id=cell_id)
        return nbformat.v4.new_markdown_cell(old.source, id=cell_id)
    kept = [tag for tag in tags if tag in KEPT_TAGS]
    outputs = [
        nbformat.v4.new_output("display_data", data={"text/markdown": _shown(output, shown)})
        for output in old.outputs
        if _published_name(output)
    ]
    return nbformat.v4.new_code_cell(
        old.source, id=cell_id, outputs=outputs, metadata={"tags": kept} if kept else {}, execution_count=None
    )


def _published_name(output: NotebookNode) -> str:
    ours = output.get("metadata", {}).get("compendium")
    return str(ours.get("publish", "")) if isinstance(ours, Mapping) else ""


def _shown(output: NotebookNode, shown: Mapping[str, str]) -> str:
    name = _published_name(output)
    if name not in shown:
        raise DisclosureRefused(  # the name isn't repeated: a cell can put anything there
            "A notebook shows something as published that was never settled.", "Publish it, and run the notebook again."
        )
    return shown[name]
