"""The site as books: cover, parts in the order of the navigation, chapters that lead to each other, one a place."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from compendium.sameness import compare
from compendium.site import render
from compendium.site.pdf import site_books
from compendium.site.project import read_project
from compendium.site.source import read_page
from tests.acceptance.project import compendium, elsewhere, somebody_else
from tests.shared import ROOT

CONFIG = """\
project: {type: website, output-dir: out, render: ["*.qmd", "a/*.qmd", "b/*.qmd"]}
website:
  title: A report of two towns
  navbar:
    title: The report
    left:
      - {href: index.qmd, text: Start}
      - {text: Alpha, menu: [{href: a/two.qmd, text: Two}, {href: a/one.qmd, text: One}]}
      - {text: Beta, menu: [{href: b/one.qmd, text: One}]}
      - {href: both.qmd, text: Both}
    right:
      - {text: How, menu: [{href: how.qmd, text: How}, {href: columns.qmd, text: Columns}]}
  page-footer: {left: "Text: CC BY 4.0."}
execute: {enabled: false}
"""
LONG = "| Zone | Number |\n|:--|--:|\n" + "".join(f"| Zone {n} | {n} |\n" for n in range(60)) + "\n: Long.\n"


def page(title: str, body: str, *front: str) -> str:
    return "\n".join(["---", f"title: {title}", *front, "---", "", body, ""])


ALPHA, BETA = ("locality: Alpha", "provenance: synthetic"), ("locality: Beta", "provenance: records")
FOLDED = f'::: {{.callout-note collapse="true" title="The numbers behind"}}\n\n{LONG}\n:::\n'
PAGES = {
    "index.qmd": page("Welcome", "See [the other](a/one.qmd#sec-deep).", "cover-note: Help is on the first pages."),
    "both.qmd": page(
        "Side by side", "Both.", "provenance: illustrative", 'print-mark: "Invented rules. Synthetic, too."'
    ),
    "how.qmd": page("How it is done", "How.", "provenance: illustrative"),
    "columns.qmd": page("All columns", "Column after column.", "print: false"),
    "apart.qmd": page("Apart", "In no menu."),
    "a/one.qmd": page("First of Alpha", f"## Deep {{#sec-deep}}\n\nDeep down.\n\n{FOLDED}", *ALPHA),
    "a/two.qmd": page("Second of Alpha", '## More\n\nMore $a^2$.\n\n![Bars.](bars.svg){fig-alt="Three bars."}', *ALPHA),
    "b/one.qmd": page("First of Beta", "## Deep {#sec-deep}\n\nBeta.", *BETA),
}
CHART = ROOT / "docs" / "images" / "charts" / "bars.svg"
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler reads PDF here, and is missing")


def laid_out(root: Path) -> Path:
    """The site above, not yet printed."""
    (root / "a").mkdir(parents=True)
    (root / "b").mkdir()
    (root / "_quarto.yml").write_text(CONFIG, encoding="utf-8")
    for name, text in PAGES.items():
        (root / name).write_text(text, encoding="utf-8")
    shutil.copyfile(CHART, root / "a" / "bars.svg")
    return root


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site above, printed."""
    root = laid_out(tmp_path_factory.mktemp("books") / "site")
    made = render(root, engine="pandoc", to="pdf")
    assert made.pages == ("report.pdf", "a/report.pdf", "b/report.pdf")
    return root


def test_printed_elsewhere_by_somebody_else_the_books_have_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Another folder, home, time zone, language, umask, hash seed and number of threads."""
    other = laid_out(tmp_path / "a folder with blanks")
    threads = {"PYTHONHASHSEED": "77", "RAYON_NUM_THREADS": "1", "SOURCE_DATE_EPOCH": "1"}
    asked = ("render", "--root", ".", "--engine", "pandoc", "--to", "pdf")
    made = compendium(other, *asked, before=somebody_else("077"), **elsewhere(tmp_path), **threads)
    assert made.returncode == 0, made.stderr
    found = compare(folder / "out", other / "out")
    assert found.alike and found.same == 3, "\n".join(found.lines())


def words(path: Path) -> list[str]:
    """The text of each sheet."""
    ran = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return [" ".join(sheet.split()) for sheet in ran.stdout.decode().split("\f")[:-1]]


def test_parts_follow_the_navigation_and_a_place_has_a_book_without_the_other_place(folder: Path) -> None:
    project = read_project(folder)
    found = site_books(project, [read_page(project, source) for source in project.sources])
    parts = {book.name: [(part.title, part.sources) for part in book.parts] for book in found}
    start, how = ("Start", ("index.qmd",)), ("How", ("how.qmd",))
    alpha, beta = ("Alpha", ("a/two.qmd", "a/one.qmd")), ("Beta", ("b/one.qmd",))
    both, rest = ("Both", ("both.qmd",)), ("More", ("apart.qmd",))
    assert parts["report.pdf"] == [start, alpha, beta, both, how, rest]
    assert parts["a/report.pdf"] == [start, alpha, how, rest]
    assert parts["b/report.pdf"] == [start, beta, how, rest]


@needs_poppler
def test_cover_contents_and_what_each_sheet_says(folder: Path) -> None:
    sheets = words(folder / "out" / "a" / "report.pdf")
    for said in (
        "The report",
        "Alpha",
        "A report of two towns",
        "Synthetic data.",
        "Help is on the first",
        "CC BY 4.0",
    ):
        assert said in sheets[0], said
    assert "First of Beta" not in " ".join(sheets)
    assert all(title in sheets[1] for title in ("Contents", "Start", "Second of Alpha", "First of Alpha"))
    deep = next(sheet for sheet in sheets if "Deep down." in sheet)
    assert deep.startswith("Alpha: First of Alpha Synthetic data.")
    whole = words(folder / "out" / "report.pdf")
    assert "Invented rules. Synthetic data. Real records, approved for release. Help" in whole[0], "a sentence a kind"
    beta = next(sheet for sheet in whole if "Beta." in sheet and "Deep" in sheet)
    assert "Synthetic" not in beta, "a sheet says of its own records where they come from, not of others"


@needs_poppler
def test_long_folded_tables_and_pages_for_the_screen_stay_on_the_site(folder: Path) -> None:
    whole = " ".join(words(folder / "out" / "report.pdf"))
    assert "The table behind this figure has 60 rows" in whole
    assert "Zone 59" not in whole
    assert "Column after column." not in whole


def test_a_link_to_another_page_leads_to_its_chapter_where_the_book_has_it(folder: Path) -> None:
    links = {
        name: (folder / "out" / name).read_bytes().count(b"/Subtype/Link") for name in ("a/report.pdf", "b/report.pdf")
    }
    parts, chapters = 4, {"a/report.pdf": 5, "b/report.pdf": 4}
    listed = {name: parts + 2 * number for name, number in chapters.items()}  # in the contents, and where a part begins
    assert {name: links[name] - listed[name] for name in links} == {"a/report.pdf": 1, "b/report.pdf": 0}


def test_a_place_whose_name_no_font_has_keeps_no_book_from_being_made(tmp_path: Path) -> None:
    """In its name, its menu, the note on its records and what stands beside a title."""
    (tmp_path / "_quarto.yml").write_text(
        "project: {type: website, output-dir: out, render: [index.qmd, a.qmd]}\n"
        "website: {title: T, navbar: {left: [index.qmd, {text: \u4eac, menu: [a.qmd]}]}}\n",
        encoding="utf-8",
    )
    (tmp_path / "index.qmd").write_text(page("Start", "Words."), encoding="utf-8")
    front = ("locality: \u4eac", "subtitle: \u4eac", "provenance-note: \u4eac", "provenance: synthetic")
    (tmp_path / "a.qmd").write_text(page("First", "Words.", *front), encoding="utf-8")
    assert render(tmp_path, engine="pandoc", to="pdf").pages[0] == "report.pdf"
