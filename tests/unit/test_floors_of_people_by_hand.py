"""Floors for people who took part, and of the pilot, at their edges: whole tables worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations_with_replacement, product

import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin, Statistic
from compendium.disclosure import settle_statistic
from compendium.disclosure.participants import refuse_unmerged
from compendium.errors import DisclosureRefused
from tests.unit.statistics_by_hand import refused, settled, table

WORKSHOPS = Origin("ratings", "Ratings", "sensitive", "synthetic", "participants", "invented", units="participants")
SERVICES = Origin("hours", "Hours", "sensitive", "synthetic", "services", "invented", units="services")
NOTHING = None
FEWER, MORE = "fewer than 10", "10 or more"


def statistic(kind: str, frame: pd.DataFrame, origin: Origin = WORKSHOPS, *, people: int = 50) -> Statistic:
    return Statistic(kind, frame, {}, "person", people, origin)


def consensus(rows: Iterable[tuple[str, str, object]], verdict: object = "in") -> pd.DataFrame:
    columns = "item item_label group group_label n_text median share_high share_low verdict"
    return table(columns, [(item, "A", group, group, n, 7.25, 0.6, 0.13, verdict) for item, group, n in rows])


# Who is left when the groups that are shown go from everyone: 1, 0, 9, 10, and 50 since the group of 9 is not shown;
# then eleven in two groups, 5 and 6 or 6 and 5, and ten in two groups, which can only be 5 and 5.
JOINT = [
    ("P1", "a", "30"), ("P1", "b", "10"), ("P1", "all", "41"),
    ("P2", "a", "30"), ("P2", "all", "30"),
    ("P3", "all", "39"), ("P3", "a", "30"),
    ("P4", "a", "30"), ("P4", "all", "40"),
    ("P5", "a", "9"), ("P5", "all", "50"),
    ("P7", "a", "6"), ("P7", "b", "5"), ("P7", "all", "11"),
    ("P8", "a", "5"), ("P8", "b", "5"), ("P8", "all", "10"),
    ("P6", "a", "ten"), ("P6", "b", MORE), ("P6", "c", FEWER), ("P6", "d", "5"),
]  # fmt: skip
TOLD = [
    "30", "10", MORE,
    "30", "30",
    MORE, "30",
    "30", "40",
    FEWER, "50",
    FEWER, FEWER, "11",
    FEWER, FEWER, MORE,
    FEWER, MORE, FEWER, FEWER,
]  # fmt: skip


def test_consensus_shows_sizes_and_shares_from_ten_on_and_no_joint_row_that_leaves_a_few() -> None:
    """Shares of 30 go by 0.1 (2.5 / 30), of 40, 41, 50 too, of 10 by 0.25."""
    shares = {"30": [0.6, 0.1], "10": [0.5, 0.25], "11": [0.5, 0.25], "40": [0.6, 0.1], "50": [0.6, 0.15]}
    found = settled(statistic("consensus", consensus(JOINT)), "n_text share_high share_low median verdict")
    assert found == [[n, *shares.get(n, [NOTHING] * 2), 7.2, "in"] for n in TOLD]


def test_spread_shows_quartiles_from_ten_on_and_no_joint_row_that_leaves_a_few() -> None:
    columns = (
        "item item_label group group_label n_text median low_quartile high_quartile disagreement_index disagreement"
    )
    frame = table(columns, [(item, "A", g, g, n, 7, 6.04, 8.46, 0.126, "no") for item, g, n in JOINT])
    shown = [6.0, 8.5, 0.13, "no"]
    blank = [NOTHING, NOTHING, NOTHING, ""]
    found = settled(
        statistic("spread", frame), "n_text low_quartile high_quartile disagreement_index disagreement median"
    )
    assert found == [[n, *(blank if n in (FEWER, MORE) else shown), 7] for n in TOLD]


def test_nobody_can_work_out_the_size_of_a_group_under_ten() -> None:
    """Three groups of 5 to 12 people, every way: each hidden size is one of two at least, for whoever knows the rule.

    Brute force: all sizes from 5 to 9 of the hidden groups that add up to what is left of everyone.
    """
    sizes = list(combinations_with_replacement(range(5, 13), 3))
    rows = [(str(at), f"g{n}", str(size)) for at, of in enumerate(sizes) for n, size in enumerate(of)]
    rows += [(str(at), "all", str(sum(of))) for at, of in enumerate(sizes)]
    told = settle_statistic(statistic("consensus", consensus(rows))).set_index(["item", "group"])["n_text"]
    shown_together = 0
    for at, of in enumerate(sizes):
        small = [size for size in of if size < 10]
        if told[str(at), "all"] == MORE or not small:
            continue
        shown_together += 1
        left = int(told[str(at), "all"]) - sum(size for size in of if size >= 10)
        fitting = [each for each in product(range(5, 10), repeat=len(small)) if sum(each) == left]
        assert all(len({each[n] for each in fitting}) > 1 for n in range(len(small))), of
    assert shown_together > 50


STABILITY = (
    "item item_label group group_label n_text median_before median_after verdict_before verdict_after "
    "moved shift agreement stable"
)


def stability(rows: Iterable[tuple[str, str, object]], agreement: float = 0.83) -> pd.DataFrame:
    middle = (7, 8, "in", "no consensus", 0.62, 0.13, agreement, "yes")
    return table(STABILITY, [(item, "A", group, group, n, *middle) for item, group, n in rows])


def test_stability_never_shows_a_size_and_nothing_of_a_few() -> None:
    """0.62 and 0.13 of 30, 40 people to 0.1, of 50 to 0.05, of 10 to 0.25; an agreement of 0.83 to 0.85."""
    shares = {"30": [0.6, 0.1], "10": [0.5, 0.25], "11": [0.5, 0.25], "40": [0.6, 0.1], "50": [0.6, 0.15]}
    blank = [NOTHING, NOTHING, NOTHING, ""]
    found = settled(statistic("stability", stability(JOINT)), "n_text moved shift agreement stable")
    wanted = [[FEWER if n == FEWER else MORE, *([*shares[n], 0.85, "yes"] if n in shares else blank)] for n in TOLD]
    assert found == wanted


def test_an_agreement_of_nearly_everybody_is_not_shown() -> None:
    for agreement, shown in ((0.994, 1.0), (0.995, NOTHING), (1.0, NOTHING), (-0.12, -0.1)):
        found = settled(statistic("stability", stability([("P1", "a", "30")], agreement)), "agreement moved")
        assert found == [[shown, 0.6]]


@pytest.mark.parametrize("kind", ["consensus", "spread", "stability"])
def test_every_group_that_may_not_be_shown_is_named_at_once(kind: str) -> None:
    rows = [("P1", "police", "4"), ("P1", "children", "0"), ("P1", "victims_survivors", "3"), ("P1", "health", "5")]
    frame = {"consensus": consensus, "stability": stability}.get(kind, consensus)(rows)
    if kind == "spread":
        frame = frame.drop(columns=["share_high", "share_low", "verdict"]).assign(
            low_quartile=1, high_quartile=2, disagreement_index=0.1, disagreement="no"
        )
    found = refused(statistic(kind, frame))
    assert [problem.file for problem in found] == [kind] * 3
    assert [problem.column for problem in found] == ["stakeholder_group"] * 3
    assert found[0].message == "Victims and survivors are never shown alone." and found[0].remedy
    assert [problem.message.split()[1] for problem in found[1:]] == ["children", "police"]
    assert all("fewer than 5" in problem.message and problem.remedy for problem in found[1:])
    one = refused(statistic(kind, frame[frame["group"] == "health"], people=4))
    assert ["one of them" in problem.message for problem in one] == [True]
    assert len(settle_statistic(statistic(kind, frame[frame["group"] == "health"], people=5))) == 1
    named = refused(statistic(kind, frame[frame["group"] == "police"], people=4))
    assert ["police" in problem.message for problem in named] == [True]


def test_a_verdict_is_one_of_four_words_or_missing() -> None:
    for verdict in ("in", "out", "no consensus", "undefined", None):
        assert len(settle_statistic(statistic("consensus", consensus([("P1", "a", "30")], verdict)))) == 1
    (problem,) = refused(statistic("consensus", consensus([("P1", "a", "30")], "a secret")))
    assert (problem.file, problem.column, "secret" in str(problem)) == ("consensus", "verdict", False)
    assert "in, out, no consensus, undefined" in problem.message
    for column in ("verdict_before", "verdict_after"):
        (problem,) = refused(statistic("stability", stability([("P1", "a", "30")]).assign(**{column: "a secret"})))
        assert (problem.file, problem.column) == ("stability", column)


def test_answers_need_five_suggestions_on_every_topic() -> None:
    frame = table("topic topic_label answer reasons standards", [("T", "Time", "accepted", "", "")])
    assert len(settle_statistic(statistic("answers", frame, people=5))) == 1
    assert refused(statistic("answers", frame, people=4))[0].remedy


def test_presence_names_no_victims_and_survivors_alone() -> None:
    frame = table("group group_label preparatory joint reason done", [("police", "Police", "yes", "no", "", "")])
    assert len(settle_statistic(statistic("presence", frame))) == 1
    assert refused(statistic("presence", frame.assign(group="victims_survivors")))[0].remedy


def test_tables_of_participants_are_refused_when_victims_and_survivors_stand_alone() -> None:
    def counts(
        members: dict[str, tuple[str, ...]], origin: Origin = WORKSHOPS, by: str = "stakeholder_group"
    ) -> Counts:
        group = Dimension("who", "Who", dict.fromkeys(members, ""), by, members)
        return Counts(pd.DataFrame({"who": list(members), "count": 20}), "person", (group,), origin)

    alone = {"a": ("victims_survivors",), "b": ("police", "health")}
    with pytest.raises(DisclosureRefused) as told:
        refuse_unmerged("attendance", counts(alone))
    (problem,) = told.value.problems
    assert (problem.file, problem.column) == ("attendance", "who") and problem.remedy and problem.message
    refuse_unmerged("attendance", counts({"a": ("victims_survivors", "police"), "b": ("health",)}))
    refuse_unmerged("attendance", counts(alone, SERVICES))
    refuse_unmerged("attendance", counts(alone, by="role"))


# -- the pilot ---------------------------------------------------------------------------------------------------------

GAP = "measure group n mean low high without_consent least_raters months_since"


def gap(*, consent: int = 0, raters: int = 5, months: int = 3, group: str = "all") -> pd.DataFrame:
    good = ("Gap", "all", 12, 0.126, 0.1, 0.2, 0, 5, 3)
    return table(GAP, [good, ("Gap", group, 12, 0.126, 0.1, 0.2, consent, raters, months)])


def test_services_consent_five_rate_and_three_months_pass() -> None:
    assert settled(statistic("youth_gap", gap(), SERVICES), "n mean") == [[12, 0.13]] * 2
    assert not set(settle_statistic(statistic("youth_gap", gap(), SERVICES))) & set(GAP.split()[-3:])
    for wrong, column in (
        ({"consent": 1}, "without_consent"),
        ({"raters": 4}, "least_raters"),
        ({"months": 2}, "months_since"),
    ):
        (problem,) = refused(statistic("youth_gap", gap(**wrong), SERVICES))  # type: ignore[arg-type]
        assert (problem.file, problem.column) == ("youth_gap", column) and problem.message and problem.remedy
    found = refused(statistic("youth_gap", gap().drop(columns=GAP.split()[-3:]), SERVICES))
    assert [(p.file, p.column) for p in found] == [("youth_gap", column) for column in GAP.split()[-3:]]
    assert all("proof is missing" in problem.message and problem.remedy for problem in found)


def test_of_levels_only_the_rows_of_the_service_itself_need_no_young_raters() -> None:
    own = gap(raters=0, months=0, group="The service itself")
    assert len(settle_statistic(statistic("levels", own, SERVICES))) == 2
    assert refused(statistic("levels", gap(raters=4, group="Young people"), SERVICES))
    assert refused(statistic("youth_gap", own, SERVICES))  # of other kinds every row does
    (problem,) = refused(statistic("levels", gap(consent=1, group="The service itself"), SERVICES))
    assert problem.column == "without_consent"


def test_reliability_of_ten_practitioners_and_no_fewer() -> None:
    columns = "scale coefficient items people estimate low high said without_consent"
    frame = table(columns, [("AIM", "omega", 4, n, 0.876, 0.811, 0.934, "good", 0) for n in (9, 10)])
    assert settled(statistic("reliability", frame, SERVICES), "people estimate low high items") == [
        [NOTHING, NOTHING, NOTHING, NOTHING, 4],
        [10, 0.88, 0.81, 0.93, 4],
    ]


def test_hours_of_six_services_and_their_quarters_of_eight() -> None:
    columns = "group who wave n hours hours_low hours_high cost cost_low cost_high without_consent"
    frame = table(columns, [("a", "lead", 1, n, 12.34, 8.26, 19.0, 310.4, -0.4, 420.6, 0) for n in (5, 6, 7, 8)])
    found = settled(statistic("staff_time", frame, SERVICES), "n hours hours_low hours_high cost cost_low cost_high")
    middle = [12.3, NOTHING, NOTHING, 310, NOTHING, NOTHING]
    assert found == [[5, *[NOTHING] * 6], [6, *middle], [7, *middle], [8, 12.3, 8.3, 19, 310, 0, 421]]
    assert "-0.0" not in settle_statistic(statistic("staff_time", frame, SERVICES)).to_csv()


def test_numbers_of_persons_beside_services_go_by_fives_and_leave_ten() -> None:
    """Of 1,243 to the nearest five, 1,245; 13 of 52 is 15 / 50 = 0.3. Under ten, on either side, is not shown."""
    rows = [
        (5, 13, 52, "about 15", "about 50", 0.3),
        (5, 1003, 1243, "about 1,005", "about 1,245", 0.81),
        (4, 13, 52, "not shown", "not shown", NOTHING),
        (5, 9, 52, FEWER, "about 50", NOTHING),
        (5, 10, 52, "about 10", "about 50", 0.2),
        (5, 43, 52, MORE, "about 50", NOTHING),
        (5, 42, 52, "about 40", "about 50", 0.8),
        (5, 0, 9, FEWER, FEWER, NOTHING),
        (5, 0, 10, FEWER, "about 10", NOTHING),
        (5, 10, 10, MORE, "about 10", NOTHING),
    ]
    frame = table("measure wave services events out_of share", [("Harm", 1, *row[:3], 0.99) for row in rows])
    found = settled(statistic("balancing", frame, SERVICES), "services events out_of share")
    assert found == [[row[0], *row[3:]] for row in rows]


def test_safeguards_of_ten_evaluators_of_five_and_of_four() -> None:
    frame = table("practice evaluators recorded kept", [("Rest", n, "yes", "always") for n in (4, 5, 9, 10)])
    assert settled(statistic("safeguards", frame, SERVICES), "evaluators recorded kept") == [
        [FEWER, "not shown", "not shown"],
        [FEWER, "yes", "not shown"],
        [FEWER, "yes", "not shown"],
        [MORE, "yes", "always"],
    ]
