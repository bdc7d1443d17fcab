"""The PRISMA 2020 flow: from the records found to the studies included, with every step adding up.

Keys are those of the PRISMA 2020 flow-data template (Haddaway et al. 2022; Page et al. 2021). `sought_difference` with
`sought_difference_reason` declares that records became another number of reports; `other_not_pursued` is the declared
box of records from other sources that nobody followed up; the `awaiting` boxes hold what is not decided yet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from compendium.errors import InputRefused, Problem, nearest

GIVEN = {
    "database_results": "Records identified from databases",
    "register_results": "Records identified from registers",
    "duplicates": "Duplicate records removed",
    "excluded_automatic": "Records marked as ineligible by automation tools",
    "excluded_other": "Records removed for other reasons",
    "records_excluded": "Records excluded",
    "awaiting_screening": "Records awaiting screening (databases and registers)",
    "awaiting_retrieval": "Reports awaiting retrieval (databases and registers)",
    "dbr_notretrieved_reports": "Reports not retrieved (databases and registers)",
    "awaiting_assessment": "Reports awaiting assessment (databases and registers)",
    "website_results": "Records identified from websites",
    "organisation_results": "Records identified from organisations",
    "citations_results": "Records identified from citation searching",
    "contacts_results": "Records identified from contact with authors or experts",
    "elsewhere_results": "Records identified in another way",
    "other_not_pursued": "Records from other sources identified and not pursued",
    "other_awaiting": "Records from other sources awaiting screening or retrieval",
    "other_notretrieved_reports": "Reports not retrieved (other sources)",
    "other_awaiting_assessment": "Reports awaiting assessment (other sources)",
    "previous_studies": "Studies in the previous version of the review",
    "previous_reports": "Reports of studies in the previous version of the review",
    "new_studies": "New studies included",
}
COMPUTED = {
    "identified": "Records identified from databases and registers",
    "removed": "Records removed before screening",
    "records_screened": "Records screened",
    "dbr_sought_reports": "Reports sought for retrieval (databases and registers)",
    "dbr_assessed": "Reports assessed for eligibility (databases and registers)",
    "dbr_excluded_reports": "Reports excluded (databases and registers)",
    "reports_included_db": "Reports included (databases and registers)",
    "other_identified": "Records identified from other sources",
    "other_sought_reports": "Reports sought for retrieval (other sources)",
    "other_assessed": "Reports assessed for eligibility (other sources)",
    "other_excluded_reports": "Reports excluded (other sources)",
    "reports_included_other": "Reports included (other sources)",
    "new_reports": "Reports of new included studies",
    "total_studies": "Studies included in the review",
    "total_reports": "Reports of all included studies",
}
META_ANALYSIS = {
    "total_studies_ma": "Studies included in the meta-analysis",
    "total_reports_ma": "Reports of studies in the meta-analysis",
}
REASONS = {"dbr_excluded": "dbr_excluded_reports", "other_excluded": "other_excluded_reports"}
SPECIFIC = {"database_specific_results": "database_results", "register_specific_results": "register_results"}
SHORT = {
    "screened": "records_screened",
    "sought": "dbr_sought_reports",
    "assessed": "dbr_assessed",
    "other_sought": "other_sought_reports",
}
SELDOM = (  # boxes that most flows don't have: named where they hold something
    *("awaiting_screening", "awaiting_retrieval", "awaiting_assessment", "contacts_results", "elsewhere_results"),
    *("other_awaiting", "other_awaiting_assessment"),
)
DECLARED = ("sought_difference", "sought_difference_reason", "stated")
BOXES = {**GIVEN, **COMPUTED, **META_ANALYSIS}


@dataclass(frozen=True)
class PrismaFlow:
    """A flow whose boxes agree. `counts` holds every box; `reasons` the reports excluded by reason."""

    counts: Mapping[str, int]
    reasons: Mapping[str, Mapping[str, int]]
    sought_difference: str = ""  # why records and reports sought differ; empty when they do not

    def __getitem__(self, box: str) -> int:
        return self.counts[box]

    @property
    def reported(self) -> pd.DataFrame:
        """One row a box, in the order of the diagram: `box` (key), `label`, `count`; reasons follow their box."""
        rows = []
        for box in (*GIVEN, *COMPUTED, *META_ANALYSIS):
            if box in self.counts and (self.counts[box] or box not in SELDOM):
                rows.append({"box": box, "label": BOXES[box], "count": self.counts[box]})
            for reason, number in self.reasons.get(_reason_key(box), {}).items():
                rows.append({"box": _reason_key(box), "label": f"Excluded: {reason}", "count": number})
        return pd.DataFrame(rows, columns=["box", "label", "count"])


def prisma_flow(counts: Mapping[str, Any]) -> PrismaFlow:
    """Complete and check a flow. Sums may be left out; those that are given (at the top or under `stated`) must agree.

    Raises `InputRefused` with every broken identity, naming both boxes and the number that is lost or too many.
    """
    problems = _unknown(counts)
    given = {box: _whole(counts, box, problems) for box in GIVEN}
    reasons = {key: _reasons(counts, key, problems) for key in REASONS}
    difference, explanation = _declared_difference(counts, problems)
    if problems:
        raise InputRefused(problems)
    boxes = _complete(given, reasons, difference)
    stated = _stated(counts, problems)
    problems += _broken(boxes, stated) + _impossible({**boxes, **stated}) + _specific(counts, boxes)
    if problems:
        raise InputRefused(problems)
    boxes |= {key: value for key, value in stated.items() if key in META_ANALYSIS}
    return PrismaFlow(boxes, reasons, explanation)


def counts_from_template(frame: pd.DataFrame) -> dict[str, Any]:
    """The counts of a filled PRISMA 2020 flow-data template (columns `data`, `n`); placeholders count nothing."""
    rows = frame.dropna(subset=["data"])
    texts = {*REASONS, *SPECIFIC}
    return {
        key: _parse_reasons(str(value)) if key in texts else _number(value)
        for key, value in zip(rows["data"].astype(str), rows["n"], strict=True)
        if key in BOXES or key in texts
    }


# Every sum of the diagram: the box, the boxes it is made of (and with which sign), in the order of the diagram: the
# first broken identity is reported first.
IDENTITIES: dict[str, dict[str, int]] = {
    "identified": {"database_results": 1, "register_results": 1},
    "removed": {"duplicates": 1, "excluded_automatic": 1, "excluded_other": 1},
    "records_screened": {"identified": 1, "removed": -1, "awaiting_screening": -1},
    "dbr_sought_reports": {"records_screened": 1, "records_excluded": -1, "awaiting_retrieval": -1},
    "dbr_assessed": {"dbr_sought_reports": 1, "dbr_notretrieved_reports": -1, "awaiting_assessment": -1},
    "reports_included_db": {"dbr_assessed": 1, "dbr_excluded_reports": -1},
    "other_identified": {
        "website_results": 1,
        "organisation_results": 1,
        "citations_results": 1,
        "contacts_results": 1,
        "elsewhere_results": 1,
    },
    "other_sought_reports": {"other_identified": 1, "other_not_pursued": -1, "other_awaiting": -1},
    "other_assessed": {"other_sought_reports": 1, "other_notretrieved_reports": -1, "other_awaiting_assessment": -1},
    "reports_included_other": {"other_assessed": 1, "other_excluded_reports": -1},
    "new_reports": {"reports_included_db": 1, "reports_included_other": 1},
    "total_studies": {"previous_studies": 1, "new_studies": 1},
    "total_reports": {"previous_reports": 1, "new_reports": 1},
}


def _complete(given: Mapping[str, int], reasons: Mapping[str, Mapping[str, int]], difference: int) -> dict[str, int]:
    boxes = dict(given)
    for key, box in REASONS.items():
        boxes[box] = sum(reasons[key].values())
    for box, parts in IDENTITIES.items():
        boxes[box] = sum(sign * boxes[part] for part, sign in parts.items())
        if box == "dbr_sought_reports":
            boxes[box] += difference
    return boxes


def _broken(boxes: Mapping[str, int], stated: Mapping[str, int]) -> list[Problem]:
    """Boxes that were filled with another number than their parts give."""
    problems = []
    for box, parts in IDENTITIES.items():
        if box in stated and stated[box] != boxes[box]:
            gap = stated[box] - boxes[box]
            sum_in_words = _sum_in_words(parts, boxes)
            lost = f"{abs(gap)} {'too many' if gap > 0 else 'lost'}"
            problems.append(
                Problem(
                    column=box,
                    message=f"{BOXES[box]} says {stated[box]}, but {sum_in_words} gives {boxes[box]}: {lost}.",
                    remedy="Correct one of these boxes, or declare the difference where the flow allows one.",
                )
            )
    return problems


def _sum_in_words(parts: Mapping[str, int], boxes: Mapping[str, int]) -> str:
    words = [
        f"{'minus' if sign < 0 else 'plus'} {BOXES[part]} ({boxes[part]})"
        for part, sign in parts.items()
        if boxes[part] or part not in SELDOM
    ]
    return " ".join(words).removeprefix("plus ")


def _impossible(boxes: Mapping[str, int]) -> list[Problem]:
    """Boxes below zero, studies without a report, more in the meta-analysis than in the review."""
    problems = [
        Problem(column=box, message=f"{BOXES[box]} comes to {boxes[box]}: more leave than arrive, by {-boxes[box]}.")
        for box in IDENTITIES
        if boxes[box] < 0
    ]
    pairs = [
        ("new_studies", "new_reports"),
        ("previous_studies", "previous_reports"),
        ("total_studies_ma", "total_studies"),
        ("total_reports_ma", "total_reports"),
        ("total_studies_ma", "total_reports_ma"),
    ]
    for fewer, more in pairs:
        if fewer in boxes and more in boxes and boxes[fewer] > boxes[more]:
            gap = boxes[fewer] - boxes[more]
            message = (
                f"{BOXES[fewer]} ({boxes[fewer]}) can't be more than {BOXES[more]} ({boxes[more]}): {gap} too many."
            )
            problems.append(Problem(column=fewer, message=message))
    return problems


def _specific(counts: Mapping[str, Any], boxes: Mapping[str, int]) -> list[Problem]:
    """Numbers by database must add up to the number of the box, where they are given."""
    problems = []
    for key, box in SPECIFIC.items():
        parts = counts.get(key)
        named = _parse_reasons(parts) if isinstance(parts, str) else dict(parts or {})
        total = sum(int(number) for number in named.values())
        if named and total != boxes[box]:
            message = (
                f"{BOXES[box]} says {boxes[box]}, but the single sources add up to {total}: {abs(total - boxes[box])}"
            )
            problems.append(Problem(column=key, message=f"{message} {'too many' if total > boxes[box] else 'lost'}."))
    return problems


def _unknown(counts: Mapping[str, Any]) -> list[Problem]:
    known = {*BOXES, *REASONS, *SPECIFIC, *DECLARED}
    return [
        Problem(column=str(key), message="No box of the flow has this key.", remedy=nearest(str(key), known))
        for key in counts
        if key not in known
    ]


def _declared_difference(counts: Mapping[str, Any], problems: list[Problem]) -> tuple[int, str]:
    difference = counts.get("sought_difference", 0)
    explanation = str(counts.get("sought_difference_reason", "")).strip()
    if isinstance(difference, bool) or not isinstance(difference, int):
        problems.append(Problem(column="sought_difference", message="Isn't a whole number."))
        return 0, ""
    if difference and not explanation:
        message = f"A difference of {difference} between records and reports sought is declared, but not explained."
        problems.append(Problem(column="sought_difference_reason", message=message, remedy="Say why."))
    return difference, explanation if difference else ""


def _stated(counts: Mapping[str, Any], problems: list[Problem]) -> dict[str, int]:
    filled: dict[str, Any] = {box: counts[box] for box in (*COMPUTED, *META_ANALYSIS) if counts.get(box) is not None}
    for key, value in dict(counts.get("stated") or {}).items():
        filled[SHORT.get(str(key), str(key))] = value
    unknown = [key for key in filled if key not in BOXES]
    problems += [
        Problem(column=key, message="No box of the flow has this key.", remedy=nearest(key, BOXES)) for key in unknown
    ]
    return {box: _whole(filled, box, problems) for box in filled if box in BOXES}


def _whole(counts: Mapping[str, Any], box: str, problems: list[Problem]) -> int:
    number = _number(counts.get(box, 0))
    if number is None or number < 0:
        problems.append(Problem(column=box, message="Isn't a whole number of 0 or more.", remedy="Give a count."))
        return 0
    return number


def _reasons(counts: Mapping[str, Any], key: str, problems: list[Problem]) -> dict[str, int]:
    value = counts.get(key) or {}
    named = _parse_reasons(value) if isinstance(value, str) else dict(value)
    return {str(reason): _whole(named, reason, problems) for reason in named}


def _parse_reasons(text: str) -> dict[str, int]:
    """`Reason1, 12; Reason2, 3` as the template writes it; entries with a placeholder for their number are left out."""
    found = re.findall(r"\s*([^;]+?)\s*,\s*(\d+)\s*(?:;|$)", text)
    return {reason: int(number) for reason, number in found}


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() else None


def _reason_key(box: str) -> str:
    return next((key for key, total in REASONS.items() if total == box), "")
