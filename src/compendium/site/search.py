"""Search in the page: an index of what pages show, and of nothing else, as small scripts that work from a folder.

A section is found by the words between its heading and the next. Numbers, code and formulas are left out. Words are
cut by the plural rules of Harman (1991, "How effective is suffixing?"); `search.js` cuts what is asked in the same way.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

FOLDER = "search"
COMMON = "common"  # pages of no locality
_HEADING = re.compile(  # pandoc puts the anchor on the section where a div begins with its heading
    r'<(?:section(?=[^>]*>\s*<h[1-6])|h[1-6])\b[^>]*?\sid="([^"]*)"[^>]*>\s*(?:<h[1-6]\b[^>]*>)?(.*?)</h[1-6]>', re.S
)
_UNSAID = re.compile(r"<(pre|math)\b.*?</\1>|<[^>]*>", re.S)
_WORD = re.compile(r"[^\W_]+")
_EVERYWHERE = set(
    _WORD.findall(
        "a about all also an and any are as at be because been but by can do does for from had has have how if in into "
        "is it its may more most no not of on one only or other our out so some such than that the their them then "
        "there these they this those to two was we were what when where which who will with would you your"
    )
)

Section = tuple[str, str, str]  # anchor, heading, words


def stem(word: str) -> str:
    """A word without the ending of its plural."""
    if len(word) > 3 and re.search(r"(?<![ea])ies$", word):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and re.search(r"(?<![us])s$", word) and not re.search(r"[aeo]es$", word) else word


def words(text: str) -> list[str]:
    """The words of a text as they are looked up."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))
    return [stem(word) for word in _WORD.findall(bare)]


def sections(parts: Mapping[str, Any]) -> list[Section]:
    """The sections of a page's HTML, the first without an anchor: what stands above all headings."""
    head = " ".join(str(parts.get(key) or "") for key in ("title", "subtitle", "description"))
    cut = _HEADING.split(f"{head} {parts.get('body') or ''}")
    rows = [("", "", cut[0]), *((cut[i], _text(cut[i + 1]), cut[i + 1] + cut[i + 2]) for i in range(1, len(cut), 3))]
    return [(unescape(anchor), heading, _looked_up(text)) for anchor, heading, text in rows]


def _text(html: str) -> str:
    return " ".join(unescape(_UNSAID.sub(" ", html)).split())


def _looked_up(html: str) -> str:
    found = {word for word in words(_text(html)) if len(word) > 1 and not word.isdigit()}
    return " ".join(sorted(found - _EVERYWHERE))


def shard_of(source: str, locality: str) -> str:
    """Which index a page is in: that of its locality's folder, or the common one."""
    return re.sub(r"[^\w-]", "-", source.rpartition("/")[0]) if locality else COMMON


def index(pages: Iterable[tuple[str, str, str, list[Section]]], others: Mapping[str, str]) -> str:
    """One index as a script, of pages by (address, title, locality, sections); `others`: the indexes of localities.

    A line of `words` is a word and the numbers of its sections, each as the step from the one before, in base 36.
    """
    shown: list[tuple[str, str, str]] = []
    where: list[tuple[int, str, str]] = []
    found: dict[str, list[int]] = {}
    for address, title, locality, rows in pages:
        for anchor, heading, text in rows:
            for word in text.split():
                found.setdefault(word, []).append(len(where))
            where.append((len(shown), anchor, heading))
        shown.append((address, title, locality))
    lines = [" ".join([word, *map(_base36, _steps(numbers))]) for word, numbers in sorted(found.items())]
    record = {"pages": shown, "sections": where, "words": "\n".join(lines), "others": dict(sorted(others.items()))}
    return f"compendiumSearch({json.dumps(record, ensure_ascii=False, separators=(',', ':'))});\n"


def _steps(numbers: list[int]) -> list[int]:
    return [number - before for before, number in zip([0, *numbers], numbers, strict=False)]


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits
