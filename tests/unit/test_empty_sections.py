"""What a locality doesn't supply takes one sentence of its page, not a section of headings without figures."""

from __future__ import annotations

from typing import Any

from compendium.report.empty_sections import without_empty_sections

ABSENT = "*Incidents by year: this locality supplies no such table.*\n"


def words(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": text}


def code(*shown: str) -> dict[str, Any]:
    outputs = [{"data": {"text/markdown": text}, "output_type": "display_data"} for text in shown]
    return {"cell_type": "code", "source": "study.publish()", "outputs": outputs}


def page(cells: list[dict[str, Any]]) -> str:
    without_empty_sections(cells)
    return "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown").strip()


def test_neighbouring_sections_without_figures_become_one_sentence_that_keeps_their_anchors() -> None:
    cells = [
        words("## Beside others {#sec-beside}\n\n### A real comparison\n\nReal figures."),
        code(ABSENT),
        words("#### By month, and after\n\nMonths."),
        code(ABSENT),
        words("### Official figures {#sec-official}\n\nWords."),
        code(ABSENT, "*Other: nothing to show.*"),
        words("### From abroad\n\nStays."),
        code("| a | b |"),
    ]
    assert page(cells) == (
        "## Beside others {#sec-beside}\n\nNot shown, because this locality supplies no such figures: "
        "[A real comparison]{#a-real-comparison}; [Official figures]{#sec-official}.\n\n\n### From abroad\n\nStays."
    )
    assert [cell["source"].startswith("#| include: false") for cell in cells if cell["cell_type"] == "code"] == [
        True, True, True, False,
    ]  # fmt: skip


def test_a_section_with_one_table_stays_whole() -> None:
    cells = [words("### Rates\n\nWords."), code(ABSENT), code("| a | b |")]
    assert page(cells) == "### Rates\n\nWords."


def test_nothing_found_is_not_the_same_as_nothing_supplied() -> None:
    cells = [words("### Orphans\n\nWords."), code("*Orphans: nothing to show.*")]
    assert page(cells) == "### Orphans\n\nWords."
