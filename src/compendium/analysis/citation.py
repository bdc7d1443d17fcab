"""How a report of the register is called in a table or figure."""

from __future__ import annotations

from typing import Any

import pandas as pd

from compendium.aggregate import CheckedTable


def short_names(studies: CheckedTable) -> dict[str, str]:
    """`Fry et al. 2025` by study: first author or publisher, and year; the study's id where no author was read.

    Reports that would share a name have their country behind it, or their id where that does not tell them apart.
    """
    frame = studies.frame
    rows = frame[["study_id", "authors", "year"]].to_dict("records")
    plain = pd.Series([_short_name(row["study_id"], row["authors"], row["year"]) for row in rows], frame["study_id"])
    country = pd.Series(frame["country"].fillna("").to_numpy(), plain.index)
    placed = plain.mask(plain.duplicated(keep=False) & (country != ""), plain + " (" + country + ")")
    names = placed.mask(placed.duplicated(keep=False), plain + " (" + plain.index + ")")
    return {str(study): str(name) for study, name in names.items()}


def _short_name(study_id: str, authors: Any, year: Any) -> str:
    dated = "year not read" if pd.isna(year) else str(int(year))
    if not isinstance(authors, str):
        return f"{study_id} (author not read)"
    first, *others = (author.split(" (")[0].split(";")[0].strip() for author in authors.split("; "))
    *words, initials = first.split(" ")
    surname = " ".join(words) if words and initials.isupper() and len(initials) <= 3 else first
    person = surname != first
    return f"{surname}{' et al.' if person and others else ''}, {dated}"
