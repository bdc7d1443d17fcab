"""Rendering a website project: what readers get, and what authors are told when a page can't be rendered."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from compendium.errors import RenderRefused
from compendium.site import render

CONFIG = """
project:
  type: website
  output-dir: out
  render: [index.qmd, "places/*/*.qmd", "*.ipynb"]
website:
  title: Test site
  navbar:
    left: [index.qmd]
execute: {enabled: false}
format:
  html: {toc: true, code-fold: true, html-math-method: mathml}
"""


def page(body: str, title: str = "Start", more: str = "") -> str:
    return f"---\ntitle: {title}\n{more}---\n\n{body}\n"


def project(folder: Path, files: dict[str, str], config: str = CONFIG) -> Path:
    for name, text in {"_quarto.yml": config, "index.qmd": page("Words."), **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def rendered(folder: Path, files: dict[str, str], name: str = "index.html", config: str = CONFIG) -> str:
    made = render(project(folder, files, config), engine="pandoc")
    return (made.output_dir / name).read_text(encoding="utf-8")


def refusal(folder: Path, files: dict[str, str], config: str = CONFIG) -> list[str]:
    with pytest.raises(RenderRefused) as refused:
        render(project(folder, files, config), engine="pandoc")
    assert not (folder / "out").exists(), "a refused site leaves nothing behind"
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("leads_to", [".private/keys.txt", "../secret.txt"])
@pytest.mark.parametrize(
    ("body", "config"),
    [
        ("[x](data.csv)", CONFIG),
        ("![x](data.csv)", CONFIG),
        ("{{< include data.csv >}}", CONFIG),
        ("Words.", CONFIG.replace("{toc: true", "{css: data.csv, toc: true")),
    ],
    ids=["link", "picture", "include", "style"],
)
def test_nothing_private_is_published_through_a_link_of_the_system(
    leads_to: str, body: str, config: str, tmp_path: Path
) -> None:
    home = project(tmp_path / "home", {".private/keys.txt": "a record"}, config)
    (tmp_path / "secret.txt").write_text("a record")
    (home / "data.csv").symlink_to(leads_to)
    assert any("data.csv" in said for said in refusal(home, {"index.qmd": page(body)}, config))


def test_what_is_out_of_sight_is_no_page_part_style_or_resource(tmp_path: Path) -> None:
    secret = {".private/keys.txt": "a record", ".private/raw.ipynb": notebook()}
    for number, body in enumerate(("{{< include .private/keys.txt >}}", "{{< embed /.private/raw.ipynb >}}")):
        assert "isn't a file of this project" in refusal(tmp_path / f"{number}", {**secret, "index.qmd": page(body)})[0]
    styled = CONFIG.replace("{toc: true", "{css: .private/keys.txt, toc: true")
    assert "isn't there" in refusal(tmp_path / "style", secret, styled)[0]
    whole = CONFIG.replace("  output-dir", '  resources: ["**/*"]\n  output-dir')
    (tmp_path / "whole").mkdir()
    (tmp_path / "elsewhere.qmd").write_text(page("a record"))
    (tmp_path / "whole" / "places" / "a").mkdir(parents=True)
    (tmp_path / "whole" / "places" / "a" / "a.qmd").symlink_to(tmp_path / "elsewhere.qmd")
    made = render(project(tmp_path / "whole", {**secret, "table.csv": "1"}, whole), engine="pandoc").output_dir
    files = [path for path in made.rglob("*") if path.is_file()]
    assert made / "table.csv" in files
    assert not [path for path in files if b"a record" in path.read_bytes()]


def notebook(*cells: dict[str, Any]) -> str:
    front = {"cell_type": "raw", "id": "front", "metadata": {}, "source": "---\ntitle: Stored\n---"}
    return json.dumps({"cells": [front, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def code_cell(source: str, data: dict[str, str]) -> dict[str, Any]:
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    return {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": 1, "source": source, "outputs": [output]}


# What is refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("::: {layout-ncol=2}\n:::", "Layout blocks"),
        ("{{< video clip.mp4 >}}", "shortcode `video`"),
        ("::: {.callout-notte}\n:::", "Did you mean note?"),
        ("```{python}\n1 + 1\n```", "{python}"),
        ("```{mermaid}\n```", "Draw it beforehand"),
        ("See @lst-code.", "@sec-, @fig-, @tbl- and @eq-"),
        ("<script>alert(1)</script>", "Live HTML"),
        ("::: {.column-margin}\n:::", "Column blocks"),
    ],
)
def test_what_quarto_knows_and_we_do_not_is_refused_by_file_and_line(tmp_path: Path, line: str, word: str) -> None:
    said = refusal(tmp_path, {"index.qmd": page(f"First.\n\n{line}")})
    assert any(text.startswith("index.qmd:7") and word in text for text in said), said


def test_the_same_signs_in_a_code_block_are_only_text(tmp_path: Path) -> None:
    html = rendered(tmp_path, {"index.qmd": page("```\n::: {layout-ncol=2}\n<script>\n{{{< var x >}}}\n```")})
    assert "&lt;script&gt;" in html
    assert "{{&lt; var x &gt;}}" in html


def test_every_problem_of_every_page_is_told_at_once(tmp_path: Path) -> None:
    files = {
        "index.qmd": page("@sec-none and {{< var a.b >}}"),
        "places/x/index.qmd": page("{{< meta c >}}\n\n{{< kbd x >}}"),
    }
    said = refusal(tmp_path, files)
    assert [text.split(": ")[0] for text in said] == ["index.qmd:5", "places/x/index.qmd:5", "places/x/index.qmd:7"]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("See @fig-none.", "@fig-none leads nowhere"),
        ("As [@nobody2020] says.", "@nobody2020 is not in the bibliography"),
        ("A note.[^lost]", "[^lost] has no text"),
        ("[here](nowhere.qmd)", "nowhere.html leads nowhere"),
        ("[here](places/x/index.qmd#gone)", "has no #gone"),
        ("[table](table.csv)", "table.csv leads nowhere"),
        ("[keys](.private/keys.txt)", ".private/keys.txt leads nowhere"),
        ("[up](../secret.txt)", "../secret.txt leads nowhere"),
        ("![away](https://example.org/x.png)", "another host"),
        ("[press](javascript:alert)", "is no address"),
        ("<b onclick='x()'>press</b>", "Write it in markdown"),
        ("[press]{onclick=x}", "onclick= is live HTML"),
        ("## A {#same}\n\n## B {#same}", "same is the id of two things"),
        ("$\\nonsense{$", "TeX"),
        ("See @sec-there.", "[words](places/x/index.qmd#sec-there)"),
    ],
)
def test_what_leads_nowhere_stops_the_build(tmp_path: Path, body: str, word: str) -> None:
    (tmp_path / ".private").mkdir()
    (tmp_path / ".private" / "keys.txt").write_text("x")
    files = {"index.qmd": page(body), "places/x/index.qmd": page("## There {#sec-there}")}
    assert any(word in text for text in refusal(tmp_path, files))


def test_a_wrong_key_of_the_project_names_its_line_and_the_nearest_known_one(tmp_path: Path) -> None:
    said = refusal(tmp_path, {}, CONFIG.replace("navbar:", "navbr:").replace("type: website", "type: book"))
    assert any("_quarto.yml:8: `website: navbr`" in text and "Did you mean navbar?" in text for text in said)
    assert any("_quarto.yml:3: Project type book" in text for text in said)


@pytest.mark.parametrize("entry", ["gone.qmd", "auto", "places/*.qmd", "{href: gone.qmd, text: Gone}"])
def test_a_navigation_entry_without_a_page_is_told_once(tmp_path: Path, entry: str) -> None:
    said = refusal(
        tmp_path, {}, CONFIG.replace("[index.qmd]", f"[index.qmd, '{entry}']".replace("'{", "{").replace("}'", "}"))
    )
    assert len(said) == 1
    assert "is no rendered page" in said[0]


def test_a_language_whose_words_we_do_not_have_is_refused(tmp_path: Path) -> None:
    assert "are English" in refusal(tmp_path, {"index.qmd": page("Words.", more="lang: de\n")})[0]


def test_a_refused_page_leaves_the_old_site_as_it_was(tmp_path: Path) -> None:
    before = rendered(tmp_path, {})
    (tmp_path / "index.qmd").write_text(page("See @fig-none."))
    with pytest.raises(RenderRefused):
        render(tmp_path, engine="pandoc")
    assert (tmp_path / "out" / "index.html").read_text(encoding="utf-8") == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".out")] == []


# Stored notebooks ---------------------------------------------------------------------------------------------------


def test_a_shortcode_hidden_in_a_stored_output_is_not_carried_out(tmp_path: Path) -> None:
    cell = code_cell("show()", {"text/markdown": "| a |\n|---|\n| {{< env HOME >}} |"})
    said = refusal(tmp_path, {"stored.ipynb": notebook(cell)})
    assert any("`env` is outside the supported subset" in text for text in said)
    cell = code_cell("show()", {"text/markdown": "{{< include _quarto.yml >}}"})
    assert refusal(tmp_path, {"stored.ipynb": notebook(cell)})


def test_a_stored_html_table_loses_everything_live(tmp_path: Path) -> None:
    table = "<style>td{}</style><table><tr><th>a</th></tr><tr><td>1<script>x()</script></td></tr></table>"
    cell = code_cell("#| label: tbl-a\n#| tbl-cap: A table", {"text/html": table})
    html = rendered(tmp_path, {"stored.ipynb": notebook(cell)}, "stored.html").split("<main")[1]
    assert "<table" in html
    assert "Table\u00a01:" in html
    assert not any(word in html for word in ("<script", "<style", "x()"))
    cell = code_cell("t", {"text/html": "<table onclick='x()'><tr><td>1</td></tr></table>"})
    (tmp_path / "more").mkdir()
    assert any("onclick=" in text for text in refusal(tmp_path / "more", {"stored.ipynb": notebook(cell)}))


def test_a_gated_figure_gets_its_number_caption_and_words_for_those_who_do_not_see_it(tmp_path: Path) -> None:
    cell = code_cell('#| label: fig-a\n#| fig-cap: "By *form*"', {"text/markdown": '![](a.svg){fig-alt="Two bars"}'})
    files = {"stored.ipynb": notebook(cell), "a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"}
    html = rendered(tmp_path, files, "stored.html")
    assert '<figure id="fig-a">' in html
    assert 'alt="Two bars"' in html
    assert "Figure\u00a01:</span> By <em>form</em></figcaption>" in html
    assert (tmp_path / "out" / "a.svg").is_file()


def test_a_closed_callout_in_a_stored_output_stays_a_callout(tmp_path: Path) -> None:
    text = '::: {.callout-note collapse="true" title="The numbers"}\n\n| a |\n|---|\n| 1 |\n\n:::'
    html = rendered(tmp_path, {"stored.ipynb": notebook(code_cell("x", {"text/markdown": text}))}, "stored.html")
    assert '<details class="callout callout-note"><summary>' in html


def test_code_is_left_out_where_the_project_says_so_and_shown_where_a_cell_does(tmp_path: Path) -> None:
    cells = [code_cell("left_out = 1", {"text/plain": "1"}), code_cell("#| echo: true\nkept = 2", {"text/plain": "2"})]
    config = CONFIG.replace("{enabled: false}", "{enabled: false, echo: false}")
    html = rendered(tmp_path, {"stored.ipynb": notebook(*cells)}, "stored.html", config)
    assert "left_out" not in html
    assert "kept" in html


def test_an_unknown_cell_option_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, {"stored.ipynb": notebook(code_cell("#| fig-captoin: x", {"text/plain": "1"}))})
    assert any("cell 2" in text and "Did you mean fig-cap" in text for text in said)


def test_an_embedded_figure_is_found_from_a_page_in_another_folder(tmp_path: Path) -> None:
    cell = code_cell("#| label: fig-a\n#| fig-cap: A", {"text/markdown": "![](img/a.svg)"})
    files = {
        "stored.ipynb": notebook(cell),
        "img/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "places/x/index.qmd": page("{{< embed ../../stored.ipynb#fig-a >}}"),
    }
    assert 'src="../../img/a.svg"' in rendered(tmp_path, files, "places/x/index.html")


# Values, parts, links -----------------------------------------------------------------------------------------------


def test_a_value_belongs_to_its_folder_and_a_pipe_in_it_ends_no_cell(tmp_path: Path) -> None:
    body = "| a | b |\n|---|---|\n| {{< meta values.x >}} | {{< var y >}} |"
    files = {
        "places/a/_metadata.yml": "values: {x: 'one|two'}",
        "places/b/_metadata.yml": "values: {x: 10}",
        "places/a/index.qmd": page(body),
        "places/b/index.qmd": page(body),
        "_variables.yml": "y: true",
    }
    assert "<td>one|two</td>" in rendered(tmp_path, files, "places/a/index.html")
    assert "<td>10</td>\n<td>true</td>" in (tmp_path / "out/places/b/index.html").read_text(encoding="utf-8")


def test_a_part_that_includes_itself_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, {"index.qmd": page("{{< include _a.md >}}"), "_a.md": "{{< include _a.md >}}"})
    assert said == ["_a.md:1: _a.md includes itself. Break the circle."]


def test_a_problem_in_an_included_part_names_the_part(tmp_path: Path) -> None:
    files = {"index.qmd": page("{{< include parts/_a.md >}}"), "parts/_a.md": "Fine.\n\nSee @tbl-none."}
    assert refusal(tmp_path, files)[0].startswith("parts/_a.md:3: @tbl-none")


def test_files_that_pages_link_to_lie_beside_them(tmp_path: Path) -> None:
    rendered(tmp_path, {"index.qmd": page("[a](data/a.csv)"), "data/a.csv": "x\n", "data/b.csv": "y\n"})
    assert (tmp_path / "out/data/a.csv").read_text() == "x\n"
    assert not (tmp_path / "out/data/b.csv").exists()


# The frame ----------------------------------------------------------------------------------------------------------


def test_the_policy_names_every_inline_style_by_hash_and_no_style_attribute_is_left(tmp_path: Path) -> None:
    html = rendered(tmp_path, {"index.qmd": page("| a |\n|--:|\n| 1 |")})
    assert "unsafe" not in html
    assert " style=" not in html
    assert "default-src &#39;none&#39;" in html
    assert 'scope="col"' in html


def test_a_synthetic_page_says_so_above_everything_it_shows(tmp_path: Path) -> None:
    more = "provenance: synthetic\nprovenance-note: Made by a *generator*.\nlocality: Alder\n"
    html = rendered(tmp_path, {"index.qmd": page("Words.", more=more)})
    band = html.index("<strong>Synthetic data.</strong> Made by a <em>generator</em>.")
    assert band < html.index("<main")
    assert '<p class="locality">Alder</p>' in html


def test_the_way_out_comes_first(tmp_path: Path) -> None:
    html = rendered(tmp_path, {"index.qmd": page("Words.", more="quick-exit: true\n")})
    first = html[html.index("<a ") :][:120]
    assert first.startswith('<a href="https://www.bbc.co.uk/weather" rel="nofollow noreferrer"')


def test_markup_in_a_title_or_menu_stays_text(tmp_path: Path) -> None:
    config = CONFIG.replace("left: [index.qmd]", "left: [{href: index.qmd, text: '<b>x</b>'}]")
    html = rendered(tmp_path, {}, config=config)
    assert "&lt;b&gt;x&lt;/b&gt;" in html


def test_two_renderings_have_the_same_bytes(tmp_path: Path) -> None:
    files = {"index.qmd": page("## A\n\n$x$ [@a] ^[n]"), "r.bib": "@book{a, title={T}, author={B, C}, year={2000}}"}
    config = CONFIG + "bibliography: r.bib\n"
    for name in ("one", "two"):
        rendered(tmp_path / name, files, config=config)
    sites = [
        {p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n / "out").rglob("*") if p.is_file()}
        for n in ("one", "two")
    ]
    assert sites[0] == sites[1]


def test_a_page_stays_below_300_kilobytes_with_all_that_it_loads(tmp_path: Path) -> None:
    rendered(tmp_path, {})
    assert sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file()) < 300_000


# Quarto itself ------------------------------------------------------------------------------------------------------


def test_without_quarto_asking_for_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RenderRefused, match="Install it, or use --engine pandoc"):
        render(project(tmp_path / "p", {}), engine="quarto")


def test_quarto_is_called_where_it_is_installed_and_its_warnings_stop_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "quarto"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "<p>$WORDS</p>" > "$4/index.html"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("WORDS", "fine")
    made = render(project(tmp_path / "p", {}))
    assert (made.engine, (made.output_dir / "index.html").read_text()) == ("quarto", "<p>fine</p>\n")
    monkeypatch.setenv("WORDS", "?var:lost")
    with pytest.raises(RenderRefused, match=r"\?var:lost"):
        render(tmp_path / "p")
