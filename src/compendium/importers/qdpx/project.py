"""What is read of a REFI-QDA project: codes with their names, who coded, and where. Never a word of any source.

Programs write the same standard differently: elements with another case or namespace, GUIDs in either case and in
braces, codings without a user, codes without a colour. Only the attributes named here are looked at; the `name` of a
selection, in which NVivo and ATLAS.ti put the passage itself, is not among them, and no text of an element is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from compendium.dictionary.xmlstream import Attributes, Reader

SOURCES = frozenset({"textsource", "picturesource", "pdfsource", "audiosource", "videosource"})
WITHIN = frozenset({"textdescription", "representation", "transcript"})  # parts of a source that count for themselves
POSITIONS = {  # kind of selection -> attributes that say from where to where, in order
    "plaintextselection": ("startposition", "endposition"),
    "audioselection": ("begin", "end"),
    "videoselection": ("begin", "end"),
    "transcriptselection": ("fromsyncpoint", "tosyncpoint"),
    "pictureselection": ("firstx", "firsty", "secondx", "secondy"),
    "pdfselection": ("page", "firstx", "firsty", "secondx", "secondy"),
}
KEPT = frozenset({"guid", "targetguid", "creatinguser", "position", "timestamp"}).union(*POSITIONS.values())
NAMED = "code"  # the one element whose `name` is read


@dataclass(frozen=True)
class Code:
    """A code of the codebook; `parent` is the GUID of the code above it, empty at the top."""

    guid: str
    name: str
    parent: str


@dataclass(frozen=True)
class Place:
    """A stretch of a source: `part` is the source, or the transcript or text inside it; no `span`: all of it."""

    part: str
    kind: str
    span: tuple[int, ...] = ()


@dataclass(frozen=True)
class Coding:
    """A coder gave a place a code. `coder` is a user's GUID, empty when the export names none."""

    code: str
    coder: str
    place: Place


@dataclass
class Project(Reader):
    """Reads the project part element by element and keeps `codes`, `users`, `codings` and what was passed over."""

    users: list[str] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    doubled: int = 0  # codes whose GUID another has
    nameless: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)  # what, how often
    is_project: bool = False
    _stack: list[tuple[str, Attributes]] = field(default_factory=list)
    _guids: set[str] = field(default_factory=set)
    _sync: dict[str, int] = field(default_factory=dict)

    def start(self, name: str, attributes: Attributes) -> None:
        tag = name.casefold()
        plain = {key.rpartition(" ")[2].casefold(): value for key, value in attributes.items()}
        given = {key: value for key, value in plain.items() if key in KEPT or (key == "name" and tag == NAMED)}
        if not self._stack:
            self.is_project = tag == "project"
        self._stack.append((tag, given))
        match tag:
            case "user":
                self._user(given)
            case "code":
                self._code(given)
            case "syncpoint":
                self._sync[guid_of(given)] = _number(given.get("position", given.get("timestamp", "")))
            case "coderef":
                self._coded(guid_of(given, "targetguid"))
            case _ if tag in SOURCES:
                self.sources.add(guid_of(given))

    def end(self, name: str) -> None:
        self._stack.pop()

    def _user(self, given: Attributes) -> None:
        guid = guid_of(given)
        if guid and guid not in self.users:
            self.users.append(guid)

    def _code(self, given: Attributes) -> None:
        above = [attributes for tag, attributes in self._stack[:-1] if tag == "code"]
        guid, label = guid_of(given), " ".join(given.get("name", "").split())
        if guid in self._guids:
            self.doubled += 1
        elif not guid or not label:
            self.nameless += 1
        else:
            self.codes.append(Code(guid, label, guid_of(above[-1]) if above else ""))
        self._guids.add(guid)

    def _coded(self, code: str) -> None:
        tags = [tag for tag, _ in self._stack]
        if "note" in tags:
            self._pass_over("codings of memos, which are the coders' own words")
        elif not SOURCES & set(tags):
            if "case" in tags or "cases" in tags:
                self._pass_over("codes of a whole case")
        elif not code:
            self._pass_over("codings that name no code")
        else:
            self.codings.append(Coding(code, self._coder(), self._place()))

    def _coder(self) -> str:
        """Who coded: said by the coding, else by its selection. A source's user only brought the source in."""
        for tag, given in reversed(self._stack):
            if (tag == "coding" or tag in POSITIONS) and (user := guid_of(given, "creatinguser")):
                return user
        return ""

    def _place(self) -> Place:
        """The outermost selection: what lies inside a selection (the text of a part of a page) is the same passage."""
        part = ""
        for tag, given in self._stack:
            if tag in SOURCES or tag in WITHIN:
                part = guid_of(given) or part
            elif tag in POSITIONS:
                return Place(part, tag, self._span(tag, given))
        return Place(part, "whole")

    def _span(self, tag: str, given: Attributes) -> tuple[int, ...]:
        raw = [given.get(name, "") for name in POSITIONS[tag]]
        if tag == "transcriptselection":
            return tuple(self._sync.get(_plain(text), -1) for text in raw)
        return tuple(_number(text) for text in raw)

    def _pass_over(self, what: str) -> None:
        self.passed_over[what] = self.passed_over.get(what, 0) + 1


def guid_of(given: Attributes, name: str = "guid") -> str:
    """A GUID as every program means it: without braces, in small letters."""
    return _plain(given.get(name, ""))


def _plain(text: str) -> str:
    return text.strip().strip("{}").casefold()


def _number(text: str) -> int:
    digits = text.strip().removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 16 else -1
