"""Subgroups of the real sets of estimates, and one that may be pooled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compendium import Study
from compendium.analysis import meta, subgroups
from compendium.errors import UnknownName
from tests.shared import ROOT


@pytest.fixture(scope="module")
def study() -> Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        return Study.open("blackpool")


def test_no_subgroup_of_solicitation_may_be_pooled(study: Study) -> None:
    frame = subgroups.table(study.table("pooling_sets"), study.table("prevalence"), "solicitation").frame
    assert set(frame["verdict"]) == {"range"}
    assert frame.groupby("split")["estimates"].sum().tolist() == [10, 10]  # every estimate stands in one of each
    wave = frame[frame["label"] == "At a wave of the study"].iloc[0]
    assert (wave["value"], wave["why"]) == (
        "11.3%",
        "1 estimate with the number asked may be pooled; a pool needs 3",
    )


def test_a_subgroup_of_three_like_samples_is_pooled(study: Study) -> None:
    """The three Disrupting Harm surveys whose number asked was read: one recall period, one definition."""
    sets = study.table("pooling_sets")
    frame = subgroups.forest(sets, study.table("prevalence"), "ocsea_clear", "definition").frame
    rows = frame[(frame["role"] == "study") & frame["weight"].notna()]
    pooled = frame[frame["role"] == "pooled"].iloc[0]
    asked = [int(text.removeprefix("n = ").replace(",", "")) for text in rows["k_or_n"]]
    events = [round(share * n) for share, n in zip(rows["estimate"], asked, strict=True)]
    assert len(rows) == 3
    assert pooled["estimate"] == pytest.approx(meta.pool_proportions(events, asked).estimate, rel=1e-6)


def test_one_sample_in_a_subgroup_twice_is_refused(study: Study) -> None:
    from compendium.errors import InputRefused

    sets = study.table("pooling_sets")
    twice = replace(sets, frame=sets.frame.assign(sample=sets.frame["sample"].replace("yiss2", "yiss1")))
    with pytest.raises(InputRefused, match="a sample enters once"):
        subgroups.table(twice, study.table("prevalence"), "solicitation")


def test_an_unknown_set_is_answered_with_the_nearest(study: Study) -> None:
    with pytest.raises(UnknownName, match="Did you mean solicitation"):
        subgroups.table(study.table("pooling_sets"), study.table("prevalence"), "solicitatoin")
