"""What of a record of a search is compared with others: title, surname, year, volume, first page, DOI, made plain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

NEEDED = ("record_id", "title", "authors", "year", "volume", "pages", "doi")
MARKS = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th)?|i{1,3}|iv|vi{0,3}|erratum|corrigendum|correction|retraction|reply|comment|protocol)\b"
)


class Key(NamedTuple):
    """What of a record is compared."""

    title: str  # letters and digits, words parted by one blank
    surname: str
    year: int | None
    volume: str
    page: str  # the first page
    doi: str
    filled: int  # fields that hold anything: the fullest record of a group is kept


def plain(text: str) -> str:
    """Letters and digits of a text, of any script, small and without accents, words parted by one blank; no markup."""
    bare = re.sub(r"<[^<>]{1,20}>|&[a-z]{2,6};", " ", text)
    kept = (sign for sign in unicodedata.normalize("NFKD", bare) if sign.isascii() or _is_of_another_script(sign))
    return " ".join(re.findall(r"[^\W_]+", "".join(kept).lower()))


def _is_of_another_script(sign: str) -> bool:
    """A letter that is not Latin; Latin ones beyond a to z are mostly quotation marks in a wrong encoding."""
    return sign.isalpha() and not unicodedata.name(sign, "LATIN").startswith("LATIN")


def key_of(row: Sequence[str]) -> Key:
    """The key of a record, given as the texts of the columns `NEEDED`."""
    _, title, authors, year, volume, pages, doi = row
    return Key(
        plain(title).removesuffix(" in process citation"),
        _surname(authors),
        int(year) if year.isdecimal() else None,
        volume.strip().lower(),
        _first_page(pages),
        re.sub(r"^.*?(?=10\.\d{4,9}/)", "", doi.strip().lower()).rstrip("."),
        sum(bool(value) for value in row),
    )


def _surname(authors: str) -> str:
    """The surname of the first author, written `Baird, J. K.`, `Liu R.` or `J. K. Baird`."""
    first = re.split(r"[;|]", authors, maxsplit=1)[0]
    first = first.split(",", maxsplit=1)[0]
    words = [word for word in plain(first).split() if len(word) > 1]
    return words[0] if words else ""


def _first_page(pages: str) -> str:
    """`623-31`, `623‐631` (with any dash) and `623` give 623; leading zeros and `pp.` count nothing."""
    first = re.split(r"[-‐-―−,; ]", re.sub(r"^\s*pp?\.?\s*", "", pages.strip().lower()))[0]
    return first.lstrip("0")


def agree(one: str, two: str) -> bool:
    """Whether two texts are the same, or one of them was not recorded."""
    return not one or not two or one == two


def near(one: Key, two: Key) -> bool:
    """Years at most one apart (online first, then in print), or not recorded."""
    return one.year is None or two.year is None or abs(one.year - two.year) <= 1


def marked(title: str) -> list[str]:
    """What makes a title another one, however alike the rest is: its numbers (part 1, part 2), an erratum, a reply."""
    return MARKS.findall(title)
