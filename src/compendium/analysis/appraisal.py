"""Appraisal of studies: MMAT 2018, JBI for prevalence, EMMIE-Q, and the certainty of findings by GRADE-CERQual.

Answers are listed, never added to a score (Hong et al. 2018 advise against one). What two appraisers agreed on is
shown; where nothing was agreed and both said the same, that. Subjects of questions are in our own short words: appraise
from the published tools.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import Statistic, TableGroup
from compendium.analysis.decisions import AGREEMENT, measures
from compendium.errors import InputRefused, Problem

SETS = {"1": "Qualitative", "2": "Randomised", "3": "Not randomised", "4": "Descriptive", "5": "Mixed methods"}
SET_OF = {"qualitative": ("1",), "randomised": ("2",), "non_randomised": ("3",), "descriptive": ("4",)}
QUANTITATIVE = ("2", "3", "4")  # a mixed study is rated in 1, in one of these and in 5
JBI = {
    "Q1": "Frame",
    "Q2": "Sampling",
    "Q3": "Size",
    "Q4": "Described",
    "Q5": "Coverage",
    "Q6": "Valid",
    "Q7": "Alike for all",
    "Q8": "Statistics",
    "Q9": "Response",
}
EMMIE = ("effect", "mechanism", "moderators", "implementation", "economics")
COMPONENTS = ("methods", "coherence", "adequacy", "relevance", "overall")


def mmat(review: TableGroup) -> Statistic:
    """MMAT 2018, a row a study and set of five criteria (kind `listing`); a mixed-methods study has three rows.

    Raises `InputRefused` with every study whose criteria are not those of its design.
    """
    studies = review["review_studies"]
    answers, said = _settled(review, "mmat_2018"), review["appraisal"].dimensions["answer"].categories
    design = studies.frame.set_index("study_id")["design"]
    label = studies.frame.set_index("study_id")["label"]
    rows: list[tuple[Any, ...]] = []
    problems: list[Problem] = []
    for study in [one for one in design.index if one in answers]:
        found = answers[study]
        problems += _incomplete(study, design[study], found)
        for number in sorted({item[0] for item in found} & set(SETS)):
            criteria = [said.get(found.get(f"{number}.{at}", ""), "not agreed") for at in range(1, 6)]
            screening = [said.get(found.get(item, ""), "not agreed") for item in ("S1", "S2")]
            rows.append((label[study], SETS[number], *screening, *criteria))
    if problems:
        raise InputRefused(problems)
    columns = {"study": "Study", "set": "Criteria", "s1": "Clear question", "s2": "Data fit the question"}
    columns |= {f"c{at}": f"Criterion {at}" for at in range(1, 6)}
    return _listing(review, rows, columns)


def jbi(review: TableGroup) -> Statistic:
    """The nine questions of JBI for prevalence, a row a study (kind `listing`). Refuses a study that lacks one."""
    answers, said = _settled(review, "jbi_prevalence"), review["appraisal"].dimensions["answer"].categories
    said = {**said, "cant_tell": "Unclear"}
    _all_answered(answers, tuple(JBI), "JBI has nine questions")
    rows = [
        (label, *(said.get(answers[study][item], "not agreed") for item in JBI))
        for study, label in _labels(review).items()
        if study in answers
    ]
    return _listing(
        review, rows, {"study": "Study", **{item.lower(): f"{item[1:]} {text}" for item, text in JBI.items()}}
    )


def emmie_q(review: TableGroup) -> Statistic:
    """EMMIE-Q, 0 to 4 a dimension, of reviews (kind `listing`). A score for anything else is refused: one evaluation
    has the five headings without a score (Johnson et al. 2015).
    """
    answers = _settled(review, "emmie_q")
    kind = review["review_studies"].frame.set_index("study_id")["kind"]
    if wrong := [study for study in answers if kind.get(study) != "review"]:
        message = "EMMIE-Q scores a single evaluation or study: it is for reviews."
        remedy = "Use the EMMIE headings of findings, without a score."
        raise InputRefused(
            [Problem("appraisal", column="study_id", message=f"{one}: {message}", remedy=remedy) for one in wrong]
        )
    _all_answered(answers, EMMIE, "EMMIE-Q has five dimensions")
    rows = [
        (label, *(answers[study][dimension] or "not agreed" for dimension in EMMIE))
        for study, label in _labels(review).items()
        if study in answers
    ]
    return _listing(review, rows, {"study": "Review", **{dimension: dimension.capitalize() for dimension in EMMIE}})


def cerqual(review: TableGroup) -> Statistic:
    """GRADE-CERQual, a row a finding: four components with their reasons, and the confidence (kind `listing`)."""
    table = review["certainty"]
    words = table.dimensions["judgement"].categories
    titles = table.dimensions["component"].categories
    rows, problems = [], []
    for number, part in table.frame.groupby("summary_id", sort=True):
        judged = part.set_index("component")
        if missing := [titles[name] for name in COMPONENTS if name not in judged.index]:
            problems.append(Problem("certainty", column="component", message=f"{number} lacks {', '.join(missing)}."))
            continue
        judgement, reason = judged["judgement"].map(words), judged["reason"]
        said = [f"{judgement[name]}: {reason[name]}" for name in COMPONENTS]
        rows.append((part["summary"].iloc[0], *said, len(part["studies"].iloc[0].split(";"))))
    if problems:
        raise InputRefused(problems)
    columns = {"summary": "Finding", **{name: titles[name] for name in COMPONENTS}, "studies": "Studies"}
    frame = pd.DataFrame(rows, columns=list(columns))
    return Statistic("listing", frame, columns, "finding", 0, table.origin)


def agreement(review: TableGroup) -> Statistic:
    """How far two appraisers agree before they talk, by tool (kind `agreement`)."""
    table = review["appraisal"]
    rows = []
    for tool, label in table.dimensions["tool"].categories.items():
        part = table.frame[table.frame["tool"] == tool]
        said = part.pivot(index=["study_id", "item"], columns="appraiser", values="answer")
        both = said.reindex(columns=["A", "B"]).dropna()
        if len(both):
            one, two = (both[name].astype(str).tolist() for name in ("A", "B"))
            rows += [(f"{label}, {name}", *values, len(both), 2) for name, values in measures(one, two).items()]
    columns = {**AGREEMENT, "measure": "Tool and measure", "raters": "Appraisers"}
    return Statistic("agreement", pd.DataFrame(rows, columns=list(columns)), columns, "answer", 0, table.origin)


def _settled(review: TableGroup, tool: str) -> dict[str, dict[str, str]]:
    """Study -> question -> answer: what was agreed, else what both or the only one said; empty where they differ."""
    rows = review["appraisal"].frame
    rows = rows[rows["tool"] == tool]
    found: dict[str, dict[str, str]] = {}
    for (study, item), part in rows.groupby(["study_id", "item"], sort=False):
        said = dict(zip(part["appraiser"].astype(str), part["answer"].astype(str), strict=True))
        alike = set(said.values())
        found.setdefault(str(study), {})[str(item)] = said.get("agreed", alike.pop() if len(alike) == 1 else "")
    return found


def _incomplete(study: str, design: str, found: Mapping[str, str]) -> list[Problem]:
    """Criteria that are missing; a mixed study needs fifteen: qualitative, one quantitative set, mixed."""
    has = {item[0] for item in found} & set(SETS)
    if design == "mixed":
        quantitative = [number for number in QUANTITATIVE if number in has]
        wanted = ("1", *(quantitative or ["4"]), "5")
        if len(quantitative) > 1:
            message = f"{study} is rated in {len(quantitative)} quantitative sets; a mixed-methods study has one."
            return [Problem("appraisal", column="item", message=message)]
    else:
        wanted = SET_OF.get(design, ())
    needed = ["S1", "S2", *(f"{number}.{at}" for number in wanted for at in range(1, 6))]
    if not (missing := [item for item in needed if item not in found]):
        return []
    message = f"{study} lacks {', '.join(missing)}: its design asks for {len(needed) - 2} criteria."
    return [Problem("appraisal", column="item", message=message, remedy="Answer yes, no or cant_tell.")]


def _all_answered(answers: Mapping[str, Mapping[str, str]], items: Sequence[str], rule: str) -> None:
    problems = [
        Problem("appraisal", column="item", message=f"{study} lacks {', '.join(missing)}: {rule}.")
        for study, found in answers.items()
        if (missing := [item for item in items if item not in found])
    ]
    if problems:
        raise InputRefused(problems)


def _labels(review: TableGroup) -> dict[str, str]:
    frame = review["review_studies"].frame
    return dict(zip(frame["study_id"], frame["label"], strict=True))


def _listing(review: TableGroup, rows: Sequence[tuple[Any, ...]], columns: dict[str, str]) -> Statistic:
    frame = pd.DataFrame(rows, columns=list(columns))
    return Statistic("listing", frame, columns, "study", 0, review["appraisal"].origin)
