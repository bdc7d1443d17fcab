"""The site of many localities, by the embedded engine: everything, nothing changed, one page changed; whole processes.

Localities are copies of the pages of a shipped one: `compendium report` must have been run here.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import harness
from benchmarks.harness import Goal, Record, Way
from compendium.paths import Root

LIKE = "demo_area_b"
ROOMS = ("report", "evidence", "places", "_quarto.yml", "_variables.yml", "index.qmd", "styles.css")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--localities", type=int, default=50)


def copied(to: Path, wanted: int) -> Path:
    """A website project with the pages of this compendium and of `wanted` localities more, each like a shipped one.

    Pictures and tables are linked, not copied. There is no `localities/`: what is measured is the site alone.
    """
    source = Root.find(Path(__file__)).path
    if not (source / "places" / LIKE).is_dir():
        raise SystemExit(f"places/{LIKE} isn't there: run `compendium report` first.")
    for room in ROOMS:
        whole = source / room
        (shutil.copytree if whole.is_dir() else shutil.copy2)(whole, to / room)
    names = [f"place_{number:03}" for number in range(1, wanted + 1)]
    for name in names:
        shutil.copytree(to / "places" / LIKE, to / "places" / name, copy_function=_copied)
        described = to / "places" / name / "_metadata.yml"
        metadata = json.loads(described.read_text("utf-8"))
        described.write_text(json.dumps({**metadata, "locality": name}), "utf-8")
    menu = [{"href": f"places/{name}/index.qmd", "text": name} for name in names]
    bars = [{"id": name, "title": name, "contents": _pages(to, name)} for name in names]
    navigation = {"navbar": {"left": [{"text": "Localities", "menu": menu}]}, "sidebar": bars}
    (to / "places" / "_nav.yml").write_text(json.dumps({"website": navigation}), "utf-8")
    return to


def _copied(old: str, new: str) -> None:
    (shutil.copy2 if re.search(r"\.(qmd|ipynb|yml)$", old) else os.link)(old, new)


def _pages(to: Path, name: str) -> list[str]:
    folder = to / "places" / name
    return sorted(f"places/{name}/{path.name}" for path in folder.glob("*.*") if path.suffix in (".qmd", ".ipynb"))


def records(asked: argparse.Namespace) -> Iterator[Record]:
    wanted = 1 if asked.quick else asked.localities
    with tempfile.TemporaryDirectory() as folder:
        project = copied(Path(folder), wanted)
        page = project / "places" / "place_001" / "index.qmd"

        def render() -> None:
            harness.call([sys.executable, "-m", "compendium", "render", "--engine", "pandoc", "--root", str(project)])

        def from_nothing() -> None:
            shutil.rmtree(project / ".quarto", ignore_errors=True)
            shutil.rmtree(project / "outputs", ignore_errors=True)

        def one_changed() -> None:
            with page.open("a", encoding="utf-8") as stream:
                stream.write("\nOne sentence more.\n")

        full = harness.in_turns(
            [Way("everything", render, from_nothing)], pairs=1, warm_up=False, memory=True, say="site"
        )
        again = harness.in_turns(
            [Way("nothing changed", render), Way("one page changed", render, one_changed)],
            pairs=asked.pairs, warm_up=True, memory=True, say="site",
        )  # fmt: skip
        site = project / "outputs" / "site"
        pages = [path.stat().st_size for path in site.rglob("*.html")]
        indexes = [path.stat().st_size for path in (site / "site_libs" / "compendium" / "search").iterdir()]
        files = sum(path.is_file() for path in site.rglob("*"))
    yield Record(
        f"A site of {wanted} localities beside the two shipped: {len(pages)} pages, {files} files, two workers",
        tables=[harness.times_table({**full, **again}, "everything")],
        goals=[
            Goal("seconds, nothing changed, whole process", again["nothing changed"].median, at_most=1),
            Goal("bytes of the largest page before images", max(pages), at_most=300_000),
        ],
        notes=[
            f"Search: {len(indexes)} indexes, the largest {max(indexes) // 1000} kB; a page loads two of them.",
            "A page is a process of pandoc, which starts in 0.01 s: a server would gain nothing.",
        ],
        uses=["pypandoc_binary", "jinja2"],
    )


if __name__ == "__main__":
    harness.main(__doc__, records, options)
