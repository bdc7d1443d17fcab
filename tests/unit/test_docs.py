"""The documentation holds together: every page can be reached from its index, and no link in it leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from compendium.cli import commands  # noqa: F401 (importing them registers them)
from compendium.cli.application import app
from tests.shared import ROOT

DOCS = ROOT / "docs"
INDEX = DOCS / "README.md"
PAGES = sorted(DOCS.rglob("*.md"))
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
CODE = re.compile(r"^( *)(`{3,}|~{3,}).*?^\1\2|`[^`\n]*`", re.M | re.S)


def links(page: Path) -> Iterator[str]:
    """Where the links of a page lead within this project."""
    for target in re.findall(r"\]\(([^)\s]+)\)", CODE.sub("", page.read_text("utf-8"))):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(page: Path) -> set[str]:
    """The anchors that a forge makes of the headings of a page."""
    titles = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", title.strip().lower())) for title in titles}


def test_every_page_is_in_the_index_and_the_index_in_the_readme() -> None:
    linked = {(DOCS / target.partition("#")[0]).resolve() for target in links(INDEX)}
    assert [page.relative_to(DOCS).as_posix() for page in PAGES if page != INDEX and page not in linked] == []
    assert "docs/README.md" in set(links(ROOT / "README.md"))


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_link_leads_nowhere(page: Path) -> None:
    for target in links(page):
        path, _, mark = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not mark or mark in anchors(there), target


def test_decisions_are_numbered_without_a_gap_and_each_says_where_it_stands() -> None:
    for number, page in enumerate(DECISIONS, 1):
        title, _, rest = page.read_text("utf-8").partition("\n")
        assert page.name.startswith(f"{number:04}-")
        assert title.startswith(f"# {number}. ")
        assert re.match(r"\n\*\*Status\*\*: (accepted|replaced by \d+), \d{4}-\d\d-\d\d\.\n", rest), page.name
        assert f"{number}. [{title.removeprefix(f'# {number}. ')}](decisions/{page.name})" in INDEX.read_text("utf-8")


def test_the_readme_lists_every_command() -> None:
    listed = re.findall(r"^compendium (\w+)", (ROOT / "README.md").read_text("utf-8"), re.M)
    known = get_command(app).commands  # type: ignore[attr-defined]
    assert set(listed) == set(known)


def test_words_stand_in_order_and_once() -> None:
    words = re.findall(r"^\| \*\*(.+?)\*\*(.*?) \|", (DOCS / "GLOSSARY.md").read_text("utf-8"), re.M)
    assert len(words) > 50
    assert words == sorted(set(words), key=lambda word: (word[0].lower(), word[1]))
