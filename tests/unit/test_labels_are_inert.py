"""A label of the data that would be carried out by Quarto, pandoc or a browser stands on a page as letters."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from compendium.aggregate import Released
from compendium.release import show, tables, values
from compendium.site import render
from compendium.site.check import Links
from tests.unit.released import released

HOSTILE = {
    "shortcode env": "{{< env HOME >}}",
    "shortcode include": "{{< include /etc/hostname >}}",
    "shortcode meta": "{{< meta title >}}",
    "image": "<img src=x onerror=alert(1)>",
    "script": "<script>alert(1)</script>",
    "comment": "<!-- hidden -->",
    "link": "[x](javascript:alert(1))",
    "bare address": "https://evil.example/x",
    "raw": "`<b>`{=html}",
    "attributes": 'x"}{onclick="alert(1)"}',
    "citation": "@madigan2018",
    "mathematics": "$\\immediate$",
    "table": "a | b |\n| c",
    "division": "::: {.panel-tabset}",
    "heading": "\n\n# Heading",
    "entity": "&lt;img src=x&gt;",
    "reversed": "\u202egnp.x",
}
CONFIG = """
project: {type: website, output-dir: out, render: ['*.qmd', '*.ipynb']}
website: {title: T}
execute: {enabled: false}
"""


def hostile(name: str, label: str) -> Released:
    made = released()
    form, who = made.dimensions
    dimensions = (replace(form, title=label, categories={"image": label, "other": f"Other {label}"}), who)
    return replace(made, name=name, dimensions=dimensions, chart="bars")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page for each hostile label, with its figure and table."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "_quarto.yml").write_text(CONFIG, "utf-8")
    (folder / "index.qmd").write_text("---\ntitle: Start\n---\n\nWords.\n", "utf-8")
    entries = "\n\n".join(f"## Entry {{#{values.entry(f'label_{number}')}}}" for number in range(len(HOSTILE)))
    (folder / values.PAGE).write_text(f"---\ntitle: Whence\n---\n\n{entries}\n", "utf-8")
    (folder / "tables").mkdir()
    new = nbformat.v4
    for number, label in enumerate(HOSTILE.values()):
        item = hostile(f"label_{number}", label)
        output = new.new_output("display_data", data={"text/markdown": show.as_markdown(item, folder)})
        (folder / "tables" / f"{show.stem(item)}.csv").write_text(tables.as_csv(item), "utf-8")
        cells = [new.new_raw_cell("---\ntitle: A page\n---"), new.new_code_cell("x = 1", outputs=[output])]
        (folder / f"label_{number}.ipynb").write_text(nbformat.writes(new.new_notebook(cells=cells)), "utf-8")
    return render(folder, engine="pandoc").output_dir


@pytest.mark.parametrize("number", range(len(HOSTILE)), ids=HOSTILE)
def test_a_hostile_label_is_letters_on_a_page_and_in_a_drawing(site: Path, number: int) -> None:
    body = (site / f"label_{number}.html").read_text("utf-8").split("<main", 1)[1].split("</main>")[0]
    drawing = (site / "figures" / f"label_{number}.synthetic.svg").read_text("utf-8")
    drawing = re.sub(r"<style>(@font-face\{[^<{}]*\})+</style>", "", drawing)  # the letters it carries, nothing else
    for text in (body, drawing):
        assert not re.search(r"<script|<b>|<!-- hidden", text)
        found = Links(f"<body>{text}")
        assert found.live == []
        assert not [target for target in found.targets if re.match(r"javascript:|https://evil|x$", target)]
        assert str(Path.home()) + "<" not in text
    assert not re.search(r'class="citation|<math|role="tab"|<h1[^>]*>Heading', body)
    assert len(re.findall(r"<tr", body)) == 4, "the table keeps its rows: head, two labels and a total"
