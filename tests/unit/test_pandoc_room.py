"""pandoc is given room to work in where it takes it, and does its work where it doesn't."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from compendium.site import pandoc, render

REFUSES = """#!/bin/sh
case "$*" in *+RTS*) echo "Most RTS options are disabled." >&2; exit 1;; esac
exec "{program}" "$@"
"""


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    pandoc._program.cache_clear()
    yield
    pandoc._program.cache_clear()


def project(folder: Path) -> Path:
    (folder / "_quarto.yml").write_text("project: {type: website, output-dir: out}\nwebsite: {title: Room}\n")
    (folder / "index.qmd").write_text("---\ntitle: Room\n---\n\nWords on a page.\n")
    return folder


def test_the_pandoc_that_comes_with_us_takes_it(tmp_path: Path) -> None:
    assert pandoc._program()[1:] == pandoc._ROOM
    assert "Words on a page." in (render(project(tmp_path), engine="pandoc").output_dir / "index.html").read_text()


def test_a_pandoc_that_refuses_it_makes_the_same_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = (tmp_path / "ours", tmp_path / "theirs")
    for folder in ours:
        folder.mkdir()
    first = render(project(ours[0]), engine="pandoc").output_dir / "index.html"
    other = tmp_path / "pandoc"
    other.write_text(REFUSES.format(program=pandoc._program()[0]))
    other.chmod(0o755)
    monkeypatch.setattr(pandoc.pypandoc, "get_pandoc_path", lambda: str(other))
    pandoc._program.cache_clear()
    assert pandoc._program() == (str(other),)
    second = render(project(ours[1]), engine="pandoc").output_dir / "index.html"
    assert second.read_bytes() == first.read_bytes()
