"""`references.bib`, made from the studies of the evidence register and the works that the methods rest on.

python -m compendium.importers.bibliography EVIDENCE
"""

from __future__ import annotations

import re
import sys
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from compendium.errors import InputRefused, Problem
from compendium.writing import write_whole

HEADER = (
    "% Made from studies.csv and methods.bib by compendium.importers.bibliography: change those, not this file.\n\n"
)
PARTICLES = ("de", "van", "der", "von", "la")
NOT_JOURNALS = ("EU Kids Online",)  # publishers of reports that carry a DOI
WITH_VOLUME = re.compile(
    r"(?P<journal>\D+?)(?: (?P<volume>\d+)(?:\((?P<number>\d+)\))?|, no\. (?P<issue>\d+),)(?:[: ](?P<pages>\S+))?"
)
PERSON = re.compile(r"(?P<surname>.+) (?P<initials>[A-Z]{1,4}(-[A-Z])?)")


def references_bib(studies: pd.DataFrame, methods: str = "") -> str:
    """BibTeX of the works in `methods` and of every study, keyed by `study_id`, in order of key.

    `studies` has the columns of the dictionary `studies`, as text. A year or title that was not read is left out; the
    citation style says so. Raises `InputRefused` when a key occurs twice.
    """
    entries = _entries(methods)
    journals = _journals(studies)
    doubled = sorted(set(entries) & set(studies["study_id"]))
    if doubled:
        raise InputRefused(
            [Problem("methods.bib", message=f"{key} is also a study of the register.") for key in doubled]
        )
    for study in studies.to_dict("records"):
        entries[study["study_id"]] = _entry(study, journals)
    return HEADER + "\n\n".join(entries[key] for key in sorted(entries)) + "\n"


def _entries(bibtex: str) -> dict[str, str]:
    """The entries of a BibTeX text by key; an entry begins and ends at the left margin."""
    return {found[1]: found[0] for found in re.finditer(r"^@\w+\{([^,]+),\n.*?^\}", bibtex, re.MULTILINE | re.DOTALL)}


def _journals(studies: pd.DataFrame) -> set[str]:
    """The names that the register prints with a volume in some row: journals in every row."""
    found = (WITH_VOLUME.fullmatch(name) for name in studies["journal_or_publisher"])
    return {match["journal"] for match in found if match}


def _entry(study: Mapping[Hashable, str], journals: set[str]) -> str:
    return "\n".join([f"@{_kind(study, journals)}{{{study['study_id']},", *_fields(study, journals), "}"])


def _kind(study: Mapping[Hashable, str], journals: set[str]) -> str:
    name = study["journal_or_publisher"]
    if name in NOT_JOURNALS:
        return "techreport"
    printed = WITH_VOLUME.fullmatch(name) or name in journals or "Journal" in name or study["doi"]
    return "article" if printed else "techreport"


def _fields(study: Mapping[Hashable, str], journals: set[str]) -> Iterator[str]:
    for name, value in (
        ("author", " and ".join(authors(study["authors"]))),
        ("title", f"{{{_escape(study['title'])}}}" if study["title"] else ""),
        *_where(study, journals),
        ("year", study["year"]),
        ("doi", study["doi"]),
    ):
        if value:
            yield f"  {name} = {{{value}}},"


def _where(study: Mapping[Hashable, str], journals: set[str]) -> Iterator[tuple[str, str]]:
    name = study["journal_or_publisher"]
    if _kind(study, journals) == "techreport":
        yield "institution", f"{{{_escape(name)}}}" if name else ""
        return
    printed = WITH_VOLUME.fullmatch(name)
    if not printed:
        yield "journal", _escape(name)
        return
    yield "journal", _escape(printed["journal"])
    yield "volume", printed["volume"] or ""
    yield "number", printed["number"] or printed["issue"] or ""
    yield "pages", printed["pages"] or ""


def authors(printed: str) -> list[str]:
    """Authors as BibTeX names: `Madigan S; Ly A` becomes `Madigan, S.`, `Ly, A.`; a body keeps its name in braces.

    What the register remarks in brackets is left out; "full list not read" and "et al." become `others`.
    """
    more = "et al." in printed or "full list not read" in printed or "co-author" in printed or "(lead)" in printed
    plain = re.sub(r"\s*\([^)]*\)", "", printed).replace("et al.", "")
    names = [_author(part.strip().removeprefix("with ")) for part in plain.split(";") if part.strip()]
    return [*names, "others"] if more and names else names


def _author(name: str) -> str:
    person = PERSON.fullmatch(name)
    if not person or not all(word[:1].isupper() or word in PARTICLES for word in person["surname"].split()):
        return f"{{{_escape(name)}}}"
    letters = re.findall(r"[A-Z](?:-[A-Z])?", person["initials"])  # `JRH`, or `A-C` for Anna-Clara
    return f"{person['surname']}, {' '.join(f'{letter}.'.replace('-', '.-') for letter in letters)}"


def _escape(text: str) -> str:
    return re.sub(r"([&%#_$])", r"\\\1", text)


def write_references(evidence: Path) -> Path:
    """Write `references.bib` of an evidence folder from its `studies.csv` and `methods.bib`."""
    studies = pd.read_csv(evidence / "studies.csv", dtype=str, keep_default_na=False)
    methods = (evidence / "methods.bib").read_text(encoding="utf-8")
    write_whole(evidence / "references.bib", references_bib(studies, methods))
    return evidence / "references.bib"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m compendium.importers.bibliography EVIDENCE")
    print(write_references(Path(sys.argv[1])).name)
