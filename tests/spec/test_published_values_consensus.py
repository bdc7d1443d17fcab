"""Consensus: every case of `consensus.json`."""

from __future__ import annotations

import json
import re
from typing import Any

import pandas as pd
import pytest

from compendium.analysis import consensus
from compendium.analysis.estimate import Undefined
from tests.shared import SHARED, needs_shared

FILE = SHARED / "cases" / "consensus.json"
CASES = json.loads(FILE.read_text("utf-8"))["cases"] if FILE.exists() else []


def chosen(prefix: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in CASES if case["id"].startswith(prefix)]


def counted(ratings: list[Any]) -> dict[str, Any]:
    result = consensus.comet(ratings)
    fields = ("scored", "not_scored", "rated_7_9", "rated_1_3", "verdict")
    return {field: getattr(result, field) for field in fields}


@needs_shared
@pytest.mark.parametrize("case", [case for case in chosen("comet") if "by_group" not in str(case.id)])
def test_the_70_15_rule_at_its_edges(case: dict[str, Any]) -> None:
    assert counted(case["input"]["ratings"]) == case["expected"]


@needs_shared
@pytest.mark.parametrize("case", chosen("comet_by_group"))
def test_a_joint_verdict_hides_that_children_did_not_agree(case: dict[str, Any]) -> None:
    groups = case["input"]["groups"]
    assert {group: counted(ratings) for group, ratings in groups.items()} == case["expected"]["by_group"]
    assert counted([rating for ratings in groups.values() for rating in ratings]) == case["expected"]["joint"]


@needs_shared
@pytest.mark.parametrize("case", chosen("rand_ucla"))
def test_rand_ucla_disagreement(case: dict[str, Any]) -> None:
    given = case["input"]
    if "ratings" in given:
        result = consensus.rand_ucla(given["ratings"])
    else:
        result = consensus.rand_ucla(p30=given["p30"], p70=given["p70"], median=given["median"])
    for output, value in case["expected"].items():
        found = getattr(result, {"di": "disagreement_index"}.get(output, output))
        # the mirror is printed to four digits while its tolerance is one of equality with the case it mirrors
        allowed = 0.0005 if case["id"] == "rand_ucla_mirror" else case["tolerance"]["abs"]
        assert found == (value if isinstance(value, bool) else pytest.approx(value, abs=allowed)), output


@needs_shared
def test_rand_ucla_is_the_same_seen_from_the_other_end_of_the_scale() -> None:
    by_id = {case["id"]: case for case in CASES}
    there = consensus.rand_ucla(by_id["rand_ucla_from_ratings"]["input"]["ratings"])
    mirrored = consensus.rand_ucla(by_id["rand_ucla_mirror"]["input"]["ratings"])
    assert mirrored.disagreement_index == pytest.approx(there.disagreement_index, abs=1e-9)


def test_without_ratings_there_is_no_disagreement_index() -> None:
    with pytest.raises(Undefined):
        consensus.rand_ucla(["unable to score", None])


@needs_shared
@pytest.mark.parametrize("case", chosen("enlight"))
def test_enlight_round_1_gives_the_published_shares(case: dict[str, Any]) -> None:
    ratings = pd.read_csv(SHARED / case["input"]["ratings_file"], dtype=str).drop(columns="participant")
    published = pd.read_csv(SHARED / case["input"]["published_file"]).set_index("Var2")
    expected = case["expected"]
    assert (ratings.shape, len(published)) == ((expected["respondents"], expected["items"]), expected["published_rows"])

    found = {re.sub(r"^\d+\.\d+\. ", "", name): consensus.shares_of_all_answers(ratings[name]) for name in ratings}

    assert set(published.index) - set(found) == {expected["published_row_without_ratings"]}
    for item, shares in found.items():
        row = published.loc[item, ["rating_incl", "rating_excl", "rating_unknown"]].tolist()
        assert [shares.high, shares.low_or_unable, shares.unable] == pytest.approx(row, abs=case["tolerance"]["abs"]), (
            item
        )
    assert (published.loc[list(found), "incl_yn"] == "y").sum() == expected["included"]
    assert (published["incl_yn"] == "y").sum() == expected["published_included"]
