"""What children suggested, what was decided, and why: the answer that each suggestion is owed.

Counts by decision; and, topic by topic, what came of it in words, without a number, so that also a topic of a few
suggestions can be answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import CheckedTable, Counts, Statistic
from compendium.analysis.counting import counted
from compendium.analysis.stakeholders import CHILDREN, GROUP, SIDE

LEAST_TOPIC = 5  # suggestions on a topic; smaller topics are told together
REST, REST_LABEL = "other", "Other topics"
TAKEN = ("accepted", "partly")
ANSWERS = {
    "topic": "Topic code",
    "topic_label": "You said something about",
    "answer": "What was decided",
    "reasons": "Why",
    "standards": "Where it is now",
}


def decisions(records: Any, by: Sequence[str] = (SIDE, "decision")) -> Counts:
    """Suggestions by who made them and what was decided: the answer that each is owed."""
    table = records["suggestions"]
    return counted(table, table.frame, tuple(table.dimensions[name] for name in by), "suggestion")


def answers(records: Any) -> Statistic:
    """Children's suggestions topic by topic: taken up, partly or not, every reason, and the standards that took them up
    (kind `answers`). Topics of fewer than 5 suggestions are told together, or not at all when they are still too few.
    """
    table = records["suggestions"]
    made = table.frame[table.frame[GROUP] == CHILDREN]
    small = {str(topic) for topic, said in made.groupby("topic") if len(said) < LEAST_TOPIC}
    topics = made["topic"].where(~made["topic"].isin(small), REST)
    rows: list[dict[str, str]] = []
    least = 0
    for topic, said in made.groupby(topics):
        if len(said) >= LEAST_TOPIC:
            rows.append(_answer(str(topic), said, table))
            least = min(least or len(said), len(said))
    rows.sort(key=_last_the_rest)
    frame = pd.DataFrame(rows, columns=list(ANSWERS))
    return Statistic("answers", frame, ANSWERS, "suggestion", least, table.origin)


def _last_the_rest(row: Mapping[str, str]) -> tuple[bool, str]:
    return row["topic"] == REST, row["topic"]


def _answer(topic: str, said: pd.DataFrame, table: CheckedTable) -> dict[str, str]:
    topics, reasons = table.dimensions["topic"].categories, table.dimensions["reason_code"].categories
    taken = said["decision"].isin(TAKEN)
    how = "Taken up, wholly or in part" if taken.all() else "Some taken up, some not" if taken.any() else "Not taken up"
    standards = sorted({str(code) for code in said["standard_id"].dropna()} - {""})
    return {
        "topic": topic,
        "topic_label": REST_LABEL if topic == REST else topics[topic],
        "answer": how,
        "reasons": "; ".join(_named(said["reason_code"], reasons)),
        "standards": ", ".join(standards),
    }


def _named(codes: pd.Series, labels: Mapping[str, str]) -> Sequence[str]:
    """Labels of the codes that occur, in the order in which the dictionary lists them."""
    found = set(codes.astype(str))
    return [label for code, label in labels.items() if code in found]
