"""Whether another team's release is what it says: each table by its hash, its description, its cells; and an attack.

What does not fit is refused by file, never with a number of it. What is taken in is data: names and labels are texts
of bounded length that pages escape.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from compendium.across.attacked import protected_tables
from compendium.across.carried import PACKAGE, Carried, json_of
from compendium.across.part import Part, Table, table_of
from compendium.aggregate import COUNT, RESERVED, STATUS, TOTAL, Origin, Released
from compendium.disclosure.crossing import LARGEST_COUNT
from compendium.errors import CompendiumError, InputRefused, Problem
from compendium.paths import ID
from compendium.paths import RESERVED as TAKEN
from compendium.release.tables import as_csv

FILE = re.compile(r"tables/([a-z][a-z0-9_]{0,79})(?:\.(synthetic|illustrative))?\.csv")
NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
CODE = re.compile(r"[A-Za-z0-9._-]{0,20}")
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST = 300  # signs of a title or a label
MOST_TABLES, MOST_DIMENSIONS, MOST_CATEGORIES, MOST_CELLS = 1_000, 6, 500, 200_000
KINDS = ("real", "synthetic", "illustrative")
HASH = 12  # signs of a release's hash that tell it for sure
UNLIKE = "It doesn't say what the released file beside it says."


class WrongError(Exception):
    """What is wrong with one file."""


def checked(carried: Carried, asked: str = "") -> Part:
    """The release as a part of what is laid together. `asked`: how its hash must begin.

    Raises `InputRefused` with everything that is wrong: a file that isn't the one described, a text that is live, a
    hidden cell that can be found out, real records that nobody is shown to have approved.
    """
    package = json_of(carried.files.get(PACKAGE, b""))
    if not isinstance(package, dict) or not isinstance(package.get("resources"), list):
        raise carried.refused("This is no description of released tables.", file=PACKAGE)
    place = _place(carried, package.get("locality"))
    found, problems = _tables(carried, package["resources"])
    if problems:
        raise InputRefused(problems)
    _approved(carried, found, asked)
    held, open_ = _attacked(carried, found)
    if open_:
        raise InputRefused(
            Problem(f"{carried.name}/{name}", message="Small counts stand in it, or can be worked out.", remedy=REDO)
            for name in open_
        )
    entry = carried.entry
    return Part(
        **place,
        tables={table.name: table for table in held},
        release=carried.release,
        number=entry.number if entry else 0,
        date=entry.date if entry and DAY.fullmatch(entry.date) else "",
        brought=True,
    )


REDO = "Tell the other team: what they released doesn't hold. It isn't brought in."


def _attacked(carried: Carried, found: list[Table]) -> tuple[list[Table], list[str]]:
    try:
        return protected_tables(found)
    except CompendiumError:  # its words may hold labels and numbers of the release
        raise carried.refused("Its tables contradict each other, or are too many to be attacked.", REDO) from None


def _place(carried: Carried, said: Any) -> dict[str, Any]:
    """Which place and months a release is about."""
    try:
        area, force, period = said["area"], said["force_area"], said["period"]
        place = {
            "id": _fits(ID, said["id"]),
            "name": text(said["name"], 100),
            "area": _fits(CODE, area["code"]),
            "level": text(area["level"], 40, empty=True),
            "force": _fits(CODE, force["code"]),
            "period": (_fits(MONTH, period["from"]), _fits(MONTH, period["to"])),
        }
    except (WrongError, KeyError, TypeError):
        message = "It doesn't say, or not as it should, which place and months it is about."
        remedy = "It was made by an older version, or changed: ask for one that a newer version made."
        raise carried.refused(message, remedy, PACKAGE, "locality") from None
    if place["period"][0] > place["period"][1] or place["id"] in TAKEN:
        raise carried.refused("Its period ends before it begins, or its id can't be one.", file=PACKAGE)
    return place


def _tables(carried: Carried, resources: list[Any]) -> tuple[list[Table], list[Problem]]:
    """Its tables of counts, each as its file, its hash and its description say alike; what is wrong with the others."""
    if len(resources) > MOST_TABLES:
        raise carried.refused(f"It has more than {MOST_TABLES:,} tables.", file=PACKAGE)
    found, problems, named = list[Table](), list[Problem](), set[str]()
    for number, resource in enumerate(resources, 1):
        try:
            file = _described(carried, resource)
            if file in named:
                raise WrongError("It is named twice.")
            named.add(file)
            table = _table(carried.files, file)
            found += [table] if table else []
        except WrongError as wrong:
            path = resource.get("path") if isinstance(resource, dict) else None
            known = isinstance(path, str) and FILE.fullmatch(path)
            place = f"{carried.name}/{path}" if known else f"{carried.name}/{PACKAGE}, resource {number}"
            problems.append(Problem(place, message=str(wrong), remedy="Ask the other team for the release again."))
    strange = sorted(f for f in carried.files if f.startswith("tables/") and f.endswith(".csv") and f not in named)
    if strange:
        message = f"{len(strange)} tables in it are not described."
        problems.append(Problem(f"{carried.name}/tables", message=message, remedy="They were added later: ask again."))
    return found, problems


def _described(carried: Carried, resource: Any) -> str:
    """The path of a table whose bytes are those that its description names."""
    path = resource.get("path") if isinstance(resource, dict) else None
    if not isinstance(path, str) or not FILE.fullmatch(path):
        raise WrongError("The path of this table isn't one of a released table.")
    data = carried.files.get(path)
    if data is None:
        raise WrongError("The file is missing.")
    if resource.get("hash") != f"sha256:{hashlib.sha256(data).hexdigest()}" or resource.get("bytes") != len(data):
        raise WrongError("The file isn't the one that was described: its hash is another.")
    return path


def _table(files: Mapping[str, bytes], path: str) -> Table | None:
    """The counts of a table, when the JSON beside it says the same as its file; None for statistics."""
    said = json_of(files.get(f"{path.removesuffix('.csv')}.json", b""))
    if not isinstance(said, dict):
        raise WrongError("The JSON beside it is missing, or can't be read.")
    if said.get("kind") != "counts" or said.get("rows") == []:
        return None
    try:
        texts(said)
        by = dimensions(said["dimensions"])
        table = table_of({**said, "rows": list(_rows(said["rows"], by))})
    except (KeyError, TypeError, ValueError, AttributeError):
        raise WrongError("The JSON beside it isn't built as it should be.") from None
    stem = path.removeprefix("tables/").removesuffix(".csv")
    if stem != (table.name if table.provenance == "real" else f"{table.name}.{table.provenance}"):
        raise WrongError("Its file has another name than it says.")
    if set(table.cells) != set(table.every_cell()) or len(table.cells) != len(said["rows"]):
        raise WrongError("Cells or margins of it are missing, or stand in it twice.")
    if _csv(table, said["rows"]).encode() != files[path]:
        raise WrongError(UNLIKE)
    return table


def texts(said: Mapping[str, Any]) -> None:
    """What a table says of itself in words can stand on a page. Raises `WrongError`."""
    _fits(NAME, said["name"])
    for key in ("title", "unit", "policy"):
        text(said[key], LONGEST)
    if said["provenance"] not in KINDS or said["sensitivity"] not in ("public", "sensitive"):
        raise WrongError("Where its records come from, or how sensitive they are, isn't said.")


def dimensions(said: Any) -> tuple[Mapping[str, Any], ...]:
    """What a table is counted by, as its JSON says it. Raises `WrongError` for what no table has."""
    if not isinstance(said, list) or len(said) > MOST_DIMENSIONS:
        raise WrongError(f"It has more than {MOST_DIMENSIONS} dimensions.")
    cells = 1
    for dimension in said:
        categories, members = dimension["categories"], dimension["members"]
        if _fits(NAME, dimension["name"]) in RESERVED or not NAME.fullmatch(dimension["variable"]):
            raise WrongError("A dimension has a name that can't be one.")
        text(dimension["title"], LONGEST)
        if len(categories) > MOST_CATEGORIES or TOTAL in categories or set(members) != set(categories):
            raise WrongError("A dimension has too many categories, or one that can't be one.")
        for code, label in categories.items():
            text(code, LONGEST)
            text(label, LONGEST)
        held = [text(member, LONGEST) for code in members for member in members[code]]
        if len(set(held)) < len(held) or len(held) > MOST_CELLS or not all(members.values()):
            raise WrongError("A code stands in two categories, or a category has none.")
        if not set(dimension.get("missing", ())) <= set(categories):
            raise WrongError("A dimension misses a category that it names.")
        cells *= len(categories) + 1
    names = [dimension["name"] for dimension in said]
    if cells > MOST_CELLS or len(set(names)) < len(names):
        raise WrongError("It has too many cells, or a dimension twice.")
    return tuple(said)


def _rows(said: Any, dimensions: tuple[Mapping[str, Any], ...]) -> Iterator[Mapping[str, Any]]:
    wanted = {*(dimension["name"] for dimension in dimensions), COUNT, STATUS}
    for row in said:
        count = row[COUNT]
        if set(row) != wanted or row[STATUS] != ("hidden" if count is None else "published"):
            raise WrongError("A row isn't built as it should be.")
        whole = isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= LARGEST_COUNT
        if count is not None and not whole:
            raise WrongError("A count isn't a whole number from 0.")
        yield row


def _csv(table: Table, rows: list[Mapping[str, Any]]) -> str:
    """The released file as it must read, made from what its JSON says."""
    names = [dimension.name for dimension in table.dimensions]
    frame = pd.DataFrame(rows, columns=[*names, COUNT, STATUS]).astype({COUNT: "Int64"})
    origin = Origin(table.name, "", table.sensitivity, table.provenance, "", "")  # type: ignore[arg-type]
    released = Released(table.name, "", "", frame, table.unit, "counts", table.dimensions, {}, origin, "")
    return as_csv(released)


def _approved(carried: Carried, found: list[Table], asked: str) -> None:
    """Real records come with the ledger in which two people approved them, or with the hash that their page shows."""
    if asked and len(asked) < HASH:
        raise carried.refused(f"--hash has {len(asked)} signs.", f"Give the first {HASH} at least.")
    if asked and not carried.release.startswith(asked.lower()):
        raise carried.refused(
            "Its hash doesn't begin with what was asked for.",
            "Look at the hash on the other team's page of releases, and ask them for that release.",
        )
    real = any(t.sensitivity == "sensitive" and t.provenance == "real" for t in found)
    if real and carried.entry is None and not asked:
        raise carried.refused(
            "It rests on real records, and nothing shows that two people approved it.",
            "Bring in the team's folder ledger/, or give --hash with the sign from its page of releases.",
        )


def _fits(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise WrongError("A name or a code in it can't be one.")
    return value


def text(value: Any, longest: int, *, empty: bool = False) -> str:
    """A text that a page may show: of bounded length, without signs that nobody sees. Raises `WrongError`."""
    if not isinstance(value, str) or len(value) > longest or not (value.strip() or empty):
        raise WrongError("A text in it is missing, too long, or no text.")
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for sign in value):
        raise WrongError("A text in it holds signs that nobody can see.")
    return value
