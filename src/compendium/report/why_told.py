"""The answer of `compendium why` in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compendium.charts.words import plural
from compendium.release.tables import PROVENANCE_WORDS

NO_ROWS = "nothing to show"
DIGITS = 16  # of a hash; --json tells it whole
STATES = {
    "hidden": "hidden: the number is small, or would give a small one away",
    "not shown": "not shown: the table that is shown groups otherwise, or has no such row",
    "not supplied": "not supplied: this locality has no such records",
}
Record = Mapping[str, Any]


def unused(left: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Values that no page tells, by table. Pages carry none of them."""
    for id, names in left.items():
        yield f"{id}: {len(names):,} numbers of released tables are told on no page, and no page carries them."
        tables: dict[str, list[str]] = {}
        for name in names:
            tables.setdefault(name.partition(".")[0], []).append(name)
        for table, found in tables.items():
            yield _line(f"{len(found):,}", f"{table}: {', '.join(found[:3])}{', …' if len(found) > 3 else ''}")


def answer(record: Record) -> str:
    """One answer: a line a fact, the number first."""
    number = record.get("number")
    value = f" = {number['text']}" if number and number["text"] else ""
    head = f"{record['name']}{value}  ({record['locality']})"
    parts = (_number, _table, _made, _inputs, _code, _pages)
    return "\n".join([head, *(_line(key, told) for part in parts for key, told in part(record))])


def _line(key: str, told: str) -> str:
    return f"  {key:<11}{told}".rstrip()


Told = Iterator[tuple[str, str]]


def _number(record: Record) -> Told:
    number = record.get("number")
    if number:
        table, means = record["table"], number["means"]
        if means.endswith("share of all") and table["total"]:
            means += f" {table['total']} {plural(table['unit'])}"
        yield "number", "; ".join(part for part in (means, STATES.get(number["state"], number["state"])) if part)
    for title, value in record.get("row", {}).items():
        yield "", f"{title}: {value}"


def _table(record: Record) -> Told:
    table = record["table"]
    total = f", {table['total']} in all" if table["total"] else ""
    about = f"counts of {plural(table['unit'])}{total}" if table["kind"] == "counts" else f"{table['cells']} rows"
    kind = PROVENANCE_WORDS[table["provenance"]].lower()
    yield "table", f"{table['name']}: {table['title']} ({about if table['cells'] else NO_ROWS}; {kind})"
    for variable, missing in table["not_recorded"].items():
        said = ", ".join(f"{code.replace('_', ' ')} {'hidden' if n is None else n}" for code, n in missing.items())
        yield "not known", f"{variable}: {said}"
    yield "rule", _rule(table)
    yield from (("shown at", table["page"]),) if table["page"] else ()
    yield "files", ", ".join(table["files"])


def _rule(table: Record) -> str:
    if table["kind"] != "counts":
        return str(table["policy"])
    if not table["hidden"]:
        return f"{table['policy']}; nothing in this table is hidden"
    hidden = f"{table['hidden']} of {table['cells']} cells and totals are hidden"
    proven = ", and none of them can be worked out from all that is shown" if table["none_can_be_worked_out"] else ""
    return f"{table['policy']}; {hidden}{proven}"


def _made(record: Record) -> Told:
    how = record["made"]
    if not how["notebook"]:
        yield "made by", "this release does not say"
        return
    yield "made by", f"{how['notebook']}, cell {how['cell']}: {how['first_line']}"
    if record["table"]["name"] not in record["worked_out_from"]:
        yield "as", how["how"]
    for name, one in record["worked_out_from"].items():
        yield "worked out", f"{name} as {one['how']}, from released tables only: {', '.join(one['of'])}"


def _inputs(record: Record) -> Told:
    for source in record["inputs"]:
        where = f"{source['file'] or 'a file that is not named'}, {_short(source['hash'])}"
        yield "input", f"{source['name']}: {source['title']} ({source['provenance']}), {where}"


def _short(hash: str) -> str:
    kind, _, digits = hash.partition(":")
    return f"{kind}:{digits[:DIGITS]}…"


def _code(record: Record) -> Told:
    code = record["code"]
    for module, digest in code["modules"].items():
        yield "code", f"{module}, {_short(f'sha256:{digest}')}"
    if code.get("notebook_code"):
        every = f"all {code['notebook_modules']} modules that the notebook ran"
        yield "code", f"compendium {code['version']}; {every}, {_short('sha256:' + code['notebook_code'])}"


def _pages(record: Record) -> Told:
    told = record["told_on"]
    if record.get("number"):
        told = {page: [name for name in names if name == record["name"]] for page, names in told.items()}
        told = {page: names for page, names in told.items() if names} or {page: [] for page in record["told_on"]}
    for page, names in told.items():
        yield "told on", f"{page}: {', '.join(names)}" if names and not record.get("number") else page
    if not record["told_on"]:
        yield "told on", "no page; it stands in its table only"
    if record["also_in"]:
        yield "also in", f"{', '.join(record['also_in'])} (--locality {record['also_in'][0]})"
    yield from (("note", note) for note in record["notes"])
