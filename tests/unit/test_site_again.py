"""Rendering again: only what changed is made anew, and the site is the same as one made from nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from compendium.errors import RenderRefused
from compendium.site import render
from tests.unit.test_site_render import CONFIG, code_cell, notebook, page, project

B = {"places/b/index.html"}
PICTURE = notebook(code_cell("1", {"image/png": "AAAA"}))
FILES = {
    "index.qmd": page("{{< var all >}} and [a](places/a/index.qmd#one)"),
    "places/a/index.qmd": page("## One\n\n{{< meta value >}}\n\n{{< include ../../_part.md >}}", "A"),
    "places/a/more.qmd": page("[data](data.csv)", "More"),
    "places/b/index.qmd": page("{{< include ../../_part.md >}}\n\n@a", "B", "bibliography: r.bib\n"),
    "places/a/_metadata.yml": "value: 1\nlocality: Alder\n",
    "places/b/_metadata.yml": "locality: Birch\n",
    "places/a/data.csv": "x\n",
    "places/b/r.bib": "@book{a, title={T}, author={B, C}, year={2000}}",
    "_part.md": "A part.",
    "_variables.yml": "all: words",
    "stored.ipynb": PICTURE,
}


def again(folder: Path, workers: int = 2) -> set[str]:
    return set(render(folder, engine="pandoc", workers=workers).changed)


def site(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder / "out")): p.read_bytes() for p in (folder / "out").rglob("*") if p.is_file()}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = project(tmp_path / "project", FILES)
    assert len(again(folder)) == 5
    return folder


def test_nothing_is_made_again_and_no_file_is_touched_when_nothing_changed(made: Path) -> None:
    before = {path: path.stat() for path in (made / "out").rglob("*")}
    for path in made.rglob("*.qmd"):
        os.utime(path, (1, 1))
    assert again(made) == set()
    assert {path: path.stat() for path in (made / "out").rglob("*")} == before


@pytest.mark.parametrize(
    ("file", "text", "pages"),
    [
        ("places/a/more.qmd", page("Other words.", "More"), {"places/a/more.html"}),
        ("places/a/_metadata.yml", "value: 2\nlocality: Alder\n", {"places/a/index.html"}),
        ("places/a/_metadata.yml", "value: 1\nunused: 3\nlocality: Alder\n", set()),
        ("_part.md", "Another part.", {"places/a/index.html", *B}),
        ("places/b/r.bib", "@book{a, title={U}, author={B, C}, year={2000}}", B),
        ("_variables.yml", "all: other", {"index.html"}),
        ("stored.ipynb", notebook(code_cell("2", {"text/plain": "2"})), {"stored.html"}),
        ("places/_metadata.yml", "toc-title: Here\n", {"places/a/index.html", "places/a/more.html", *B}),
        ("places/a/data.csv", "y\n", set()),
        ("index.qmd", page("{{< var all >}} and [a](places/a/index.qmd#one)", more="search: false\n"), {"index.html"}),
        ("stored.ipynb", PICTURE.replace("AAAA", "BBBB"), {"stored.html"}),
        ("_quarto.yml", CONFIG.replace("Test site", "Another site"), set()),
    ],
)  # fmt: skip
def test_what_rests_on_a_change_is_made_again_and_the_site_is_as_if_made_from_nothing(
    made: Path, tmp_path: Path, file: str, text: str, pages: set[str]
) -> None:
    (made / file).write_text(text, encoding="utf-8")
    assert again(made) == pages
    fresh = shutil.copytree(made, tmp_path / "fresh", ignore=shutil.ignore_patterns("out", ".quarto"))
    again(fresh, workers=1)
    assert site(made) == site(fresh), "as made from nothing, by one worker"


def test_a_file_of_the_site_that_somebody_changed_or_took_away_comes_back(made: Path) -> None:
    whole = site(made)
    (made / "out/index.html").write_text("scribble")
    (made / "out/places/a/data.csv").unlink()
    (made / "out/left.txt").write_text("x")
    assert again(made) == set()
    assert site(made) == whole


def test_a_page_that_went_leaves_nothing_behind(made: Path) -> None:
    (made / "places/a/more.qmd").unlink()
    again(made)
    assert not {"places/a/more.html", "places/a/data.csv"} & set(site(made))
    assert len(list((made / ".quarto/compendium").iterdir())) == 5, "four pages and the record"


def test_a_refusal_keeps_the_old_site_and_the_pages_that_are_finished(made: Path) -> None:
    whole = site(made)
    (made / "index.qmd").write_text(page("See @fig-none."))
    (made / "_part.md").write_text("New words.")
    with pytest.raises(RenderRefused):
        again(made)
    assert site(made) == whole
    (made / "index.qmd").write_text(FILES["index.qmd"])
    assert again(made) == set(), "the pages with the new part were finished before, the first is as it was"
    assert b"New words." in site(made)["places/b/index.html"]


def test_a_broken_record_is_only_slower(made: Path) -> None:
    whole = site(made)
    (made / ".quarto/compendium/site.json").write_text("{")
    assert len(again(made)) == 5
    for path in (made / ".quarto/compendium").iterdir():
        if path.name != "site.json":
            path.unlink()
    (made / "out/index.html").unlink()
    again(made)
    assert site(made) == whole


DAMAGE: dict[str, Callable[[str], str]] = {
    "a list": lambda text: "[]",
    "cut short": lambda text: text[: len(text) // 2],
    "without its seal": lambda text: text[text.index("\n") + 1 :],
    "other words": lambda text: text.replace("words", "wards").replace("A part", "A lie").replace("One", "Own"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_store_that_somebody_changed_changes_nothing_on_the_site(made: Path, damage: Callable[[str], str]) -> None:
    """The pages alone, then the record and the pages."""
    whole = site(made)
    for files in ("[0-9a-f]*.json", "*.json"):
        for path in (made / ".quarto/compendium").glob(files):
            path.write_text(damage(path.read_text("utf-8")), "utf-8")
        shutil.rmtree(made / "out")
        again(made)
        assert site(made) == whole


def test_a_store_that_was_brought_along_from_another_place_is_not_believed(made: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(made, tmp_path / "copied", symlinks=True)
    assert len(again(copied)) == 5
    assert site(copied) == site(made)


def test_a_store_that_leads_elsewhere_takes_nothing_away_there(made: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "folder").mkdir(parents=True)
    (elsewhere / "mine.json").write_text("mine")
    shutil.rmtree(made / ".quarto/compendium")
    (made / ".quarto/compendium").symlink_to(elsewhere)
    again(made)
    assert (elsewhere / "mine.json").read_text() == "mine"
    assert (elsewhere / "folder").is_dir()


def test_a_page_of_the_site_changed_with_its_old_time_put_back_comes_back(made: Path) -> None:
    whole, index = site(made), made / "out/index.html"
    before = index.stat()
    with index.open("r+b") as stream:
        stream.write(whole["index.html"].replace(b"words", b"wards"))
    os.utime(index, ns=(before.st_atime_ns, before.st_mtime_ns))
    again(made)
    assert site(made) == whole


def test_two_who_render_at_once_make_the_same_site(made: Path) -> None:
    whole = site(made)
    (made / "_variables.yml").write_text("all: other")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: again(made), range(4)))
    assert b"other" in site(made)["index.html"]
    assert site(made).keys() == whole.keys()
    assert len(list((made / ".quarto/compendium").iterdir())) == 6, "five pages and the record"
