"""Make the larger tables of the demonstration review: `python evidence/demonstration/make.py` writes them beside it.

Made are records, merges, screening, appraisal and findings; the other tables were written by hand, and `searches` and
`review_studies` are read from there. Every study, author, title, figure and judgement is invented. What became of the
records is declared in `FATES`; what two screeners and two appraisers said is drawn from a fixed seed. No real database
is named, DOIs carry the prefix that is kept for tests (10.5555), and the outcome (who knows of an invented help point)
is none that a review of this field reports, so that no figure can pass for a finding.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SEED = 20251  # any number: the draws must only stay the same
Row = dict[str, Any]

# What became of the records of a search, in this order; the rest was left out at title and abstract.
FATES = {
    "H-001": {"included": 6, "excluded": 12, "not_retrieved": 2, "automation": 4},
    "H-002": {"included": 3, "excluded": 6, "duplicate": 38, "automation": 3},
    "H-003": {"included": 2, "excluded": 5, "not_retrieved": 1, "duplicate": 41, "automation": 2, "other": 3},
    "H-004": {"excluded": 1, "duplicate": 2},
    "H-005": {"included": 2, "excluded": 1, "duplicate": 2},
    "H-006": {"included": 1, "not_retrieved": 1, "duplicate": 1},
    "H-007": {"excluded": 2, "duplicate": 2},
    "H-008": {},
    "H-009": {"included": 2, "excluded": 1, "duplicate": 12},
    "H-010": {"excluded": 1, "not_retrieved": 1, "duplicate": 9},
    "H-011": {"included": 1, "excluded": 1, "duplicate": 10},
    "H-012": {"included": 1},
}
REASONS = ("population", "phenomenon", "phenomenon", "design", "outcome", "no_data", "publication_type")
# the reports that were included, in the order of the searches
REPORTS = (
    *("demo_s01", "demo_s02", "demo_s03", "demo_s04", "demo_s06", "demo_s07"),
    *("demo_s08", "demo_s09", "demo_s10", "demo_s10", "demo_s11"),
    *("demo_s01", "demo_s05", "demo_s12"),
    *("demo_s13", "demo_s08", "demo_s14", "demo_s15"),
)
WORKS = (
    ("survey", "interviews", "trial", "case study", "overview", "diary study", "workshop report"),
    ("paper lanterns", "stone bridges", "wooden spoons", "glass marbles", "red kites", "brass bells", "blue ribbons",
     "clay whistles", "oak ladders", "tin drums", "silk maps"),
    ("first-year pupils", "night gardeners", "retired sailors", "apprentice bakers", "choir singers", "young weavers",
     "bus drivers", "beekeepers", "lighthouse staff", "chess players", "carpenters", "librarians", "stamp collectors"),
    ("Nowhere Fen", "Upper Example", "Mockton", "Sampleby", "Little Fiction", "Invented Bay", "Placeholder Hill",
     "Old Specimen", "Dummy Marsh", "Templeby-in-Print", "New Pretend", "Far Instance", "Great Sketch", "Blankford",
     "Lorem Park", "Ipsum Quay", "Draft Green"),
)  # fmt: skip
AUTHORS = ("Demolin", "Demorath", "Demobury", "Demofield", "Demosand", "Demowick", "Demoford", "Demohurst", "Demostead")


def main() -> None:
    draw = random.Random(SEED)  # noqa: S311 - nothing here is secret
    records, merges = found()
    write("records", records)
    write("merges", merges)
    write("screening", screened(records, draw))
    write("appraisal", appraised(draw))
    write("findings", findings())


def write(name: str, rows: Sequence[Row]) -> None:
    with (HERE / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read(name: str) -> list[Row]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def found() -> tuple[list[Row], list[Row]]:
    """Records in the order of import, and the merges of those that repeat another."""
    records: list[Row] = []
    merges: list[Row] = []
    works = iter(range(1, 400))
    reports = iter(REPORTS)
    repeated = 0
    for each in read("searches"):
        search, at, total = each["search_id"], int(each["round"]), int(each["records"])
        fates = FATES[search]
        ends = [fate for fate, times in fates.items() for _ in range(times)]
        ends += ["left_out"] * (total - len(ends))
        before = [row for row in records if row["removed"] == "no" and row["study_id"] == ""]
        for fate in ends:
            number = f"N-{len(records) + 1:06}"
            if fate == "duplicate":
                repeated += 1
                kept = before[(repeated * 5) % len(before)]
                row, rule = copy_of(kept, number, search, repeated)
                merges.append(merge(number, kept["record_id"], rule))
            else:
                row = new(number, search, next(works), at, bare=search in ("H-005", "H-006") and fate == "left_out")
            row |= {
                "removed": fate if fate in ("duplicate", "automation", "other") else "no",
                "retrieval": {"included": "retrieved", "excluded": "retrieved"}.get(fate, "not_sought"),
                "study_id": next(reports) if fate == "included" else "",
            }
            if fate == "not_retrieved":
                row["retrieval"] = "not_retrieved"
            records.append(row)
    taken_back = [row["record_id"] for row in records if row["removed"] == "no" and row["search_id"] == "H-003"][-2:]
    merges.append(
        merge(taken_back[1], taken_back[0], "by_hand", "A reply to the other, not the same report (invented).", "yes")
    )
    return records, sorted(merges, key=lambda row: row["record_id"])


def new(number: str, search: str, work: int, at: int, *, bare: bool) -> Row:
    """A record of an invented work; a bare one has nothing but its title, as lists on websites do."""
    kind, what, who, where = (words[work % len(words)] for words in WORKS)
    authors = [f"{AUTHORS[(work * step) % len(AUTHORS)]}, {'ABCDEFGHIJ'[(work + step) % 10]}." for step in (1, 2, 4)]
    page = 3 + (work * 37) % 380
    return {
        "record_id": number,
        "search_id": search,
        "accession": f"demo-{work:04}",
        "kind": "webpage" if bare else "report" if search in ("H-005", "H-006") else "article",
        "authors": "" if bare else "; ".join(authors[: 1 + work % 3]),
        "year": "" if bare else (2025 + work % 2 if at else 2010 + work % 15),
        "title": f"Demonstration {work:03}: {kind} of {what} among {who} in {where} (invented)",
        "journal": "" if bare else "Journal of Demonstrations (invented)",
        "volume": "" if bare else 1 + work % 24,
        "issue": "" if bare else 1 + work % 4,
        "pages": "" if bare else f"{page}-{page + 9}",
        "doi": "" if bare or work % 6 == 0 else f"10.5555/demo.{work:04}",
        "language": "en",
    }


def copy_of(kept: Row, number: str, search: str, times: int) -> tuple[Row, str]:
    """The same work as another database writes it, and the rule that finds it."""
    row = {**kept, "record_id": number, "search_id": search, "accession": f"demo-copy-{times:04}"}
    if not kept["authors"]:
        return row, "title_alone"
    if kept["doi"] and times % 3:
        return row | {"pages": str(row["pages"]).split("-")[0]}, "doi"
    if times % 2:
        return row | {"doi": "", "journal": "J. Demonstr. (invented)"}, "title_year_page"
    return row | {"doi": "", "pages": "", "volume": "", "issue": ""}, "title_year_author"


def merge(record: str, kept: str, rule: str, note: str = "", undone: str = "no") -> Row:
    return {
        "record_id": record,
        "kept_id": kept,
        "rule": rule,
        "similarity": "" if rule == "by_hand" else "1.000",
        "undone": undone,
        "note": note,
    }


def screened(records: Iterable[Row], draw: random.Random) -> list[Row]:
    """Two screeners who err now and then, never both in the same record; what they settled on where they differ."""
    rows: list[Row] = []
    days = {row["search_id"]: row["searched_on"] for row in read("searches")}
    reasons = 0
    for record in records:
        if record["removed"] != "no":
            continue
        year = days[record["search_id"]][:4]
        sought = record["retrieval"] != "not_sought"
        rows += decided(record, "title_abstract", "include" if sought else "exclude", "", f"{year}-04-14", draw, 0.06)
        if record["retrieval"] == "retrieved":
            included = bool(record["study_id"])
            reasons += not included
            reason = "" if included else REASONS[reasons % len(REASONS)]
            truth = "include" if included else "exclude"
            rows += decided(record, "full_text", truth, reason, f"{year}-06-02", draw, 0.08)
    return rows


def decided(record: Row, stage: str, truth: str, reason: str, day: str, draw: random.Random, error: float) -> list[Row]:
    other = "exclude" if truth == "include" else "include"
    first = other if draw.random() < error else truth
    second = other if first == truth and draw.random() < error else truth
    if truth == "include" and second == truth and stage == "title_abstract" and draw.random() < 0.1:
        second = "unsure"
    said = [("A", first), ("B", second)]
    if first != second and "exclude" in (first, second):
        said.append(("agreed", truth))
    return [
        {
            "record_id": record["record_id"],
            "stage": stage,
            "screener": screener,
            "decision": decision,
            "reason": (reason or "outcome") if stage == "full_text" and decision == "exclude" else "",
            "decided_on": day,
        }
        for screener, decision in said
    ]


CRITERIA = {"qualitative": "1", "randomised": "2", "non_randomised": "3", "descriptive": "4"}
EMMIE = ("effect", "mechanism", "moderators", "implementation", "economics")


def questions(kind: str, design: str) -> list[tuple[str, str]]:
    """The tool and question that fit a study."""
    if kind == "review":
        return [("emmie_q", dimension) for dimension in EMMIE]
    sets = ["1", "4", "5"] if design == "mixed" else [CRITERIA[design]]
    asked = [("mmat_2018", item) for item in ("S1", "S2", *(f"{one}.{at}" for one in sets for at in range(1, 6)))]
    return asked + ([("jbi_prevalence", f"Q{at}") for at in range(1, 10)] if design == "descriptive" else [])


def appraised(draw: random.Random) -> list[Row]:
    rows = []
    for each in read("review_studies"):
        study = each["study_id"]
        for tool, item in questions(each["kind"], each["design"]):
            scale = ("0", "1", "2", "3", "4") if tool == "emmie_q" else ("yes", "yes", "yes", "cant_tell", "no")
            agreed = "yes" if item in ("S1", "S2") else scale[int(draw.random() * len(scale))]
            answers = {"A": agreed, "B": agreed, "agreed": agreed}
            if item not in ("S1", "S2") and draw.random() < 0.12:
                others = [answer for answer in scale if answer != agreed]
                answers["B" if draw.random() < 0.5 else "A"] = others[int(draw.random() * len(others))]
            rows += [
                {
                    "study_id": study,
                    "tool": tool,
                    "item": item,
                    "appraiser": appraiser,
                    "answer": answer,
                    "support": f"Invented, p. {2 + len(rows) % 9}" if appraiser == "agreed" else "",
                }
                for appraiser, answer in answers.items()
            ]
    return rows


KNOWS = "Knew of the invented help point"
# study, with the outcome, asked, recall, sample
PREVALENCE = [
    ("demo_s01", 212, 1040, "past_year", "demo_a"),
    ("demo_s02", 148, 905, "past_year", "demo_b"),
    ("demo_s03", 390, 1530, "past_year", "demo_c"),
    ("demo_s04", 120, 480, "past_year", "demo_c"),
    ("demo_s05", 300, 800, "ever", "demo_e"),
    ("demo_s13", 96, 1210, "past_year", "demo_m"),
    ("demo_s14", 410, 1180, "past_year", "demo_n"),
]
IN_WORDS = [
    ("demo_s06", "wish_to_know", "experience", "What helps", "Invented: wanted to be told what happens next."),
    ("demo_s07", "wish_to_know", "experience", "What helps", "Invented: wanted one person who stays."),
    ("demo_s10", "wish_to_know", "experience", "What helps", "Invented: wanted to be told what happens next."),
    ("demo_s15", "wish_to_know", "experience", "What helps", "Invented: wanted to choose who is told."),
    ("demo_s08", "how_it_works", "mechanism", KNOWS, "Invented: seeing the help point once was enough."),
    ("demo_s08", "for_whom", "moderators", KNOWS, "Invented: no difference by age was looked for."),
    ("demo_s09", "how_it_is_run", "implementation", KNOWS, "Invented: two of five sites ran it as planned."),
]
NUMBERS = [
    ("demo_s08", "effect_on_knowing", "effect", KNOWS, "risk_ratio", 1.42, 1.1, 1.83, 612),
    ("demo_s09", "effect_on_knowing", "effect", KNOWS, "risk_ratio", 1.08, 0.81, 1.44, 340),
    ("demo_s09", "cost_of_a_site", "economics", "Cost of a site in a year", "cost_gbp", 1850, "", "", ""),
]
SLIPS = {  # what one extractor took down otherwise, before both looked again
    ("demo_s02", "knew_of_it", "B"): {"events": 184},
    ("demo_s05", "knew_of_it", "A"): {"recall": "not_printed"},
    ("demo_s13", "knew_of_it", "B"): {"participants": 1201},
    ("demo_s08", "effect_on_knowing", "A"): {"high": 1.38 + 0.54},
    ("demo_s07", "wish_to_know", "B"): {"heading": "implementation"},
}
BLANK = dict.fromkeys(("statement", "measure", "value", "low", "high", "events", "participants", "recall"), "")


def known(events: int, asked: int, recall: str, sample: str) -> Row:
    return {
        "measure": "percent",
        "value": f"{100 * events / asked:.1f}",
        "events": events,
        "participants": asked,
        "recall": recall,
        "definition": "Said that they knew of it",
        "sample": sample,
    }


def findings() -> list[Row]:
    facts = [
        (study, "knew_of_it", "prevalence", KNOWS, known(events, asked, recall, sample))
        for study, events, asked, recall, sample in PREVALENCE
    ]
    facts += [(study, name, head, what, {"statement": text}) for study, name, head, what, text in IN_WORDS]
    facts += [
        (study, name, head, what, {"measure": unit, "value": at, "low": low, "high": high, "participants": people})
        for study, name, head, what, unit, at, low, high, people in NUMBERS
    ]
    rows = []
    for study, name, heading, outcome, said in sorted(facts, key=lambda fact: fact[:2]):
        for extractor in ("A", "B", "agreed"):
            rows.append(
                {"study_id": study, "finding": name, "extractor": extractor, "heading": heading, "outcome": outcome}
                | BLANK
                | {"definition": "", "sample": ""}
                | said
                | SLIPS.get((study, name, extractor), {})
                | {"locator": f"p. {4 + len(rows) % 7} (invented)"}
            )
    return rows


if __name__ == "__main__":
    main()
