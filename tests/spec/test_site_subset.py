"""What Quarto can do and these pages may not: each is refused by file and line, with the way to write it instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compendium.errors import RenderRefused
from compendium.site import render
from tests.unit.test_site_render import CONFIG, code_cell, notebook, page, project

IN_A_PAGE = {
    "layout blocks": ("::: {layout-ncol=2}\n:::", "Set figures one below the other"),
    "layout of a figure": ("![a](a.png){#fig-a layout-valign=bottom}", "Set figures one below the other"),
    "margin columns": ("::: {.column-margin}\n:::", "Leave the block in the text's column"),
    "asides": ("[words]{.aside}", "Leave the block in the text's column"),
    "grids": ("::: {.grid}\n:::", "Leave the block in the text's column"),
    "conditional blocks": ('::: {.content-visible when-format="html"}\n:::', "Write the text for every format"),
    "hidden blocks": ("::: {.hidden}\n:::", "Write the text as a plain section"),
    "sections of the appendix": ("## More {.appendix}", "Write the text as a plain section"),
    "drawings by mermaid": ("```{mermaid}\nflowchart LR\n```", "Draw it beforehand and show the image"),
    "drawings by graphviz": ("```{dot}\ngraph G {}\n```", "Draw it beforehand and show the image"),
    "observable": ("```{ojs}\n1\n```", "Draw it beforehand and show the image"),
    "code that would be run": ("```{python}\n1 + 1\n```", "Run it in a notebook, stored with its outputs"),
    "code that would be run in R": ("```{r}\n1 + 1\n```", "Run it in a notebook, stored with its outputs"),
    "code run in a sentence": ("There are `{python} n` of them.", "Take a released value in with"),
    "names of files over code": ('```{.python filename="a.py"}\n1\n```', "Write it in the text before the block"),
    "notes on lines of code": ("```{.python}\nx = 1  # <1>\n```", "Write the note as a comment"),
    "videos": ("{{< video clip.mp4 >}}", "Known: embed, include, meta, var"),
    "variables of the machine": ("{{< env HOME >}}", "Known: embed, include, meta, var"),
    "page breaks": ("{{< pagebreak >}}", "Known: embed, include, meta, var"),
    "unknown callouts": ("::: {.callout-danger}\n:::", "Known: caution, important, note, tip, warning"),
    "listings of code": ("See @lst-code.", "Only @sec-, @fig-, @tbl- and @eq-"),
    "theorems": ("::: {#thm-line}\n:::", "Only @sec-, @fig-, @tbl- and @eq-"),
    "subfigures": (
        "::: {#fig-two}\n![a](a.png)\n\n![b](a.png)\n\nTwo\n:::",
        "Give each a name and a caption of its own",
    ),
    "references to other pages": ("See @sec-there.", "write a link, [words](other.qmd#sec-there)"),
    "LaTeX blocks": ("\\begin{align}\na\n\\end{align}", "Write the equation between $$ and $$"),
    "scripts": ("<script>x()</script>", "Write it in markdown"),
    "frames": ("<iframe src='a.html'></iframe>", "Write it in markdown"),
    "HTML in a line": ("a <mark>word</mark>", "Write it in markdown"),
    "HTML in a block": ("```{=html}\n<b>x</b>\n```", "Write it in markdown"),
    "LaTeX in a line": ("`\\vspace{1em}`{=latex}", "Write it in markdown"),
    "styles of their own": ("[words]{style='color:red'}", "write its rule in the style sheet"),
    "widths in percent": ("![a](a.png){width=50%}", "Write the width in pixels"),
    "widths of columns": ('| a |\n|---|\n| 1 |\n\n: A {#tbl-a tbl-colwidths="[90]"}', "take the room that they need"),
}
IN_FRONT = {
    "section numbers": ("number-sections: true", "refer to them with @sec-name"),
    "lists of pages": ("listing: default", "Write the list out"),
    "filters": ("filters: [a.lua]", "write the result out"),
    "an engine": ("engine: knitr", "Notebooks are stored with their outputs"),
    "a kernel": ("jupyter: python3", "Notebooks are stored with their outputs"),
    "scripts of the head": ("include-in-header: a.html", "scripts aren't taken"),
    "a date of the title block": ("date: 2026-01-01", "the title block holds title, subtitle and description"),
    "an author of the title block": ("author: A", "the title block holds title, subtitle and description"),
    "another format": ("format: {pdf: {toc: true}}", "Known: html"),
    "unknown options of the page": ("format: {html: {tocc: true}}", "Did you mean toc?"),
    "another layout": ("page-layout: full", "pages have one layout"),
    "sources that nothing cites": ("nocite: '@*'", "Cite each source where it is used"),
    "another language": ("lang: cy", "Write `lang: en`"),
}
IN_THE_PROJECT = {
    "books": ("type: website", "type: book", "Use `type: website`"),
    "programs before rendering": ("type: website", "type: website\n  pre-render: a.py", "Known: output-dir"),
    "running code": ("{enabled: false}", "{enabled: auto}", "Write `execute: enabled: false`"),
    "another theme": ("toc: true", "theme: journal, toc: true", "Known: cosmo, darkly"),
    "styles in SCSS": ("toc: true", "theme: [own.scss, cosmo], toc: true", "write styles into the style sheet"),
    "unknown keys of the site": ("title: Test site", "title: T\n  google-analytics: G", "`website: google-analytics`"),
    "menus in menus": ("left: [index.qmd]", "left: [{text: A, menu: [{text: B, menu: []}]}]", "left.menu: menu`"),
    "pages listed by themselves": ("left: [index.qmd]", "left: [auto]", "Name each page"),
    "extensions": ("execute:", "shortcodes: [a.lua]\nexecute:", "Only include, embed, var and meta"),
}


def refused(folder: Path, files: dict[str, str], config: str = CONFIG) -> list[str]:
    files = {"other.qmd": page("## There {#sec-there}"), "a.png": "x", **files}
    with pytest.raises(RenderRefused) as found:
        render(project(folder, files, config.replace("index.qmd, ", "index.qmd, other.qmd, ", 1)), engine="pandoc")
    return [str(problem) for problem in found.value.problems]


@pytest.mark.parametrize("what", IN_A_PAGE)
def test_a_construct_of_quarto_is_refused_by_line_with_what_to_write_instead(tmp_path: Path, what: str) -> None:
    text, instead = IN_A_PAGE[what]
    said = refused(tmp_path, {"index.qmd": page(f"Words.\n\n{text}")})
    lines = [f"index.qmd:{number}: " for number in range(7, 8 + text.count("\n"))]
    assert any(one.startswith(tuple(lines)) and instead in one for one in said), said


@pytest.mark.parametrize("what", IN_FRONT)
def test_a_key_of_a_page_is_refused_by_line_with_what_to_write_instead(tmp_path: Path, what: str) -> None:
    text, instead = IN_FRONT[what]
    said = refused(tmp_path, {"index.qmd": page("Words.", more=f"{text}\n")})
    assert any(one.startswith("index.qmd:3: ") and instead in one for one in said), said


@pytest.mark.parametrize("what", IN_THE_PROJECT)
def test_a_key_of_the_project_is_refused_with_what_to_write_instead(tmp_path: Path, what: str) -> None:
    old, new, instead = IN_THE_PROJECT[what]
    assert old in CONFIG
    said = refused(tmp_path, {"own.scss": "a { b: c }"}, CONFIG.replace(old, new, 1))
    assert any(one.startswith(("_quarto.yml", "own.scss")) and instead in one for one in said), said


@pytest.mark.parametrize(
    ("source", "data", "instead"),
    [
        ("#| layout-ncol: 2", {"text/plain": "1"}, "Among those known"),
        ("#| fig-subcap: [a, b]", {"text/plain": "1"}, "Among those known"),
        ("1", {"text/markdown": "{{< include _quarto.yml >}}"}, "outside stored outputs"),
        ("1", {"text/markdown": "<b onclick='x()'>b</b>"}, "Write it in markdown"),
    ],
)
def test_what_a_notebook_holds_is_refused_by_cell(
    tmp_path: Path, source: str, data: dict[str, str], instead: str
) -> None:
    said = refused(tmp_path, {"stored.ipynb": notebook(code_cell(source, data))})
    assert any("cell 2" in one and (instead in one or "Known: " in one) for one in said), said


def test_a_raw_cell_is_refused_by_number(tmp_path: Path) -> None:
    raw = {"cell_type": "raw", "id": "r", "metadata": {}, "source": "<b>"}
    said = refused(tmp_path, {"stored.ipynb": json.dumps({**json.loads(notebook(raw))})})
    assert said == ["stored.ipynb, cell 2: Raw cells are outside the supported subset. Make it a markdown cell."]
