"""What a locality's pages say of where its records come from: made from what was released, never written by hand.

Pages and notebooks write `{{< meta data.case_files.word >}}` and the like. A locality with real, approved records never
calls them synthetic, and one with synthetic records never lets them pass for real; where both stand on a page, it says
that each table and figure tells which.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from compendium import jsonfile
from compendium.aggregate import least_real
from compendium.markdown import escape, pipe_table

REAL, SYNTHETIC, ILLUSTRATIVE, MIXED, NONE = "real", "synthetic", "illustrative", "mixed", "none"
RECORDS = "records"  # the band of a page that rests on approved real records; "real" is that of published figures
EACH_SAYS = "Each table and figure says which."
SHORT = {  # on every sheet of a printed page
    REAL: "Records approved for release.",
    SYNTHETIC: "Synthetic records.",
    ILLUSTRATIVE: "Illustrative records.",
    MIXED: "Partly synthetic records.",
    NONE: "",
}
ADJECTIVES = {REAL: "recorded", SYNTHETIC: "synthetic", ILLUSTRATIVE: "illustrative", MIXED: "partly synthetic"}


@dataclass(frozen=True)
class Words:
    """A kind of records: what it is called, and what is said of it when it was made up, and when it was not."""

    name: str  # "The case files", subject of "are"
    synthetic: str
    real: str


GROUPS: Mapping[str, Words] = {
    "case_files": Words(
        "The case files",
        "No child, case or zone in them exists. They were made so that the method can be seen at work, with nothing "
        "built in about areas: any pattern between zones is chance. They say nothing about what happens to children in "
        "a real place.",
        "They tell what the police recorded, not all that happened, and are shown only as an approved release in which "
        "small numbers are hidden.",
    ),
    "service_map": Words(
        "The services",
        "They are invented organisations with invented records, so that the method can be seen: the gaps are those of "
        "an invented map.",
        "The map is as good as its entries are fresh, and was approved before it was shown.",
    ),
    "workshop_records": Words(
        "The workshops",
        "Nobody took part in them, and nobody said what they record. A difference between children and professionals "
        "was built in, because such differences are what the method must not hide.",
        "They show what the people who took part chose, by group, never what anybody said.",
    ),
    "pilot_records": Words(
        "The records of the pilot",
        "No such service exists, and no effect was built in: a difference between before and after is chance, and the "
        "method should say so.",
        "Services are shown by their written consent and by code.",
    ),
}


ALSO = {"workshop_records": ("fieldwork_codes",)}  # what was heard before the workshops


def groups_of(declared: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The tables of each kind of records that pages speak of."""
    return {group: (*declared[group], *ALSO.get(group, ())) for group in GROUPS if group in declared}


def of_tables(folder: Path, groups: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Where the records of each group come from, by the tables released in `folder`: one of the words above."""
    found: dict[str, set[str]] = {group: set() for group in groups}
    for path in sorted(folder.glob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        for group, members in groups.items():
            if record["rows"] and record["sensitivity"] == "sensitive" and record["table"] in members:
                found[group].add(record["provenance"])
    return {group: _one(kinds) for group, kinds in found.items()}


def _one(kinds: Iterable[str]) -> str:
    distinct = sorted(set(kinds))
    return NONE if not distinct else distinct[0] if len(distinct) == 1 else MIXED


def overall(kinds: Mapping[str, str]) -> str:
    """Of all groups together."""
    return _one(kind for kind in kinds.values() if kind != NONE)


def words(kinds: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What pages may say, by group: `word` (an adjective), `statement` (sentences), `is` (real, synthetic, ...)."""
    said = {
        group: {"is": kind, "word": ADJECTIVES.get(kind, ""), "statement": _statement(GROUPS[group], kind)}
        for group, kind in kinds.items()
        if group in GROUPS
    }
    every = overall(kinds)
    return {**said, "all": {"is": every, "word": ADJECTIVES.get(every, ""), "statement": _together(kinds)}}


def _statement(group: Words, kind: str) -> str:
    return {
        SYNTHETIC: f"**{group.name} are synthetic.** {group.synthetic}",
        REAL: f"**{group.name} are real.** {group.real}",
        ILLUSTRATIVE: f"**{group.name} are illustrative:** examples, written to show the method.",
        MIXED: f"**{group.name} are partly real and partly synthetic.** {EACH_SAYS}",
        NONE: f"**{group.name} are not supplied** for this locality.",
    }[kind]


def _together(kinds: Mapping[str, str]) -> str:
    """`The case files and the services are synthetic; the workshops are real.`"""
    by_kind: dict[str, list[str]] = {}
    for group, kind in kinds.items():
        if group in GROUPS:
            by_kind.setdefault(kind, []).append(GROUPS[group].name)
    order = [kind for kind in (REAL, MIXED, ILLUSTRATIVE, SYNTHETIC, NONE) if kind in by_kind]
    says = {MIXED: "partly real and partly synthetic", NONE: "not supplied"}
    parts = []
    for kind in order:
        names = [by_kind[kind][0], *(name[0].lower() + name[1:] for name in by_kind[kind][1:])]
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        parts.append(f"{listed} are **{says.get(kind, kind)}**")
    text = "; ".join([parts[0], *(part[0].lower() + part[1:] for part in parts[1:])]) if parts else ""
    return f"{text}." if text else ""


def band(kinds: Iterable[str]) -> str:
    """The word for the band at the head of a page that shows records of these kinds."""
    return {REAL: RECORDS}.get(kind := _one(kinds), "" if kind == NONE else kind)


def at_the_end(kinds: Iterable[str]) -> str:
    """What a caption ends with when any of the tables behind it is made up: `Synthetic data.`; else nothing."""
    return {SYNTHETIC: "Synthetic data.", ILLUSTRATIVE: "Illustrative."}.get(least_real(kinds), "")


def for_the_site(kinds: Mapping[str, Mapping[str, str]]) -> str:
    """The part of the first page that says what is real, by locality."""
    every = overall({place: overall(of_place) for place, of_place in kinds.items()})
    heading, text = {
        SYNTHETIC: (
            "No child, case or service shown here is a real one",
            "Case files, services, workshops and pilot are **synthetic**: made by a program, in invented areas, so "
            "that the method can be seen at work without any child's record. Nothing in them is a finding about a "
            "real place. Every table, figure and page that rests on them says so.",
        ),
        REAL: (
            "What is shown here is what may be shown",
            "Records are **real**, and shown only as approved releases in which small numbers are hidden.",
        ),
    }.get(every, ("Some records shown here are real and some are not", f"The table says which. {EACH_SAYS}"))
    rows = [
        ["Studies of the evidence review", "real: facts from published abstracts, reports and press releases"],
        ["Recorded crime, population, deprivation, area outlines", "real: official figures, each with its publisher"],
    ]
    for place, of_place in kinds.items():
        rows.append([f"Records of {escape(place)}", _together(of_place) or "none"])
    rows.append(["The six quality standards", "illustrative: written for this software, not the study's wording"])
    table = pipe_table(
        ["What", "Status"], rows, caption="What is real, synthetic and illustrative", anchor="tbl-status"
    )
    return f"::: {{.callout-important}}\n## {heading}\n\n{text}\n:::\n\n{table}\n"


PUBLISHED = re.compile(r"publish\(\s*(?:name\s*=\s*)?[\"']([a-z0-9_]+)[\"']")


def with_band(notebook: str, kinds: Mapping[str, str], groups: Mapping[str, Iterable[str]], folder: Path) -> str:
    """A gated notebook whose front matter says where the records it shows come from; one without records as it was."""
    record = json.loads(notebook)
    first = record["cells"][0] if record["cells"] else {}
    names = PUBLISHED.findall(
        "\n".join("".join(cell["source"]) for cell in record["cells"] if cell["cell_type"] == "code")
    )
    tables = [_table(folder, name) for name in names]
    shown = [
        group for group in groups if group in GROUPS and {found.get("table") for found in tables} & set(groups[group])
    ]
    if first.get("cell_type") != "raw":
        return notebook
    if not shown:
        return _real_after_all(notebook, tables)
    note = " ".join(_statement(GROUPS[group], kinds[group]).replace("**", "") for group in shown)
    public = any(found.get("rows") and found.get("sensitivity") == "public" for found in tables)
    note += " Tables of published figures are real and name their publisher." if public else ""
    text = "".join(first["source"])
    kept = [line for line in text.splitlines() if not re.match(r"provenance(?:-note)?\s*:", line)]
    closing = max(at for at, line in enumerate(kept) if line.strip() == "---")
    said = [
        f"provenance: {json.dumps(band(kinds[group] for group in shown))}",
        f"provenance-note: {json.dumps(note, ensure_ascii=False)}",
    ]
    first["source"] = "\n".join([*kept[:closing], *said, *kept[closing:]])
    return jsonfile.text_of(record)


def _real_after_all(notebook: str, tables: Iterable[Mapping[str, object]]) -> str:
    """A notebook that shows a demonstration until a locality supplies its own: then its band says that it is real."""
    record = json.loads(notebook)
    first = record["cells"][0]
    text = "".join(first["source"])
    declared = re.search(r"^provenance\s*:\s*[\"']?(\w+)", text, re.M)
    kinds = {found.get("provenance") for found in tables if found.get("rows")}
    if declared is None or declared[1] != ILLUSTRATIVE or kinds != {REAL}:
        return notebook
    text = re.sub(r"^provenance\s*:.*$", f"provenance: {REAL}", text, flags=re.M)
    note = json.dumps("What this page shows is this locality's own, and real. Each table names its source.")
    first["source"] = re.sub(r"^provenance-note\s*:.*$", f"provenance-note: {note}", text, flags=re.M)
    return jsonfile.text_of(record)


def _table(folder: Path, name: str) -> dict[str, object]:
    found = next(iter(sorted(folder.glob(f"{name}.json")) + sorted(folder.glob(f"{name}.*.json"))), None)
    record: dict[str, object] = json.loads(found.read_text("utf-8")) if found else {}
    return record
