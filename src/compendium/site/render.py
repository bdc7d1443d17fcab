"""Render a Quarto website project: with Quarto where it is installed, else with the pandoc that comes along."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from compendium.errors import Problem, RenderRefused
from compendium.paths import folder_aside
from compendium.site import check, pandoc, pdf, shell
from compendium.site.project import Project, read_project
from compendium.site.source import Page, read_page

Engine = Literal["auto", "quarto", "pandoc"]
Progress = Callable[[int, int, str], None]  # so many are done, of so many, the last of them
WORKERS = 2


@dataclass(frozen=True)
class RenderResult:
    """Where the site is, its pages as paths in it, and who rendered it."""

    output_dir: Path
    pages: tuple[str, ...]
    engine: str


def render(
    root_dir: Path | str,
    *,
    engine: Engine = "auto",
    to: str = "html",
    output_dir: Path | str | None = None,
    progress: Progress | None = None,
) -> RenderResult:
    """Render every page of the project in `root_dir` into its output folder, all or nothing.

    `progress` is told each page and PDF that is done. Raises RenderRefused with every problem of every page:
    what lies outside the subset, and each reference, citation, value, link or anchor that leads nowhere.
    """
    if to not in ("html", "pdf"):
        raise RenderRefused(f"Sites are rendered to html or pdf, not to {to}.", "Write --to html or --to pdf.")
    project = read_project(Path(root_dir))
    target = Path(output_dir) if output_dir is not None else project.output_dir
    if project.root == target.resolve() or target.resolve() in project.root.parents:
        raise RenderRefused("The output folder holds the project itself.", "Name a folder below it in `output-dir`.")
    pages = [read_page(project, source) for source in project.sources]
    problems = [problem for page in pages for problem in page.problems]
    program = shutil.which("quarto") if engine != "pandoc" else None
    if engine == "quarto" and program is None:
        problems.append(Problem(message="quarto isn't on the path.", remedy="Install it, or use --engine pandoc."))
    if problems:
        raise RenderRefused(_in_order(problems))
    if to == "pdf":
        return _as_pdf(project, pages, target, progress)
    if program is not None:
        return _with_quarto(project, pages, program, target)
    return _with_pandoc(project, pages, target, progress)


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


def _printed(project: Project, pages: list[Page], progress: Progress | None) -> dict[str, bytes]:
    """The PDF of each page that asks for one, by its path in the site."""
    asked = {name: page for page in pages if (name := pdf.pdf_name(page))}
    made = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        for name, data in zip(asked, pool.map(lambda page: pdf.page_pdf(project, page), asked.values()), strict=True):
            made[name] = data
            if progress:
                progress(len(pages) + len(made), len(pages) + len(asked), name)
    return made


def _with_pandoc(project: Project, pages: list[Page], target: Path, progress: Progress | None) -> RenderResult:
    done: dict[str, shell.Rendered] = {}
    of = len(pages) + sum(pdf.pdf_name(page) is not None for page in pages)
    with ThreadPoolExecutor(WORKERS) as pool:
        for page, rendered in zip(pages, pool.map(lambda page: _pandoc(project, page), pages), strict=True):
            done[page.name] = rendered
            if progress:
                progress(len(done), of, page.name)
    problems = [problem for page in pages for problem in _problems(page, done)]
    titles = {page.source: shell.plain(str(done[page.name].parts.get("title") or page.source)) for page in pages}
    html = {page.name: shell.write_page(project, page, done[page.name], titles) for page in pages}
    found = {name: check.Links(text) for name, text in html.items()}
    stored = {path: data for page in pages for path, data in page.images.items()}
    own = {f"{shell.OWN_FOLDER}/{name}": data for name, data in _own_files().items()}
    by_name = {page.name: page for page in pages}
    print_names = {name for page in pages if (name := pdf.pdf_name(page))}
    have = {*stored, *own, *print_names}
    for name, url, message, remedy in check.wrong_links(found, project.root):
        if check.local_target(name, url)[0] not in have:
            problems.append(Problem(_place(by_name[name], url), message=f"{url} {message}", remedy=remedy))
    if problems:
        raise RenderRefused(_in_order(problems))
    prints = _printed(project, pages, progress)
    with folder_aside(target) as aside:
        for path, data in {**stored, **own, **prints, **{n: t.encode() for n, t in html.items()}}.items():
            _write(aside / path, data)
        for path in [*check.linked_files(found), *_resources(project)]:
            if path not in have and not (aside / path).exists():
                _write(aside / path, (project.root / path).read_bytes())
    return RenderResult(target, tuple(html), "pandoc")


def _pandoc(project: Project, page: Page) -> shell.Rendered:
    """One page through pandoc and page.lua."""
    site = {
        "title": page.title if page.meta.get("title") else "",
        **{key: str(page.meta.get(key) or "") for key in ("subtitle", "description")},
        "note": str(page.meta.get("provenance-note") or ""),
        "folder": page.folder,
        "up": "../" * (page.source.count("/")),
        "rendered": dict.fromkeys(project.sources, True),
        "toc_depth": int(page.option("toc-depth", 3)),
        "code_summary": str(page.option("code-summary", "Show code")),
    }
    options = [
        *("--to", str(shell.ASSETS / "page.lua"), "--mathml", "--wrap", "none"),
        *("--metadata", f"site={json.dumps(site, ensure_ascii=False, sort_keys=True)}"),
        *("--metadata", "link-citations=true", "--metadata", f"lang={page.meta.get('lang', 'en')}"),
    ]
    ran = pandoc.run(project, page, options)
    said = ran.stderr.decode(errors="replace").strip()
    if ran.returncode:
        return shell.Rendered({"body": "", "problems": [{"message": f"pandoc can't read this page: {said}"}]})
    parts: dict[str, Any] = json.loads(ran.stdout)
    parts["problems"] = [*(parts.get("problems") or []), *_warnings(said)]
    return shell.Rendered(parts)


def _warnings(said: str) -> list[dict[str, str]]:
    """What pandoc only warns about, as problems: a formula or note that it couldn't read."""
    rows = re.split(r"^\[WARNING\] ", said, flags=re.M)[1:]
    return [{"message": " ".join(row.split()), "needle": ""} for row in rows]


def _problems(page: Page, done: dict[str, shell.Rendered]) -> list[Problem]:
    out = []
    for found in done[page.name].problems:
        remedy = found.get("remedy", "")
        if remedy == "elsewhere":
            remedy = _elsewhere(found["needle"].removeprefix("@"), page, done)
        line = re.search(r"\(?line (\d+)", found["message"])
        place = page.place_of(found.get("needle", ""))
        if not found.get("needle") and line and int(line[1]) <= len(page.lines):
            place = page.lines[int(line[1]) - 1].place
        out.append(Problem(place, message=found["message"], remedy=remedy))
    return out


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Each problem once, by file and line."""

    def place(problem: Problem) -> tuple[str, int]:
        file, _, line = problem.file.rpartition(":")
        return (file, int(line)) if line.isdigit() else (problem.file, 0)

    return sorted(dict.fromkeys(problems), key=place)


def _elsewhere(name: str, page: Page, done: dict[str, shell.Rendered]) -> str:
    """References stay within a page; say where the name is, when another page has it."""
    for other, rendered in done.items():
        if other != page.name and f'id="{name}"' in str(rendered.parts.get("body", "")):
            source = other.removesuffix(".html")
            return f"It is on another page: write a link, [words]({shell.relative_to(page.name)(source)}.qmd#{name})."
    return "Name a heading, figure, table or equation of this page."


def _place(page: Page, url: str) -> str:
    path = url.partition("#")[0].removesuffix(".html")
    return next(
        (
            page.place_of(text)
            for text in (url, f"{path}.", f"({path}", path)
            if text and page.place_of(text) != page.source
        ),
        page.source,
    )


def _own_files() -> dict[str, bytes]:
    """Style sheet and fonts of the frame."""
    files = {"site.css": (shell.ASSETS / "site.css").read_bytes()}
    fonts = shell.ASSETS / "fonts"
    if fonts.is_dir():
        files |= {f"fonts/{file.name}": file.read_bytes() for file in fonts.iterdir() if file.name.endswith(".woff2")}
    return dict(sorted(files.items()))


def _resources(project: Project) -> list[str]:
    patterns = (project.config.get("project") or {}).get("resources") or []
    hits = [path for pattern in patterns for path in project.root.glob(str(pattern)) if path.is_file()]
    return sorted(project.name(path) for path in hits)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _with_quarto(project: Project, pages: list[Page], program: str, target: Path) -> RenderResult:
    """Quarto itself; what it only warns about is refused here too."""
    with folder_aside(target) as aside:
        ran = subprocess.run(
            [program, "render", str(project.root), "--output-dir", str(aside)],
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise RenderRefused(f"quarto stopped: {ran.stderr.strip()[-2000:]}")
        problems = []
        for page in pages:
            text = (aside / page.name).read_text(encoding="utf-8") if (aside / page.name).is_file() else "?missing:page"
            for mark in re.findall(
                r"quarto-unresolved-ref|\?(?:var|meta|missing):[\w.-]+|\?@(?:fig|tbl|eq|sec)-[\w-]+", text
            ):
                problems.append(
                    Problem(page.source, message=f"quarto left {mark} on the page.", remedy="Mend the reference.")
                )
        if problems:
            raise RenderRefused(_in_order(problems))
        for path, data in _printed(project, pages, None).items():
            _write(aside / path, data)
    return RenderResult(target, tuple(page.name for page in pages), "quarto")
