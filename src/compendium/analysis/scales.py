"""What practitioners think of the standards: AIM, IAM and FIM, NoMAD, and how well each scale hangs together.

For practitioners only: these scales are not for children, and nobody has agreed which value is good enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from compendium.aggregate import Counts, Statistic
from compendium.analysis import reliability
from compendium.analysis.counting import counted
from compendium.analysis.estimate import Estimate, Undefined
from compendium.analysis.pilot import EVERYONE, WITHOUT_CONSENT, By, consenting, least, mean_of, without_consent

ITEMS = 4  # of AIM, IAM and FIM each
TURNED = ("CA2",)  # items of NoMAD where a high score says that it does not fit
GENERAL = "general"
SCALES = {"AIM": "Acceptability (AIM)", "IAM": "Appropriateness (IAM)", "FIM": "Feasibility (FIM)"}
SCORES = {
    "measure": "Measure",
    "group": "Practitioners of",
    "n": "Number",
    "mean": "Mean",
    "low": "Lowest, 95%",
    "high": "Highest, 95%",
}
RELIABILITY = {
    "scale": "Scale",
    "coefficient": "Coefficient",
    "items": "Items",
    "people": "Practitioners who answered all",
    "estimate": "Estimate",
    "low": "Lowest, 95%",
    "high": "Highest, 95%",
    "said": "Note",
}
COEFFICIENTS = ("McDonald's omega", "Cronbach's alpha")


def acceptability(records: Any, by: By = "all") -> Statistic:
    """AIM, IAM and FIM of practitioners, 1 to 5, mean of the four items (kind `scores`); by pilot area for its page.

    Respondents who left an item out are left out of that measure. Weiner et al. 2017, Implement Sci 12:108.
    """
    answers = consenting(records, "acceptability")
    keys = ["pilot_area", "measure", "service_code", "respondent"]
    whole = answers.groupby(keys)["score"].agg(["mean", "count"]).reset_index()
    whole = whole[whole["count"] == ITEMS]
    scales = [(title, whole[whole["measure"] == measure]) for measure, title in SCALES.items()]
    return _scores(records, "acceptability", scales, by)


def nomad(records: Any, by: By = "all") -> Statistic:
    """The four construct means of NoMAD, 1 to 5 (kind `scores`): no mean of all items is worked out.

    A person's mean is over the items of a construct that are relevant to them and answered, at least half of all its
    items (this project's limit). CA2 is turned. Finch et al. 2018, BMC Med Res Methodol 18:135.
    """
    return _scores(records, "nomad", list(_constructs(records)), by)


def nomad_general(records: Any) -> Statistic:
    """The three general items of NoMAD, 0 to 10, each by itself (kind `scores`)."""
    answers = _items(records)
    labels = records["nomad"].dimensions["item"].categories
    general = answers[answers["construct"] == GENERAL].rename(columns={"score": "mean"}).dropna(subset=["mean"])
    items = [(str(labels[item]), group) for item, group in general.groupby("item", sort=True)]
    return _scores(records, "nomad", items, "all")


def relevance(records: Any) -> Counts:
    """Answers to NoMAD by construct and by whether the item was relevant to the practitioner."""
    table = records["nomad"]
    dimensions = (table.dimensions["construct"], table.dimensions["not_relevant"])
    return counted(table, consenting(records, "nomad"), dimensions, "NoMAD answer")


def scale_reliability(records: Any, *, seed: int, draws: int = 500) -> Statistic:
    """Omega and alpha of each scale with intervals (kind `reliability`); none for fewer than ten practitioners."""
    rows = []
    for title, wide in _wide(records):
        complete = int(wide.notna().all(axis=1).sum())
        codes = wide.index.get_level_values("service_code").tolist()
        for coefficient in COEFFICIENTS:
            found, said = _reliability(wide, coefficient, seed, draws)
            low, high = (None if math.isnan(end) else end for end in (found.low, found.high))
            estimate = None if math.isnan(found.estimate) else found.estimate
            size = (wide.shape[1], complete, estimate, low, high, said)
            rows.append((title, coefficient, *size, without_consent(records, codes)))
    frame = pd.DataFrame(rows, columns=[*RELIABILITY, WITHOUT_CONSENT])
    origin = records["acceptability"].origin
    return Statistic("reliability", frame, RELIABILITY, "practitioner", least(frame, "people"), origin)


def _reliability(wide: pd.DataFrame, coefficient: str, seed: int, draws: int) -> tuple[Estimate, str]:
    try:
        if coefficient == COEFFICIENTS[0]:
            omega = reliability.mcdonald_omega(wide.to_numpy(), draws=draws, seed=seed)
            return omega, "no interval: too many resamples have no fit" if math.isnan(omega.low) else ""
        return reliability.cronbach_alpha(wide.to_numpy()), ""
    except Undefined as reason:
        return Estimate(math.nan), str(reason)


def _wide(records: Any) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each scale as a table: a row a practitioner, a column an item."""
    person = ["service_code", "respondent"]
    answers = consenting(records, "acceptability")
    for measure, title in SCALES.items():
        scale = answers[answers["measure"] == measure]
        if len(scale):
            yield title, _numbers(scale.pivot(index=person, columns="item", values="score"))
    items = _items(records)
    for construct, title in _construct_titles(records):
        scale = items[items["construct"] == construct]
        if len(scale):
            yield title, _numbers(scale.pivot(index=person, columns="item", values="score"))


def _numbers(wide: pd.DataFrame) -> pd.DataFrame:
    return wide.apply(pd.to_numeric).astype(float)


def _items(records: Any) -> pd.DataFrame:
    """Answers to NoMAD with their construct; turned items turned, irrelevant ones empty."""
    answers = consenting(records, "nomad")
    place = {item: code for code, items in records["nomad"].dimensions["construct"].members.items() for item in items}
    score = pd.to_numeric(answers["score"]).astype(float)
    score = score.mask(answers["item"].isin(TURNED), 6 - score).mask(answers["not_relevant"] == "yes")
    return answers.assign(score=score, construct=answers["item"].map(place))


def _construct_titles(records: Any) -> list[tuple[str, str]]:
    categories = records["nomad"].dimensions["construct"].categories
    return [(code, title) for code, title in categories.items() if code != GENERAL]


def _constructs(records: Any) -> Iterator[tuple[str, pd.DataFrame]]:
    answers, sizes = _items(records), records["nomad"].dimensions["construct"].members
    for construct, title in _construct_titles(records):
        scale = answers[answers["construct"] == construct]
        people = scale.groupby(["pilot_area", "service_code", "respondent"])["score"].agg(["mean", "count"])
        yield title, people[2 * people["count"] >= len(sizes[construct])].reset_index()


def _scores(records: Any, table: str, scales: list[tuple[str, pd.DataFrame]], by: By) -> Statistic:
    rows = [
        (title, group, *mean_of(part["mean"]), without_consent(records, part["service_code"].tolist()))
        for title, people in scales
        for group, part in _parts(people, by)
        if len(part)
    ]
    frame = pd.DataFrame(rows, columns=[*SCORES, WITHOUT_CONSENT])
    return Statistic("scores", frame, SCORES, "practitioner", least(frame, "n"), records[table].origin)


def _parts(people: pd.DataFrame, by: By) -> list[tuple[str, pd.DataFrame]]:
    if by == "area":
        return [(str(area), part) for area, part in people.groupby("pilot_area", sort=True)]
    return [(EVERYONE, people)]
