"""What was found: the level of each criterion in the pilot, and the value of each measure as far as one is released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compendium.framework.links import measure
from compendium.framework.schema import Criterion, Standard
from compendium.framework.standards import Framework
from compendium.markdown import escape, pipe_table
from compendium.release.derived.trace import SELF, YOUTH, criterion_in, level_text
from compendium.release.values import PAGE, entry
from compendium.report import numbers, read
from compendium.report.framework_page import shown
from compendium.report.place import Place

LEVELS_TABLE = "pilot_levels"
NOT_COUNTED = "not counted yet"


@dataclass(frozen=True)
class Found:
    """Released ratings by criterion and who rated, as text."""

    ratings: Mapping[tuple[str, str], str]

    def rating(self, criterion: str, rater: str) -> str:
        return self.ratings.get((criterion, rater), shown.NOT_RELEASED)


def found(place: Place) -> Found:
    """The pilot's released ratings of a locality."""
    record, ratings = read.released(place, LEVELS_TABLE), {}
    for row in record["rows"] if record else []:
        if criterion := criterion_in(str(row["measure"])):
            ratings[criterion, str(row["group"])] = _rating(row)
    return Found(ratings)


def of_standard(standard: Standard, place: Place, results: Found) -> str:
    """The criteria of a standard with what was found for each."""
    return pipe_table(
        ["Criterion", "Counted as", "Counted now", "Level: services", "Level: young people"],
        [_row(criterion, place, results) for criterion in standard.criteria],
        caption=f"What was found for standard {standard.id[1:]}",
        anchor=f"tbl-found-{standard.id[1:]}",
    )


def conformance(framework: Framework, results: Found) -> list[str]:
    """All criteria on one page: what services and young people say."""
    rows = [
        [one.id, escape(one.text), results.rating(one.id, SELF), results.rating(one.id, YOUTH)]
        for one in framework.criteria
    ]
    header = ["Criterion", "What is asked", "Services", "Young people"]
    missing = sum(results.rating(one.id, YOUTH) == shown.NOT_RELEASED for one in framework.criteria)
    without = f"{missing} of {len(framework.criteria)} criteria"
    if results.ratings:
        without = numbers.link(without, LEVELS_TABLE)
    less = f" For {without} no rating by young people is released." if missing else ""
    return [
        "## How far services meet the standards {#sec-conformance}",
        "",
        "Mean level over the services of the pilot, 0 (not started) to 3 (in place and checked with young people), "
        "with its 95% interval and the number of services. No service is named, and no level is a pass mark. Ratings "
        f"rest on few services: a wide interval says so.{less}",
        "",
        pipe_table(
            header, rows, caption="Level of each criterion after the pilot, by who rated", anchor="tbl-conformance"
        ),
        "",
        *([f"[Where these levels come from]({PAGE}#{entry(LEVELS_TABLE)})", ""] if results.ratings else []),
    ]


def _row(criterion: Criterion, place: Place, results: Found) -> list[str]:
    related = [f"{escape(one.text)}: {escape(shown.value(place, one.value))}" for one in criterion.related]
    return [
        criterion.id,
        escape(measure(criterion)),
        NOT_COUNTED + (f"; related: {'; '.join(related)}" if related else ""),
        results.rating(criterion.id, SELF),
        results.rating(criterion.id, YOUTH),
    ]


def _rating(row: Mapping[str, Any]) -> str:
    size = "" if row["mean"] is None or row["n"] is None else f"; {int(row['n'])} services"
    return f"{level_text(row)}{size}"
