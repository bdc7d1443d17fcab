"""Published coefficients of agreement, to the digits printed (`cases/agreement.json`)."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from compendium.analysis import agreement
from compendium.analysis.estimate import Undefined
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared


def case(name: str) -> dict[str, Any]:
    cases = json.loads((SHARED / "cases" / "agreement.json").read_text())["cases"]
    return next(entry for entry in cases if entry["id"] == name)


@pytest.mark.parametrize("name", ["krippendorff_C", "krippendorff_3x15", "krippendorff_binary"])
def test_alpha_at_every_level_of_measurement_printed(name: str) -> None:
    entry = case(name)
    for level in set(entry["expected"]) & set(agreement.LEVELS):
        found = agreement.krippendorff(entry["input"]["ratings"], level)
        assert float(found) == pytest.approx(entry["expected"][level], abs=entry["tolerance"]["abs"]), level


def test_kappa_of_two_raters() -> None:
    entry = case("cohen_kappa_binary")
    found = agreement.cohen_kappa(*entry["input"]["ratings"])
    expected = entry["expected"]
    assert (found.observed, found.by_chance, found.estimate) == pytest.approx(
        (expected["observed"], expected["expected_by_chance"], expected["kappa"]), abs=entry["tolerance"]["abs"]
    )


def test_ac1_and_fleiss_kappa_of_four_raters_who_left_gaps() -> None:
    entry = case("gwet_ac1_and_fleiss")
    file = pd.read_csv(SHARED / entry["input"]["file"]).filter(like="Rater").T.to_numpy()
    for ratings in (entry["input"]["ratings"], file):
        ac1, fleiss = agreement.gwet_ac1(ratings), agreement.fleiss_kappa(ratings)
        found = (ac1.estimate, ac1.se, fleiss.estimate, fleiss.se, ac1.observed)
        names = ("gwet_ac1", "gwet_ac1_se", "fleiss_kappa", "fleiss_kappa_se", "percent_agreement")
        assert found == pytest.approx([entry["expected"][name] for name in names], abs=entry["tolerance"]["abs"])


def test_agreement_without_any_variation_is_undefined() -> None:
    ratings = case("no_variation")["input"]["ratings"]
    with pytest.raises(Undefined, match="0 / 0"):
        agreement.krippendorff(ratings, "nominal")
    with pytest.raises(Undefined, match="0 / 0"):
        agreement.cohen_kappa(*ratings)
    with pytest.raises(Undefined, match="same category"):
        agreement.gwet_ac1(*ratings)
