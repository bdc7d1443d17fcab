"""Numbers typed by hand where only released ones may stand: in pages, in what notebooks say, in what pages are made of.

Digits, and words for numbers where they tell how many of something there are, or which share. What is no result (a
scale, an age in law, a rule) stands in `report/allowed_numbers.yml` with its reason; years, days, telephone numbers,
citations, code and formulas are known without.
"""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from compendium.dictionary.load import load
from compendium.errors import CompendiumError, InputRefused, Problem
from compendium.framework.local import framework_of
from compendium.locality import load_locality
from compendium.paths import Root, known_localities
from compendium.yamlfile import read_yaml

ALLOWED = "report/allowed_numbers.yml"
PAGES = ("index.qmd", "report/*.qmd", "report/*.md", "places/*/*.qmd")
NOTEBOOKS = "notebooks/*.ipynb"
SAID = ("title", "caption", "note", "subtitle", "value_title", "because")  # of what a notebook publishes
RULES = ("framework.qmd", "self_assessment.qmd")
MADE_OF_RULES = (*RULES, "numbers.qmd", "together.qmd", "releases.qmd")  # of places; released tables, the ledger
RULES_IN_PLAIN_WORDS = "young_people.qmd"  # of a place: its criteria as children read them
NOT_OF_PLACES = "places/data-dictionaries"  # what columns mean: the dictionaries' own words
REMEDY = f"Write {{{{< meta values.… >}}}} (`compendium why` finds names), or say in {ALLOWED} why it is no result."

_CARDINAL = (
    "(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    "|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|millions?|dozens?)"
)
_COUNTED = (
    "child(?:ren)?|girls?|boys?|victims?|suspects?|offenders?|cases?|crimes?|offences?|incidents?"
    "|(?:young )?people|persons?|adults?|parents?|carers?|practitioners?"
    "|services?|areas?|zones?|schools?|studies|reports?|publications?|surveys?"
    "|countries|participants?|priorities|workshops?|interviews?|focus groups?|observations?|respondents?|referrals?"
)
_PART = "(?:half|halves|thirds?|quarters?|fifths?|sixths?|eighths?|tenths?)"
WORDS = re.compile(
    rf"\b(?:{_CARDINAL}(?:[ -](?:and )?{_CARDINAL})*(?: [\w-]+){{0,2}}? (?:{_COUNTED})"
    rf"|(?:one|a|{_CARDINAL})[ -](?!half[ -]open){_PART}(?= of\b| the\b| as\b| more\b)|half (?:of|the|as)\b"
    rf"|(?:one|{_CARDINAL}) (?:in|out of|of every) (?:every )?{_CARDINAL}|(?:one|{_CARDINAL})[ -]per[ -]?cent\b"
    r"|(?:twice|thrice|double|doubled|trebled|tripled|halved) (?:as|the|in|since|from)\b)\b",
    re.I,
)
DIGITS = re.compile(r"(?<![\w.,/&#-])[£€$]?\d[\d,.]*(?<![,.])(?:\s?(?:%|‰|per cent\b))?(?!\w)|[¼½¾⅓⅔⅕⅛]")
YEAR = r"(?:1[89]|20)\d\d"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
KNOWN = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b\d{{1,2}} {_MONTH}(?: {YEAR})?",
        rf"(?<![\d.,]){YEAR}(?:[-–/]\d\d(?:-\d\d)?)?(?![\d.,]*\d|\s?%)",  # a year, 2014/15, 2022-05-01
        r"\b0\d{2,4}[ \d]{3,9}\d\b|\b116[ ]?\d{3}\b|\b(?:999|112|101|111)\b",  # telephone numbers
        r"\b\d+ kB\b",  # of a file
        r"\brelease \d+(?= of \d{4}-)",  # its number in the ledger
        r"\b(?:Python|CC BY|Version|version|WCAG|ICCS) v?\d+(?:\.\d+)*",
    )
)
_AWAY = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (r"\[[^\]]*\]\([^)]*numbers\.qmd#[^)]*\)(?:\{[^}]*\})?", 0),  # a released number
        (r"\{\{<.*?>\}\}|<<.*?>>|<%.*?%>|<#.*?#>", 0),
        (r"`[^`]*`", 0),
        (r"\$\$?[^$]+\$\$?", 0),
        (r"<!--.*?-->", 0),
        (r"(?<=\])\([^)]*\)", 0),  # where a link leads
        (r"\{[#.][^}]*\}|\{[\w-]+=[^}]*\}", 0),
        (r"-?@[\w:.-]*\w(?:, pp?\. ?\d+(?:[-–]\d+)?)?", 0),
        (r"^\s*(?:[-*]\s+)?\d+\.\s", 0),  # the mark of an item
        (r"https?://\S+", 0),
    )
)
_EMPHASIS = re.compile(r"[\[\]]|\*+|(?<![\w])_+|_+(?![\w])|\\(?=[^\w\s])")
_BLANK = re.compile(r"\S")
_IN_WORDS = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True)
class Line:
    """A line that people read, and where a person would mend it."""

    file: str
    place: str
    text: str


@dataclass(frozen=True)
class Allowance:
    """Words around a number that is no result, where they may stand, and why."""

    text: str
    where: str
    why: str
    line: int

    def covers(self, line: Line, start: int, end: int) -> bool:
        """Whether these words stand around the number at `start`."""
        if not fnmatchcase(line.file, self.where):
            return False
        return any(found.start() <= start and end <= found.end() for found in self.pattern.finditer(line.text))

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(r"\s+".join(map(re.escape, self.text.split())))


def problems(root: Root) -> list[Problem]:
    """Every typed number that nothing allows."""
    numbers = [(line, *span) for line in lines(root) for span in typed(line.text)]
    left = _uncovered(numbers, [*allowed(root), *_rules_of_places(root)])
    if left:  # reading every dictionary takes a while, and few pages name such a label in a sentence
        left = _uncovered(left, list(_labels_of_places(root)))
    messages = {
        Problem(
            line.place,
            message=f"“{line.text[start:end].strip()}” is typed: no released value stands behind it.",
            remedy=REMEDY,
        ): None
        for line, start, end in left
    }
    return list(messages)


def _uncovered(
    numbers: Iterable[tuple[Line, int, int]], allowances: Sequence[Allowance]
) -> list[tuple[Line, int, int]]:
    return [number for number in numbers if not any(one.covers(*number) for one in allowances)]


def typed(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers stand in a line, from and to, but those that are known to be no results."""
    known = [found.span() for pattern in KNOWN for found in pattern.finditer(text)]
    for pattern in (DIGITS, WORDS):
        for found in pattern.finditer(text):
            if not any(low <= found.start() and found.end() <= high for low, high in known):
                yield found.span()


def allowed(root: Root) -> list[Allowance]:
    """The reviewed list. Raises `InputRefused` for an entry without a reason."""
    path = root.path / ALLOWED
    if not path.is_file():
        return []
    read = read_yaml(path, ALLOWED)
    if not isinstance(read.data, list):
        raise InputRefused(read.problem((), "is not a list.", "Write a list of text, where and why."))
    wrong = [
        read.problem((number,), "lacks text, where or why.", "Say where it stands and why it is no result.")
        for number, entry in enumerate(read.data)
        if not isinstance(entry, dict) or set(entry) != {"text", "where", "why"} or not all(map(str, entry.values()))
    ]
    if wrong:
        raise InputRefused(wrong)
    return [
        Allowance(str(entry["text"]), str(entry["where"]), str(entry["why"]), read.line((number,)))
        for number, entry in enumerate(read.data)
    ]


def _rules_of_places(root: Root) -> Iterator[Allowance]:
    """The wording of each place's criteria, whose days and shares are what a rule asks for and no results."""
    for name in known_localities(root):
        try:
            framework = framework_of(root, load_locality(root, name)).framework
        except CompendiumError:
            continue  # told where the locality is checked
        for criterion in (criterion for standard in framework.standards for criterion in standard.criteria):
            for words in filter(None, (criterion.plain, criterion.text)):
                yield Allowance(words, f"places/{name}/{RULES_IN_PLAIN_WORDS}", "the wording of a criterion", 0)


def _labels_of_places(root: Root) -> Iterator[Allowance]:
    """Labels in words of what a place records, such as "Children under 10": what a category is called is no result."""
    for name in known_localities(root):
        try:
            described = load(root.dictionaries, load_locality(root, name).dictionary_files())
        except CompendiumError:
            continue  # told where the locality is checked
        labels = {
            str(label) for table in described.values() for field in table.fields for label in field.labels.values()
        }
        for label in sorted(label for label in labels if _IN_WORDS.search(label) and any(typed(label))):
            for words in (label, label[0].lower() + label[1:]):
                yield Allowance(words, f"places/{name}/*", "the label of a category", 0)


def lines(root: Root) -> Iterator[Line]:
    """All that people read and that somebody typed."""
    for pattern in PAGES:
        for path in sorted(root.path.glob(pattern)):
            file = root.relative(path)
            if file.startswith(NOT_OF_PLACES) or (file.startswith("places/") and path.name in MADE_OF_RULES):
                continue
            rows = path.read_text("utf-8-sig").splitlines()
            tables = not file.startswith("places/")  # tables of made pages are released ones
            yield from _of_page(file, rows, lambda number, file=file: f"{file}:{number}", tables=tables)
    for path in sorted(root.path.glob(NOTEBOOKS)):
        yield from _of_notebook(root.relative(path), json.loads(path.read_text("utf-8"))["cells"])


def _of_notebook(file: str, cells: Sequence[Any]) -> Iterator[Line]:
    for number, cell in enumerate(cells, 1):
        source = "".join(cell["source"])
        place = f"{file}, cell {number}"
        if cell["cell_type"] == "markdown":
            yield from _of_page(file, source.splitlines(), lambda _, place=place: place)
        elif cell["cell_type"] == "code":
            for text in _said(source):
                yield Line(file, place, _read_out(text))


def _said(source: str) -> Iterator[str]:
    """Texts that a call of publish or derive gives: its title, caption, note, subtitle."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # a cell of magics says nothing
        return
    for node in ast.walk(tree):
        pairs: Iterable[tuple[Any, ast.expr]] = ()
        if isinstance(node, ast.Call):
            pairs = [(word.arg, word.value) for word in node.keywords]
        elif isinstance(node, ast.Dict):
            pairs = [(getattr(key, "value", None), value) for key, value in zip(node.keys, node.values, strict=True)]
        for name, value in pairs:
            if name in SAID and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def _of_page(file: str, rows: Sequence[str], place: Any, *, tables: bool = True) -> Iterator[Line]:
    """Prose of markdown: front matter but for what is read of it, code, formulas and rules of tables left out."""
    fence, front, formula = "", bool(rows) and rows[0].strip() == "---", False
    for number, row in enumerate(rows, 1):
        text = row.strip()
        if front:
            front = number == 1 or text not in ("---", "...")
            if re.match(r"(?:title|subtitle|description):", text):
                yield Line(file, place(number), _read_out(text))
            continue
        mark = re.match(r"(`{3,}|~{3,})", text)
        if mark and (not fence or text.startswith(fence)):
            fence = "" if fence else mark[1]
            continue
        if text == "$$" or (formula and text.startswith("$$")):
            formula = not formula
            continue
        table = text.startswith("|")
        if fence or formula or (table and (not tables or not re.search(r"[^|:\s-]", text))):
            continue
        yield Line(file, place(number), _read_out(row))


def _read_out(text: str) -> str:
    """A line as a reader hears it; what is no prose is blanked."""
    for pattern in _AWAY:
        text = pattern.sub(lambda found: _BLANK.sub(" ", found[0]), text)
    return html.unescape(_EMPHASIS.sub("", text))
