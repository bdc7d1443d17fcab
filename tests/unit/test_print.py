"""Pages on paper: what the PDF says, that it is tagged, that data stay text, that it is the same bytes again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from compendium.errors import RenderRefused
from compendium.markdown import escape, pipe_table
from compendium.site import render
from compendium.site.pdf import page_pdf, pdf_name
from compendium.site.project import read_project
from compendium.site.source import read_page

HOSTILE = (
    '#eval("1+1")',
    "#panic(1)",
    "= Heading",
    "+ item",
    "/ term: x",
    "// gone",
    "/* gone */ stays",
    "@ref <label>",
    "$x^2$",
    "`raw` ]) #x[",
    '#image("/etc/hostname")',
    '"quoted" \\u{41} ~',
    "1. one",
    "{{< env HOME >}}",
)
CONFIG = """\
project: {type: website, output-dir: out}
website: {title: A report}
execute: {enabled: false}
format: {html: {toc: true}}
"""
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="90pt" height="1200pt" viewBox="0 0 90 1200">{}</svg>'
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler reads PDF here, and is missing")


def project(folder: Path, body: str, front: str = "") -> Path:
    (folder / "_quarto.yml").write_text(CONFIG, encoding="utf-8")
    head = f"---\ntitle: Standards\nlocality: Zone\nprint: true\nprovenance: synthetic\n{front}---\n\n"
    (folder / "index.qmd").write_text(head + body, encoding="utf-8")
    return folder


def pdf(folder: Path) -> bytes:
    read = read_project(folder)
    return page_pdf(read, read_page(read, "index.qmd"))


@pytest.fixture
def said(tmp_path: Path) -> Callable[[bytes], list[str]]:
    """The text of each page."""

    def pages(data: bytes) -> list[str]:
        path = tmp_path / "said.pdf"
        path.write_bytes(data)
        ran = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
        return ran.stdout.decode().split("\f")[:-1]

    return pages


@needs_poppler
def test_a_sign_that_no_font_has_is_marked_and_keeps_no_report_from_being_made(
    tmp_path: Path, said: Callable[[bytes], list[str]]
) -> None:
    front = 'subtitle: "Asked by \U0001f44d"\n'
    text = " ".join(said(pdf(project(tmp_path, "## Dla młodzieży \u6f22 \U0001f44d\n\nПривет, 5 ≤ 6.\n", front))))
    assert "Dla młodzieży \ufffd \ufffd" in text
    assert "Привет, 5 ≤ 6." in text
    assert "Asked by \ufffd" in text


@needs_poppler
def test_labels_stay_text_wherever_they_stand(tmp_path: Path, said: Callable[[bytes], list[str]]) -> None:
    rows = [[str(number), escape(text)] for number, text in enumerate(HOSTILE)]
    table = pipe_table(["No", escape(HOSTILE[0])], rows, caption=escape(HOSTILE[1]), anchor="tbl-x")
    texts = [escape(text) for text in HOSTILE]
    items = "\n".join(f"- {text}" for text in texts)
    heads = "\n\n".join(f"## {text}" for text in texts)
    title = escape(HOSTILE[1])
    body = f'{table}\n\n{items}\n\n{heads}\n\n::: {{.callout-note title="x"}}\n{title}\n:::\n\nSee @tbl-x.\n'
    whole = " ".join("".join(said(pdf(project(tmp_path, body, f"subtitle: '{HOSTILE[0]}'\n")))).split())
    for text in HOSTILE:
        assert whole.count(" ".join(text.split())) >= 3, text
    assert "See Table 1." in whole


@needs_poppler
def test_every_sheet_says_where_it_is_from_and_what_the_records_are(
    tmp_path: Path, said: Callable[[bytes], list[str]]
) -> None:
    rows = [[str(number), "words " * 20] for number in range(90)]
    body = f"## One\n\n{pipe_table(['Number', 'Text'], rows, caption='Long', anchor='tbl-long')}\n"
    pages = said(pdf(project(tmp_path, body)))
    assert len(pages) > 4
    assert "Synthetic data." in pages[0]
    assert "Contents" in pages[1]
    for number, page in list(enumerate(pages, 1))[2:]:
        assert "Zone: Standards" in page
        assert "Synthetic data." in page
        assert f"Page {number} of {len(pages)}" in page
    held = [page for page in pages if "words words" in page]
    assert all(re.search(r"Number\s+Text", page) for page in held), "a table repeats its header on every page"


@needs_poppler
def test_words_of_a_table_of_many_columns_do_not_run_into_each_other(
    tmp_path: Path, said: Callable[[bytes], list[str]]
) -> None:
    head = ["Counted", "Unit", "Number", "Children", "Each 1,000", "From", "To", "Left out", "Same", "Most", "Whose"]
    told = "a text of some length that wants a line of its own"
    row = [told, "victims", "171", "12,605", "13.57", "11.61", "15.76", told, told, "14.99", told]
    whole = " ".join("".join(said(pdf(project(tmp_path, pipe_table(head, [row], caption="Wide"))))).split())
    for words in ("Unit Number Children", "victims 171 12,605 13.57 11.61 15.76"):
        assert words in whole


@needs_poppler
def test_what_a_screen_folds_or_tabs_stands_open_and_what_only_a_screen_needs_is_gone(
    tmp_path: Path, said: Callable[[bytes], list[str]]
) -> None:
    body = (
        '::: {.callout-note collapse="true" title="Details"}\nHidden words.\n:::\n\n'
        "::: {.panel-tabset}\n\n### First\n\nOne tab.\n\n### Second\n\nOther tab.\n\n:::\n\n"
        "::: {.screen-only}\nPrint this.\n:::\n\n"
        "::: {.figure-files}\n[Whence](index.qmd) · Download: [CSV](a.csv)\n:::\n\n"
        "::: {.table-note}\n*hidden*: small.\n\n[Where this comes from](index.qmd) · Download: [CSV](a.csv)\n:::\n\n"
        "[A page](index.qmd) and <https://example.org/x>.\n\n## Head\n\nText.\n"
    )
    whole = "".join(said(pdf(project(tmp_path, body))))
    for words in (
        "Hidden words.",
        "First",
        "One tab.",
        "Second",
        "Other tab.",
        "A page",
        "https://example.org/x",
        "small.",
    ):
        assert words in whole
    for words in ("Print this.", "Whence", "Where this comes from", "Download"):
        assert words not in whole


def test_the_pdf_is_tagged_has_an_outline_and_words_for_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "tall.svg").write_text(DRAWING.format("<text x='5' y='20'>Bars</text>"), encoding="utf-8")
    folder = project(tmp_path, '## First\n\n![Caption.](tall.svg){#fig-a fig-alt="Nine bars."}\n\n## Second\n\nx\n')
    data = pdf(folder)
    assert data.startswith(b"%PDF-1.7")
    for mark in (b"/StructTreeRoot", b"/MarkInfo", b"/Outlines", b"/Lang", b"pdfuaid:part"):
        assert mark in data, mark
    if shutil.which("pdfinfo"):
        (tmp_path / "it.pdf").write_bytes(data)
        tree = subprocess.run(["pdfinfo", "-struct-text", tmp_path / "it.pdf"], capture_output=True, check=True).stdout
        for mark in (b"H1", b"Figure", b"TOC"):
            assert mark in tree
        assert b"A4" in subprocess.run(["pdfinfo", tmp_path / "it.pdf"], capture_output=True, check=True).stdout


def test_the_same_pages_are_the_same_bytes_in_another_folder_and_time_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "## First\n\nText, $a^2$ and @fig-a.\n\n![Caption.](d.svg){#fig-a fig-alt='A line.'}\n"
    made = []
    for name, zone in (("here", "UTC"), ("elsewhere", "Asia/Tokyo")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "d.svg").write_text(DRAWING.format("<path d='M0 0L9 9'/>"), encoding="utf-8")
        monkeypatch.setitem(os.environ, "TZ", zone)
        made.append(pdf(project(folder, body)))
    assert made[0] == made[1]
    assert b"here" not in made[0].lower()
    assert b"SourceSans3" in made[0]


def test_a_page_asks_for_its_pdf_and_the_site_holds_it(tmp_path: Path) -> None:
    folder = project(tmp_path, "## One\n\n[Print it](index.pdf)\n")
    made = render(folder, engine="pandoc")
    assert (made.output_dir / "index.pdf").read_bytes() == pdf(folder)
    assert pdf_name(read_page(read_project(folder), "index.qmd")) == "index.pdf"

    whole = render(folder, engine="pandoc", to="pdf")
    assert (whole.output_dir / "report.pdf").read_bytes().startswith(b"%PDF")
    assert (whole.output_dir / "index.html").exists(), "the site beside it stays"


def test_a_picture_outside_the_project_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_text(DRAWING.format(""), encoding="utf-8")
    folder = tmp_path / "site"
    folder.mkdir()
    with pytest.raises(RenderRefused, match=r"index\.qmd: not printable"):
        pdf(project(folder, '## One\n\n![x](../secret.svg){fig-alt="x"}\n'))


@pytest.mark.parametrize("name", [".private/a.svg", "a.svg"], ids=["private", "link to a private one"])
def test_a_picture_out_of_sight_is_not_taken(name: str, tmp_path: Path) -> None:
    folder = project(tmp_path, f'![X]({name}){{fig-alt="x"}}\n')
    (tmp_path / ".private").mkdir()
    (tmp_path / ".private" / "a.svg").write_text(DRAWING.format(""), "utf-8")
    (tmp_path / "a.svg").symlink_to(".private/a.svg")
    with pytest.raises(RenderRefused, match="not printable"):
        render(folder, engine="pandoc", to="pdf")


def test_a_picture_without_words_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.svg").write_text(DRAWING.format(""), encoding="utf-8")
    with pytest.raises(RenderRefused, match="not printable"):
        pdf(project(tmp_path, "## One\n\nA picture ![](d.svg) in a line.\n"))
