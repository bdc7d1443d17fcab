"""Of an executed notebook only what was published and released goes out."""

from __future__ import annotations

import nbformat
import pytest

from compendium.errors import DisclosureRefused
from compendium.release.gate import NOT_PROPOSED, pass_through, without_what_it_spilt

PLACEHOLDER = {"compendium": {"publish": "victims_by_form"}}


def executed() -> nbformat.NotebookNode:
    """A notebook as papermill leaves it, with everything in it that must not leave."""
    new = nbformat.v4
    code = new.new_code_cell(
        "study.publish('victims_by_form', …)",
        execution_count=7,
        metadata={"papermill": {"start_time": "2026-01-01T00:00:00", "status": "completed"}, "tags": ["canary-tag"]},
        outputs=[
            new.new_output("stream", name="stdout", text="canary-stdout Jane Canary, 12"),
            new.new_output("stream", name="stderr", text="canary-stderr"),
            new.new_output("execute_result", data={"text/html": "<table>canary-row</table>"}, execution_count=7),
            new.new_output("display_data", data={"image/png": "Y2FuYXJ5"}),
            new.new_output("display_data", data={"text/markdown": "proposed"}, metadata=PLACEHOLDER),
            new.new_output("error", ename="ValueError", evalue="canary-value", traceback=["canary-trace"]),
        ],
    )
    cells = [
        new.new_raw_cell("---\ntitle: Case files\n---"),
        new.new_code_cell('locality: str = ""', metadata={"tags": ["parameters"]}),
        new.new_code_cell('locality = "canary-parameter"', metadata={"tags": ["injected-parameters"]}),
        new.new_markdown_cell("Prose.", attachments={"a.png": {"image/png": "canary-attachment"}}),
        code,
    ]
    notebook = new.new_notebook(cells=cells)
    notebook.metadata["papermill"] = {"input_path": "/canary/path", "parameters": {"locality": "canary-parameter"}}
    notebook.metadata["widgets"] = {"state": "canary-widget"}
    return notebook


def test_nothing_leaves_but_what_was_published() -> None:
    public = pass_through(executed(), {"victims_by_form": "| a |"}, title="Case files", metadata={"locality": "x"})
    text = nbformat.writes(public)
    assert "canary" not in text.lower()
    assert "Y2FuYXJ5" not in text
    assert [output["data"] for cell in public.cells for output in cell.get("outputs", [])] == [
        {"text/markdown": "| a |"}
    ]


def test_prose_code_and_the_parameters_cell_stay() -> None:
    public = pass_through(executed(), {"victims_by_form": "shown"}, title="Case files", metadata={})
    assert [cell.cell_type for cell in public.cells] == ["raw", "code", "markdown", "code"]
    assert public.cells[1].metadata == {"tags": ["parameters"]}


def test_a_placeholder_that_was_never_settled_is_refused() -> None:
    with pytest.raises(DisclosureRefused, match="never settled") as refused:
        pass_through(executed(), {}, title="Case files", metadata={})
    assert "victims_by_form" not in str(refused.value), "what a cell gives as a name may be a record"


def test_the_public_notebook_is_valid_and_the_same_each_time() -> None:
    one, two = (
        nbformat.writes(pass_through(executed(), {"victims_by_form": "x"}, title="t", metadata={})) for _ in range(2)
    )
    assert one == two
    nbformat.validate(nbformat.reads(one, as_version=4))


def test_among_private_files_a_notebook_is_kept_without_what_its_cells_spilt() -> None:
    kept = without_what_it_spilt(executed(), {"victims_by_form"})
    nbformat.validate(kept)
    text = nbformat.writes(kept)
    for gone in ("canary-stdout", "canary-stderr", "canary-row", "Y2FuYXJ5", "canary-value", "canary-trace"):
        assert gone not in text
    assert "canary-widget" not in text and "/canary/path" not in text
    shown = {"victims_by_form": "| a |"}
    public = pass_through(kept, shown, title="Case files", metadata={})
    assert public == pass_through(executed(), shown, title="Case files", metadata={})


def test_a_name_that_a_cell_made_up_is_not_kept_and_refused_all_the_same() -> None:
    kept = without_what_it_spilt(executed(), set())
    assert [output.metadata.compendium.publish for output in kept.cells[-1].outputs] == [NOT_PROPOSED]
    with pytest.raises(DisclosureRefused):
        pass_through(kept, {}, title="", metadata={})
