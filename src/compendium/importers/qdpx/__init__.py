"""REFI-QDA projects (`.qdpx`) of NVivo, ATLAS.ti, MAXQDA and others: codes and counts only, never text.

`read_qdpx(path)` gives the tables `codes` and `coding_agreement`. A hostile archive is refused (`archive`), only
positions and names of codes are read (`project`), names of codes are vetted (`labels`), and codings counted (`tally`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from compendium.errors import InputRefused, Problem, refuse_errors
from compendium.importers.qdpx import labels, tally
from compendium.importers.qdpx.archive import EXPORT_AGAIN, read_project
from compendium.importers.qdpx.project import Code, Project

NAME = "qdpx"
TITLE = "Coded material as a REFI-QDA project, of NVivo, ATLAS.ti, MAXQDA and others: codes and counts, never text"
EXAMPLE = "workshops.qdpx"
MOST_CODES = 999


@dataclass(frozen=True, repr=False)
class Coded:
    """What a project says in numbers. Its repr shows nothing of it."""

    codes: pd.DataFrame  # columns `tally.CODES`
    coding_agreement: pd.DataFrame  # columns `tally.AGREEMENT`
    sources: int
    codings: int
    passed_over: Mapping[str, int]
    remarks: tuple[Problem, ...] = ()


def read_qdpx(path: Path, *, ids: Mapping[str, str] | None = None) -> Coded:
    """Read a project. `ids` are code numbers by label from an earlier import, so that they stay the same.

    Raises `InputRefused` with everything that is wrong: an archive that is none or harms, codes without name or with
    one GUID, labels that look like quotations or names, more coders than letters.
    """
    found = Project()
    read_project(path, found)
    if wrong := [*_wrong_with(found, path.name)]:
        raise InputRefused(wrong)
    shown = _labels(found.codes)
    vetted = list(labels.problems([shown[code.guid] for code in found.codes], path.name))
    refuse_errors(vetted)
    numbers = _numbers(found.codes, shown, ids or {})
    known = [coding for coding in found.codings if coding.code in numbers]
    passed_over = dict(found.passed_over)
    if lost := len(found.codings) - len(known):
        passed_over["codings that name a code the codebook does not have"] = lost
    where = tally.places(known, tally.letters(found.users, known))
    return Coded(
        tally.code_table(found.codes, where, numbers, shown),
        tally.agreement_table(found.codes, where, numbers),
        len(found.sources),
        len(known),
        dict(sorted(passed_over.items())),
        tuple(vetted),
    )


def _wrong_with(found: Project, file: str) -> Iterator[Problem]:
    if not found.is_project:
        yield Problem(file, message="The part does not begin with the element Project.", remedy=EXPORT_AGAIN)
        return
    if not found.codes:
        yield Problem(file, message="The project has no codes.", remedy="Is it the project that was coded?")
    if found.doubled:
        message = f"{found.doubled} codes have the GUID of another code."
        yield Problem(file, message=message, remedy=EXPORT_AGAIN)
    if found.nameless:
        yield Problem(file, message=f"{found.nameless} codes have no name or no GUID.", remedy="Name each code.")
    if len(found.codes) > MOST_CODES:
        yield Problem(file, message=f"The project has more than {MOST_CODES} codes.", remedy="Merge codes first.")
    if found.codes and not found.codings:
        yield Problem(file, message="No passage was given a code.", remedy="Is it the project that was coded?")
    coders = {coding.coder for coding in found.codings} - {""}
    if len(coders) > len(tally.CODERS):
        message = f"{len(coders)} people coded; {len(tally.CODERS)} at most are told apart."
        yield Problem(file, message=message, remedy="Merge users in the program, then export again.")


def _labels(codes: list[Code]) -> dict[str, str]:
    """Each code's name; of codes with one name, with that of the code above in front."""
    names = {code.guid: code.name for code in codes}
    times = Counter(code.name.casefold() for code in codes)
    return {
        code.guid: f"{names[code.parent]}: {code.name}"
        if times[code.name.casefold()] > 1 and code.parent in names
        else code.name
        for code in codes
    }


def _numbers(codes: list[Code], shown: Mapping[str, str], ids: Mapping[str, str]) -> dict[str, str]:
    """A number for each code: the earlier one of the same label, else the next free, in the order of the codebook."""
    given: dict[str, str] = {}
    for code in codes:
        number = ids.get(shown[code.guid], "")
        if number and number not in given.values():
            given[code.guid] = number
    used = {*given.values(), *ids.values()}
    free = (number for number in (f"K{at:02d}" for at in range(1, 10 * MOST_CODES)) if number not in used)
    for code in codes:
        if code.guid not in given:
            given[code.guid] = next(free)
    return {code.guid: given[code.guid] for code in codes}
