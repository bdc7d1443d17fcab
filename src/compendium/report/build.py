"""Write the pages and render the site, unless nothing that a page is made from has changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from compendium import site
from compendium.errors import RenderRefused
from compendium.paths import Root, contents, write_whole
from compendium.progress import Progress
from compendium.report import places, rules

Engine = Literal["auto", "quarto", "pandoc"]
SOURCES = (
    "_quarto.yml",
    "_variables.yml",
    "styles.css",
    "*.qmd",
    "report/*",
    "places/**/*",
    "evidence/*.bib",
    "evidence/*.csl",
)


def build(root: Root, progress: Progress | None = None, *, engine: Engine = "auto", force: bool = False) -> Path:
    """Render the compendium's site; its first page. The key is the content of all sources and of the site layer."""
    progress = progress or Progress()
    with progress.stage("pages"):
        return _built(root, progress, engine, force=force)


def _built(root: Root, progress: Progress, engine: Engine, *, force: bool) -> Path:
    places.write(root, tell=progress.note)
    if broken := rules.problems(root):
        raise RenderRefused(broken)
    note = root.private / "site.json"
    key = _key(root, engine)
    if not force and _known(note) == {"key": key, "files": contents(root.site)}:
        progress.note("site: nothing it is made from has changed")
        return root.site / "index.html"
    made = site.render(root.path, engine=engine, progress=progress.counted)
    if made.engine == "pandoc" and (broken := rules.built_problems(made.output_dir, rules.quick_pages(root))):
        raise RenderRefused(broken)
    write_whole(note, json.dumps({"key": key, "files": contents(made.output_dir)}, sort_keys=True))
    return Path(made.output_dir) / "index.html"


def _known(note: Path) -> object:
    """What was written down of the last rendering; nothing where that can't be read: then all is looked at."""
    try:
        return json.loads(note.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def printed(root: Root, progress: Progress | None = None) -> Path:
    """The book of all pages, with one of each locality beside it in the site; rendering the site again removes them."""
    progress = progress or Progress()
    with progress.stage("pdf"):
        places.write(root, tell=progress.note)
        if broken := rules.problems(root):
            raise RenderRefused(broken)
        made = site.render(root.path, to="pdf", progress=progress.counted)
    return Path(made.output_dir) / made.pages[0]


def _key(root: Root, engine: str) -> str:
    digest = hashlib.sha256(f"{engine} {shutil.which('quarto') is None}".encode())
    for path in _sources(root):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _sources(root: Root) -> Iterator[Path]:
    for pattern in SOURCES:
        yield from sorted(path for path in root.path.glob(pattern) if path.is_file())
    layer = Path(site.__file__).parent
    yield from sorted(path for path in layer.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
