"""Render a Quarto website project: with Quarto where it is installed, else with the pandoc that comes along."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from compendium.errors import Problem, RenderRefused
from compendium.site import pdf
from compendium.site.embedded import WORKERS, Progress, Rendering, in_order
from compendium.site.project import Project, read_project
from compendium.site.source import Page, read_page
from compendium.writing import folder_aside

Engine = Literal["auto", "quarto", "pandoc"]


@dataclass(frozen=True)
class RenderResult:
    """Where the site is, its pages as paths in it, who rendered it, and the pages that were made anew."""

    output_dir: Path
    pages: tuple[str, ...]
    engine: str
    changed: tuple[str, ...] = ()


def render(
    root_dir: Path | str,
    *,
    engine: Engine = "auto",
    to: str = "html",
    output_dir: Path | str | None = None,
    progress: Progress | None = None,
    workers: int = WORKERS,
    afresh: bool = False,
) -> RenderResult:
    """Render every page of the project in `root_dir` into its output folder, all or nothing.

    Pages whose sources are as they were are taken from the last rendering, unless `afresh`; `workers` pages are made
    at a time. `progress` is told each page and PDF that is done. Raises RenderRefused with every problem of every page:
    what lies outside the subset, and each reference, citation, value, link or anchor that leads nowhere.
    """
    if to not in ("html", "pdf"):
        raise RenderRefused(f"Sites are rendered to html or pdf, not to {to}.", "Write --to html or --to pdf.")
    project = read_project(Path(root_dir))
    target = (Path(output_dir) if output_dir is not None else project.output_dir).absolute()
    if project.root == target.resolve() or target.resolve() in project.root.parents:
        raise RenderRefused("The output folder holds the project itself.", "Name a folder below it in `output-dir`.")
    program = shutil.which("quarto") if engine != "pandoc" else None
    if engine == "quarto" and program is None:
        raise RenderRefused("quarto isn't on the path.", "Install it, or use --engine pandoc.")
    if to == "html" and program is None:
        made = Rendering(project, target, progress, workers, afresh=afresh)
        return RenderResult(target, tuple(made.pages()), "pandoc", tuple(made.changed))
    pages = [read_page(project, source) for source in project.sources]
    if problems := [problem for page in pages for problem in page.problems]:
        raise RenderRefused(in_order(problems))
    if to == "pdf":
        return _as_pdf(project, pages, target, progress)
    return _with_quarto(project, pages, str(program), target)


def _as_pdf(project: Project, pages: list[Page], target: Path, progress: Progress | None) -> RenderResult:
    """The pages as chapters of books beside the site: one of all, one of each place; what the site has stays."""
    found = pdf.site_books(project, pages)
    made = {}
    for name, data in pdf.print_books(project, pages, found):
        made[name] = data
        if progress:
            progress(len(made), len(found), name)
    for name, data in made.items():
        aside = (target / name).with_name(f".{pdf.BOOK}")
        _write(aside, data)
        aside.replace(target / name)
    return RenderResult(target, tuple(made), "typst")


def _with_quarto(project: Project, pages: list[Page], program: str, target: Path) -> RenderResult:
    """Quarto itself; what it only warns about is refused here too."""
    lost = re.compile(r"quarto-unresolved-ref|\?(?:var|meta|missing):[\w.-]+|\?@(?:fig|tbl|eq|sec)-[\w-]+")
    with folder_aside(target) as aside:
        command = [program, "render", str(project.root), "--output-dir", str(aside)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise RenderRefused(f"quarto stopped: {ran.stderr.strip()[-2000:]}")
        problems = []
        for page in pages:
            text = (aside / page.name).read_text(encoding="utf-8") if (aside / page.name).is_file() else "?missing:page"
            for mark in lost.findall(text):
                message = f"quarto left {mark} on the page."
                problems.append(Problem(page.source, message=message, remedy="Mend the reference."))
            if name := pdf.pdf_name(page):
                _write(aside / name, pdf.page_pdf(project, page))
        if problems:
            raise RenderRefused(in_order(problems))
    return RenderResult(target, tuple(page.name for page in pages), "quarto")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
