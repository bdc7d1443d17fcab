"""The embedded engine and Quarto make sites with the same facts: titles, numbers, tables, notes, navigation, words."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from compendium.site import render
from tests.shared import SHARED, needs_shared

PUBLISHED = SHARED / "quarto"
# What a reader would see if the engine got one kind of fact wrong: page, what stands there, what would stand there.
WRONG = {
    "title": ("standards.html", '<h1 class="title">Quality', '<h1 class="title">Other'),
    "window_title": ("standards.html", "<title>Quality", "<title>Other"),
    "language": ("standards.html", '<html lang="en"', '<html lang="de"'),
    "subtitle": ("index.html", "A small site with", "A large site with"),
    "description": ("index.html", "Callouts, lists,", "Lists, callouts,"),
    "headings": ("standards.html", 'id="sec-check"', 'id="sec-checks"'),
    "contents": ("standards.html", '<a href="#sec-shared"', '<a href="#sec-list"'),
    "cross_references": ("standards.html", ">Section\u00a01.1<", ">Section\u00a01.2<"),
    "links": ("index.html", 'href="pages/evidence-review.html#sec-pooling"', 'href="pages/evidence-review.html"'),
    "figures": ("standards.html", 'alt="Three bars that grow', 'alt="Two bars that grow'),
    "tables": ("standards.html", "Table\u00a02:", "Table\u00a03:"),
    "equations": ("pages/evidence-review.html", "(</mo><mn>2", "(</mo><mn>9"),
    "formulas": ("pages/evidence-review.html", "a^2 + b^2", "a^2 - b^2"),
    "footnote_marks": ("index.html", "<sup>2</sup>", "<sup>3</sup>"),
    "footnotes": ("index.html", "An inline footnote with", "An inline note with"),
    "citations": ("pages/evidence-review.html", 'data-cites="cedar2098standards"', 'data-cites="other"'),
    "bibliography": ("pages/evidence-review.html", 'id="ref-cedar2098standards"', 'id="ref-cedar"'),
    "callouts": ("index.html", "callout-caution", "callout-tip"),
    "tabsets": ("standards.html", "By program", "By programme"),
    "code_blocks": ("case-flow.html", '<details class="code-fold">', '<details class="code-fold" open>'),
    "embeds": ("standards.html", 'class="quarto-embed-nb-cell"', 'class="embed"'),
    "tasks": ("index.html", 'checked=""', ""),
    "definitions": ("index.html", "<dt>", "<dd>"),
    "navbar": ("index.html", ">Example host<", ">Another host<"),
    "sidebar": ("index.html", ">Chapters</a></summary>", ">Parts</a></summary>"),
    "footer": ("index.html", ">Example licence<", ">Another licence<"),
    "text": ("index.html", "Escaped markup stays", "Escaped markup is"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = shutil.copytree(PUBLISHED / "fixture", tmp_path_factory.mktemp("quarto") / "fixture")
    return render(project, engine="pandoc").output_dir


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("extract_facts", PUBLISHED / "extract_facts.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_shared
def test_a_reader_finds_on_our_pages_what_quarto_would_have_shown(site: Path) -> None:
    program = [sys.executable, "extract_facts.py", str(site), "--notebook", "fixture/case-flow.ipynb"]
    compared = subprocess.run(
        [*program, "--against", "golden.json"], cwd=PUBLISHED, capture_output=True, text=True, check=False
    )
    assert "0 differing facts" in compared.stdout, compared.stdout + compared.stderr
    assert compared.returncode == 0


@needs_shared
@pytest.mark.parametrize("kind", WRONG)
def test_a_fact_of_each_kind_that_is_wrong_is_noticed(site: Path, program: ModuleType, kind: str) -> None:
    name, right, wrong = WRONG[kind]
    page = (site / name).read_text("utf-8")
    assert right in page
    golden = json.loads((PUBLISHED / "golden.json").read_text("utf-8"))["pages"][name]
    have = program.page_facts(name, program.BeautifulSoup(page.replace(right, wrong), "html.parser"), site)
    differing = {re.split(r"[/\[]", path)[1] for path, _, _ in program.differences(golden, have)} - program.OWN
    assert kind in differing


@needs_shared
def test_no_kind_of_fact_is_left_out(program: ModuleType) -> None:
    golden = json.loads((PUBLISHED / "golden.json").read_text("utf-8"))
    kinds = {kind for page in golden["pages"].values() for kind, found in page.items() if found}
    assert kinds - program.OWN == set(WRONG)
