"""Write the pages and render the site, unless nothing in the compendium has changed since."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from compendium.errors import RenderRefused
from compendium.paths import Root
from compendium.progress import Progress
from compendium.report import standing

Engine = Literal["auto", "quarto", "pandoc"]


def build(root: Root, progress: Progress | None = None, *, engine: Engine = "auto", force: bool = False) -> Path:
    """Render the compendium's site, unless it stands (with `force` even then); its first page."""
    progress = progress or Progress()
    with progress.stage("pages"):
        if not force and (notes := standing.told(root, engine)) is not None:
            for note in (*notes, "site: nothing it is made from has changed"):
                progress.note(note)
            return root.site / "index.html"
        return _built(root, progress, engine)


def _built(root: Root, progress: Progress, engine: Engine) -> Path:
    from compendium import site
    from compendium.report import places, rules
    from compendium.report.shown import withheld

    before, notes = standing.sight(root, engine), list[str]()
    standing.forget(root)
    written = places.write(root, tell=notes.append)
    for note in (*notes, f"pages of {', '.join(place.locality.id for place in written)} written"):
        progress.note(note)
    if broken := rules.problems(root):
        raise RenderRefused(broken)
    made = site.render(root.path, engine=engine, progress=progress.counted)
    if made.engine == "pandoc" and (broken := rules.built_problems(made.output_dir, rules.quick_pages(root))):
        raise RenderRefused(broken)
    if not withheld(root):  # else somebody has to be told each time
        standing.keep(root, before, standing.sight(root, engine, before), notes)
    return Path(made.output_dir) / "index.html"


def printed(root: Root, progress: Progress | None = None) -> Path:
    """The book of all pages, with one of each locality beside it in the site; rendering the site again removes them."""
    from compendium import site
    from compendium.report import places, rules

    progress = progress or Progress()
    with progress.stage("pdf"):
        places.write(root, tell=progress.note)
        if broken := rules.problems(root):
            raise RenderRefused(broken)
        made = site.render(root.path, to="pdf", progress=progress.counted)
    return Path(made.output_dir) / made.pages[0]
