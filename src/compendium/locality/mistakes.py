"""What is wrong in a `locality.yml` beyond its keys and types: contradictions, paths that lead out, live text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath

from compendium.errors import Problem, nearest
from compendium.locality.written import Written
from compendium.paths import Root
from compendium.yamlfile import Path_, YamlFile

_LIVE = re.compile(r"[<>{}\[\]\\`$|\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
# control characters, marks that turn the direction of writing, blanks and joints without width, the byte order mark
_UNSEEN = re.compile(r"[\x80-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
LONGEST_NAME = 100  # letters
_WEB = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/?&=%+,-]*)?")
_EMERGENCY = re.compile(r"[0-9]{2,6}")
MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")  # of records: calendars of programs end, at years 1 and 9999


def mistakes(written: Written, id: str, root: Root, source: YamlFile) -> list[Problem]:
    """Everything that is wrong in the file of the locality in the folder `id`, each with its line."""
    return [
        *_contradictions(written, id, source),
        *_files(written, source),
        *_live_text(written, source),
        *_unknown_notebooks(written, root, source),
    ]


def _contradictions(written: Written, id: str, source: YamlFile) -> Iterator[Problem]:
    if written.id != id:
        yield source.problem(("id",), f"The id {written.id!r} stands in the folder {id}.", f"Write id: {id}.")
    if not written.name.strip():
        yield source.problem(("name",), "The name is empty.", "Write the name that readers know.")
    if len(written.name) > LONGEST_NAME:
        yield source.problem(("name",), f"The name is longer than {LONGEST_NAME} letters.", "Shorten it.")
    months = {"from": written.period.first, "to": written.period.last}
    wrong = [key for key, month in months.items() if not MONTH.fullmatch(month)]
    for key in wrong:
        yield source.problem(("period", key), "A period is made of whole months.", "Write year-month, such as 2022-05.")
    if not wrong and written.period.first > written.period.last:
        yield source.problem(("period",), "The period ends before it begins.", "Exchange from and to.")
    for path, message, remedy in written.publication.mistakes():
        yield source.problem(path, message, remedy)
    named = [key for key in ("adopt", "adapt", "write") if getattr(written.framework, key)]
    if len(named) > 1:
        message = f"The framework is named {len(named)} times: {', '.join(named)}."
        yield source.problem(("framework",), message, "Keep one of adopt, adapt and write.")


def _files(written: Written, source: YamlFile) -> Iterator[Problem]:
    files: dict[Path_, str] = {("sources", table, "file"): named.file for table, named in written.sources.items()}
    if written.outside_knowledge:
        files["outside_knowledge", "file"] = written.outside_knowledge.file
    files |= {("dictionaries", table, "file"): named.file for table, named in written.dictionaries.items()}
    files |= {("framework", key): value for key in ("adapt", "write") if (value := getattr(written.framework, key))}
    for path, named in files.items():
        file = PurePosixPath(named)
        if not named or file.is_absolute() or ".." in file.parts or "\\" in named or "\x00" in named:
            remedy = "Write a path below the locality's folder (or below data_root), such as data/cases.csv."
            yield source.problem(path, f"The file of {path[-2]} lies outside.", remedy)


def _live_text(written: Written, source: YamlFile) -> Iterator[Problem]:
    """Names and notes stand in titles, menus and pages: what pandoc, Quarto or a browser would carry out is refused."""
    texts: dict[Path_, str] = {
        ("name",): written.name,
        ("synthetic_note",): written.synthetic_note,
        ("force_area", "name"): written.force_area.name,
        **dict(written.publication.texts()),
    }
    for number, line in enumerate(written.help_lines):
        texts |= {("help_lines", number, key): getattr(line, key) for key in ("name", "phone", "note")}
        if line.url and not _WEB.fullmatch(line.url):
            yield source.problem(("help_lines", number, "url"), "This is no safe address.", "It begins with https://.")
        if line.checked and not is_day(line.checked):
            yield source.problem(("help_lines", number, "checked"), "This is no date.", "Write it as 2026-11-22.")
    emergency = written.help.emergency
    if emergency and not _EMERGENCY.fullmatch(emergency):
        yield source.problem(("help", "emergency"), "This is no emergency number.", 'Write digits, such as "112".')
    if written.help.only_own and not any(line.phone or line.url for line in written.help_lines):
        message = "The lines of the whole site are left out, and there is none of your own that anybody can reach."
        yield source.problem(("help", "only_own"), message, "Name one under help_lines, with a number or an address.")
    for path, text in texts.items():
        if _LIVE.search(text.rstrip("\n")):
            yield source.problem(path, "The text holds markup.", "Leave out < > { } [ ] \\ ` $ | and line breaks.")
        elif _UNSEEN.search(text):
            yield source.problem(path, "The text holds characters that nobody can see.", "Type it again.")


def is_day(text: str) -> bool:
    """Whether a text is a day written as 2026-11-22."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _unknown_notebooks(written: Written, root: Root, source: YamlFile) -> Iterator[Problem]:
    known = sorted(path.stem for path in root.notebooks.glob("*.ipynb")) if root.notebooks.is_dir() else []
    for name in written.notebooks:
        if known and name not in known:
            yield source.problem(("notebooks", name), f"No notebook is called {name}.", nearest(name, known))
