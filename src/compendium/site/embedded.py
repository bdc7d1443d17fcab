"""The embedded engine: each page through pandoc, its frame around it, all or nothing, and only what changed again."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from compendium.errors import Problem, RenderRefused
from compendium.site import check, pandoc, pdf, search, shell
from compendium.site.project import CONFIG, Project
from compendium.site.source import Page, page_name, read_page
from compendium.site.store import Store, digest
from compendium.writing import folder_aside

Progress = Callable[[int, int, str], None]  # so many are done, of so many, the last of them
WORKERS = 2
_SCRIPTS = ("search.js",)
_NOTEBOOK = re.compile(r"[\w./-]+\.ipynb").findall


class Rendering:
    """One rendering of a project into the folder `target`."""

    def __init__(
        self, project: Project, target: Path, progress: Progress | None, workers: int, *, afresh: bool = False
    ) -> None:
        self.project, self.target, self.workers = project, target, workers
        self.tell: Progress = progress or (lambda done, of, name: None)
        self.store = Store(project.root, target, afresh=afresh)
        self.changed: list[str] = []  # pages that were made anew
        every = {key: value for key, value in project.config.items() if key not in ("project", "website")}
        self.shared = digest(every, project.variables, project.sources)  # what any page may take in
        self.names = {page_name(source) for source in project.sources}
        self.entries: dict[str, dict[str, Any]] = {}
        self.problems: list[Problem] = []

    def pages(self) -> list[str]:
        """Make what has changed; the pages by their path in the site. Raises RenderRefused."""
        with self.store.opened():
            return self._pages()

    def _pages(self) -> list[str]:
        with ThreadPoolExecutor(self.workers) as pool:
            for source, entry in zip(self.project.sources, pool.map(self._entry, self.project.sources), strict=True):
                self.entries[source] = entry
                self.tell(len(self.entries), len(self.project.sources), page_name(source))
        files = self._files() if not self.problems else {}
        self._look_at_links()
        if self.problems:
            self.store.keep(self.entries)
            raise RenderRefused(in_order(self.problems))
        if not self.store.is_site(files) or self.store.pages != self.entries:
            self._write(files)
            self.store.close(self.entries, {path: key for path, (key, _) in files.items()})
        return [page_name(source) for source in self.project.sources]

    # One page

    def _entry(self, source: str) -> dict[str, Any]:
        """What the site needs to know of a page: what it was made from, its title, ids and links."""
        old = self.store.pages.get(source, {})
        if old.get("shared") == self.shared and old["reads"] == self.store.hashes(old["reads"]):
            return old
        page = read_page(self.project, source)
        cited = pandoc.sources(self.project, page)
        options = self._options(page)
        reads = self.store.hashes({*page.reads, *cited})
        made_from = {"shared": self.shared, "reads": reads}
        images = {path: sha256(data).hexdigest() for path, data in page.images.items()}
        printed = page.meta if pdf.pdf_name(page) else {}
        about = [shell.of_page(page), self._place(page), page.meta.get("search"), printed]
        key = digest(page.text, options, about, images, {name: reads[name] for name in cited})
        if page.problems:
            self.problems += page.problems
            return {}
        return {**old, **made_from} if old.get("key") == key else {**self._made(page, options, key), **made_from}

    def _made(self, page: Page, options: list[str], key: str) -> dict[str, Any]:
        """A page through pandoc, kept for the frame."""
        ran = pandoc.run(self.project, page, options)
        said = ran.stderr.decode(errors="replace").strip()
        if ran.returncode:
            parts: dict[str, Any] = {"problems": [{"message": f"pandoc can't read this page: {said}"}], "body": ""}
        else:
            parts = {**json.loads(ran.stdout), **shell.of_page(page), "key": key}
        warned = [" ".join(row.split()) for row in re.split(r"^\[WARNING\] ", said, flags=re.M)[1:]]
        found = [*parts.pop("problems"), *({"message": row} for row in warned)]
        links = check.Links(" ".join(str(parts.get(key) or "") for key in ("note", "body", "sources")))
        found += [
            {"message": f"{what} {why}", "remedy": remedy, "url": what}
            for what, why, remedy in check.own_problems(links, shell.own_ids())
        ]
        self.problems += [_problem(page, one) for one in found]
        self.changed.append(page.name)
        if not found:
            self.store.keep_parts(page.source, parts)
        return {
            "key": "" if found else key,
            "title": shell.plain(str(parts.get("title") or page.source)),
            "locality": self._place(page),
            "ids": links.ids,
            "links": links.targets,
            "images": {path: sha256(data).hexdigest() for path, data in sorted(page.images.items())},
            "pdf": pdf.pdf_name(page),
            "sections": [] if page.meta.get("search") is False else search.sections(parts),
        }

    def _place(self, page: Page) -> str:
        """The locality that the page's folder is of."""
        folder = (self.project.root / page.source).parent
        return str(self.project.folder_metadata(folder).get("locality") or "")

    def _options(self, page: Page) -> list[str]:
        """How pandoc is called for a page."""
        named = (name.removeprefix("/") if name[0] == "/" else f"{page.folder}/{name}" for name in _NOTEBOOK(page.text))
        near = sorted({posixpath.normpath(name) for name in named} & self.project.rendered)
        site = {
            "title": page.title if page.meta.get("title") else "",
            **{key: str(page.meta.get(key) or "") for key in ("subtitle", "description")},
            "note": str(page.meta.get("provenance-note") or ""),
            "folder": page.folder,
            "up": "../" * page.source.count("/"),
            "rendered": dict.fromkeys(near, True),
            "toc_depth": int(page.option("toc-depth", 3)),
            "code_summary": str(page.option("code-summary", "Show code")),
        }
        return [
            *("--to", str(shell.ASSETS / "page.lua"), "--mathml", "--wrap", "none"),
            *("--metadata", f"site={json.dumps(site, ensure_ascii=False, sort_keys=True)}"),
            *("--metadata", "link-citations=true", "--metadata", f"lang={page.meta.get('lang', 'en')}"),
        ]

    # All pages together

    def _files(self) -> dict[str, tuple[str, Callable[[], bytes]]]:
        """Every file of the site: the hash of what it is made from, and how it is made."""
        titles = {source: entry["title"] for source, entry in self.entries.items()}
        in_navigation = {name: titles.get(name) for name in shell.named(self.project.website)}
        frame = digest(self.project.website, in_navigation, self.project.styles())
        files: dict[str, tuple[str, Callable[[], bytes]]] = {}
        shards: dict[str, list[str]] = {}
        for source, entry in self.entries.items():
            shard = search.shard_of(source, entry["locality"])
            shards.setdefault(shard, []).append(source)
            key = digest(entry["key"], frame, shard)
            files[page_name(source)] = key, partial(self._page, source, shard, titles)
            for path, content in entry["images"].items():
                files[path] = content, partial(self._image, source, path)
            if entry["pdf"]:
                shown = self.store.hashes(self._local_files(source))
                files[entry["pdf"]] = digest(entry["key"], shown, self.project.website), partial(self._pdf, source)
        others = {name: self.entries[mine[0]]["locality"] for name, mine in shards.items() if name != search.COMMON}
        for name in {*shards, search.COMMON}:
            mine, beside = shards.get(name, []), others if name == search.COMMON else {}
            path = f"{shell.OWN_FOLDER}/{search.FOLDER}/{name}.js"
            key = digest([(one, self.entries[one]["key"]) for one in mine], beside)
            files[path] = key, partial(self._index, mine, beside)
        for path, data in _own_files().items():
            files[f"{shell.OWN_FOLDER}/{path}"] = sha256(data).hexdigest(), partial(bytes, data)
        beside_pages = {path for source in self.entries for path in self._local_files(source)}
        for path in sorted({*beside_pages, *self.project.styles(), *self.project.resources()} - set(files)):
            files[path] = self.store.hash(path), (self.project.root / path).read_bytes
        return files

    def _local_files(self, source: str) -> Iterator[str]:
        """Files of the project, no pages, that a page links to or shows: they must lie beside it in the site."""
        for url in self.entries[source]["links"]:
            path = check.local_target(page_name(source), url)[0]
            if not check.is_away(url) and path not in self.names and check.may_be_shown(self.project.root, path):
                yield path

    def _look_at_links(self) -> None:
        """Every link, anchor and entry of the navigation leads to something that the site has."""
        pages = {page_name(one): set(entry["ids"]) if "ids" in entry else None for one, entry in self.entries.items()}
        files = {path for entry in self.entries.values() for path in (*entry.get("images", ()), entry.get("pdf"))}
        for name in dict.fromkeys(shell.named(self.project.website)):
            is_page = name.endswith((".qmd", ".ipynb"))
            if name in ("auto",) or "*" in name or (is_page and name not in self.project.rendered):
                message = f"The navigation names {name}, which is no rendered page."
                self.problems.append(Problem(CONFIG, message=message, remedy="Name each page."))
        for source, entry in self.entries.items():
            wrong = check.wrong_links(page_name(source), entry.get("links", []), pages, files, self.project.root)
            for found in list(wrong):
                page = read_page(self.project, source)
                self.problems.append(
                    _problem(page, {"message": " ".join(found[:2]), "remedy": found[2], "url": found[0]})
                )
        for problem in [one for one in self.problems if one.remedy.startswith("elsewhere ")]:
            self.problems[self.problems.index(problem)] = self._elsewhere(problem)

    def _elsewhere(self, problem: Problem) -> Problem:
        """References stay within a page; say where the name is, when another page has it."""
        _, source, name = problem.remedy.split(" ")
        other = next((one for one, entry in self.entries.items() if one != source and name in entry.get("ids", ())), "")
        remedy = "Name a heading, figure, table or equation of this page."
        if other:
            remedy = f"It is on another page: write a link, [words]({shell.relative_to(source)(other)}#{name})."
        return Problem(problem.file, message=problem.message, remedy=remedy)

    # What is written

    def _write(self, files: dict[str, tuple[str, Callable[[], bytes]]]) -> None:
        """The whole site aside, then in its place; a file that is as it was is linked, not made again."""
        prints = [path for path, (key, _) in files.items() if path.endswith(".pdf") and not self.store.has(path, key)]
        with folder_aside(self.target) as aside, ThreadPoolExecutor(self.workers) as pool:
            printed, count = {}, len(self.entries)
            for path, data in zip(prints, pool.map(lambda path: files[path][1](), prints), strict=True):
                printed[path] = data
                self.tell(count + len(printed), count + len(prints), path)
            for path, (key, make) in files.items():
                (aside / path).parent.mkdir(parents=True, exist_ok=True)
                if not (self.store.has(path, key) and _linked(self.target / path, aside / path)):
                    (aside / path).write_bytes(printed.get(path) or make())

    def _page(self, source: str, shard: str, titles: dict[str, str]) -> bytes:
        parts = self.store.parts(source, self.entries[source]["key"])
        if parts is None:  # taken away meanwhile
            page = read_page(self.project, source)
            self._made(page, self._options(page), self.entries[source]["key"])
            parts = self.store.parts(source, self.entries[source]["key"]) or {}
        return shell.write_page(self.project, source, {**parts, "shard": shard}, titles).encode()

    def _image(self, source: str, path: str) -> bytes:
        return read_page(self.project, source).images[path]

    def _pdf(self, source: str) -> bytes:
        return pdf.page_pdf(self.project, read_page(self.project, source))

    def _index(self, sources: list[str], others: dict[str, str]) -> bytes:
        rows = ((page_name(one), self.entries[one]["title"], self.entries[one]["locality"], one) for one in sources)
        return search.index([(*row[:3], self.entries[row[3]]["sections"]) for row in rows], others).encode()


def _problem(page: Page, found: dict[str, str]) -> Problem:
    """What was found on a page, with the file and line where a person would mend it."""
    needle, remedy = found.get("needle", ""), found.get("remedy", "")
    if remedy == "elsewhere":
        remedy = f"elsewhere {page.source} {needle.removeprefix('@')}"
    path = found.get("url", "").partition("#")[0].removesuffix(".html")
    tried = (needle, found.get("url", ""), f"{path}.", f"({path}") if path else (needle,)
    line = re.search(r"\(?line (\d+)", found["message"])
    place = next((page.place_of(one) for one in tried if one and page.place_of(one) != page.source), page.source)
    if line and not needle and int(line[1]) <= len(page.lines):
        place = page.lines[int(line[1]) - 1].place
    return Problem(place, message=found["message"], remedy=remedy)


def in_order(problems: list[Problem]) -> list[Problem]:
    """Each problem once, by file and line."""

    def place(problem: Problem) -> tuple[str, int, str]:
        file, _, line = problem.file.rpartition(":")
        return (file, int(line), problem.message) if line.isdigit() else (problem.file, 0, problem.message)

    return sorted(dict.fromkeys(problems), key=place)


def _own_files() -> dict[str, bytes]:
    """Style sheet, scripts and fonts of the frame."""
    fonts = (file for file in (shell.ASSETS / "fonts").iterdir() if file.name.endswith(".woff2"))
    named = {"site.css": shell.ASSETS / "site.css", **{name: shell.ASSETS / name for name in _SCRIPTS}}
    named |= {f"fonts/{file.name}": file for file in fonts}
    return {path: file.read_bytes() for path, file in sorted(named.items())}


def _linked(old: Path, new: Path) -> bool:
    try:
        os.link(old, new)
    except OSError:  # no links there, or somebody took the file away
        return False
    return True
