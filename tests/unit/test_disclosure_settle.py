"""Linked tables of one locality, settled together."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure import settle_counts
from compendium.errors import DisclosureRefused, InputRefused, UnknownName

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
FORM = Dimension("form", "Form", {"image": "Image", "talk": "Talk", "other": "Other"}, sensitive=True)
WHO = Dimension("responsible", "Responsible", {"adult": "Adult", "child": "Child"})
ZONE = Dimension("zone", "Zone", {"Z1": "Zone 1", "Z2": "Zone 2", "Z3": "Zone 3", "Z4": "Zone 4"}, area=True)
HALF = Dimension(
    "half",
    "Half",
    {"N": "North", "S": "South"},
    variable="zone",
    members={"N": ("Z1", "Z2"), "S": ("Z3", "Z4")},
    area=True,
)


def table(
    records: dict[tuple[str, ...], int],
    by: tuple[str, ...],
    dimensions: tuple[Dimension, ...],
    unit: str = "victim",
    origin: Origin = CASES,
    structural: frozenset[tuple[str, ...]] = frozenset(),
) -> Counts:
    """Count records {(form, who, zone): n} by the dimensions; `by` names the places of their variables."""
    place = {"form": 0, "who": 1, "zone": 2}
    rows = []
    for labels in product(*(d.categories for d in dimensions)):
        pairs = [(b, d.members[label]) for b, d, label in zip(by, dimensions, labels, strict=True)]
        rows.append((*labels, sum(n for key, n in records.items() if all(key[place[b]] in w for b, w in pairs))))
    return Counts(
        pd.DataFrame(rows, columns=[*(d.name for d in dimensions), "count"]), unit, dimensions, origin, structural
    )


def records(*numbers: int) -> dict[tuple[str, ...], int]:
    return dict(zip(product(FORM.categories, WHO.categories, ZONE.categories), numbers, strict=True))


NUMBERS = records(15, 20, 3, 12, 2, 0, 11, 14, 30, 22, 17, 13, 4, 5, 12, 18, 16, 1, 19, 21, 10, 12, 13, 6)


def verdicts(protected: object, name: str) -> set[str]:
    return {cell["verdict"] for cell in protected.certificate["tables"][name]["cells"]}  # type: ignore[attr-defined]


def status(frame: pd.DataFrame, **labels: str) -> str:
    for column, label in labels.items():
        frame = frame[frame[column] == label]
    for column in frame.columns[:-2]:
        if column not in labels:
            frame = frame[frame[column] == "Total"]
    return str(frame["status"].iloc[0])


def test_no_count_from_1_to_9_is_shown_and_every_hidden_cell_is_protected() -> None:
    tables = {
        "by_form_zone": table(NUMBERS, ("form", "zone"), (FORM, ZONE)),
        "by_form_who": table(NUMBERS, ("form", "who"), (FORM, WHO)),
        "by_who_half": table(NUMBERS, ("who", "zone"), (WHO, HALF)),
    }
    settled = settle_counts(tables)
    for name, frame in settled.frames.items():
        shown = frame["count"].dropna()
        assert not shown.between(0, 9).any()
        assert verdicts(settled, name) <= {"protected"}
        assert frame["count"].isna().equals(frame["status"] == "hidden")


def test_the_same_cell_in_two_tables_is_hidden_in_both_or_in_none() -> None:
    settled = settle_counts(
        {
            "zones": table(NUMBERS, ("form", "zone"), (FORM, ZONE)),
            "halves": table(NUMBERS, ("form", "zone"), (FORM, HALF)),
        }
    )
    for form in (*FORM.categories, "Total"):
        assert status(settled.frames["zones"], form=form) == status(settled.frames["halves"], form=form)


def test_a_zone_hidden_in_one_table_cannot_be_had_from_the_halves_of_another() -> None:
    one = {("image", "adult", z): n for z, n in {"Z1": 4, "Z2": 20, "Z3": 30, "Z4": 40}.items()}
    settled = settle_counts({"zones": table(one, ("zone",), (ZONE,)), "halves": table(one, ("zone",), (HALF,))})
    assert verdicts(settled, "zones") == {"protected"}
    hidden = set(settled.frames["zones"].query("status == 'hidden'")["zone"])
    # Z1 = N - Z2: hiding Z2 keeps Z1 within the 24 of the north
    assert hidden >= {"Z1"} and (hidden >= {"Z1", "Z2"} or status(settled.frames["halves"], half="N") == "hidden")


def test_units_are_protected_apart_and_public_tables_are_never_hidden() -> None:
    public = Origin("area_crime", "Crime", "public", "real", "", "Office for National Statistics")
    few = {("image", "adult", "Z1"): 3, ("talk", "adult", "Z2"): 40}
    settled = settle_counts(
        {
            "victims": table(NUMBERS, ("form",), (FORM,)),
            "cases": table(few, ("form",), (FORM,), unit="case"),
            "official": table(few, ("form",), (FORM,), origin=public),
        }
    )
    assert (settled.frames["official"]["status"] == "published").all()
    assert status(settled.frames["cases"], form="image") == "hidden"


def test_structural_zeros_stay_published() -> None:
    one = records(*[15] * 24)
    for zone in ZONE.categories:
        one["talk", "child", zone] = 0
    structural = frozenset({("talk", "child")})
    settled = settle_counts({"t": table(one, ("form", "who"), (FORM, WHO), structural=structural)})
    assert status(settled.frames["t"], form="talk", responsible="child") == "published"
    assert (settled.frames["t"]["status"] == "published").all()


def test_zeros_stay_in_a_table_without_area_or_sensitive_attribute() -> None:
    one = {("image", "adult", "Z1"): 30}
    settled = settle_counts({"t": table(one, ("who",), (WHO,))})
    assert status(settled.frames["t"], responsible="child") == "published"
    stricter = settle_counts({"t": table(one, ("who",), (WHO,))}, policy="ukllc")
    assert (stricter.frames["t"]["status"] == "hidden").any()


def test_a_full_cell_with_a_sensitive_attribute_is_not_given_away() -> None:
    answer = Dimension("answer", "Answer", {"yes": "Yes", "no": "No"}, sensitive=True)
    area = Dimension("area", "Area", {"P": "P", "Q": "Q"}, area=True)
    frame = pd.DataFrame(
        [("P", "yes", 14), ("P", "no", 0), ("Q", "yes", 11), ("Q", "no", 16)], columns=["area", "answer", "count"]
    )
    settled = settle_counts({"t": Counts(frame, "person", (area, answer), CASES)})
    assert status(settled.frames["t"], area="P", answer="no") == "hidden"
    assert verdicts(settled, "t") == {"protected"}


def test_tables_of_one_unit_that_count_different_records_are_refused() -> None:
    fewer = {key: n for key, n in NUMBERS.items() if key[1] == "adult"}
    with pytest.raises(DisclosureRefused, match="by_form and by_zone give different counts"):
        settle_counts({"by_form": table(NUMBERS, ("form",), (FORM,)), "by_zone": table(fewer, ("zone",), (ZONE,))})


def test_a_dimension_that_leaves_categories_out_is_refused() -> None:
    part = Dimension("part", "Part", {"N": "North"}, variable="zone", members={"N": ("Z1", "Z2")})
    with pytest.raises(DisclosureRefused, match="leaves out Z3, Z4"):
        settle_counts({"zones": table(NUMBERS, ("zone",), (ZONE,)), "part": table(NUMBERS, ("zone",), (part,))})


def test_a_looser_policy_than_the_floor_is_refused_and_an_unknown_one_offers_the_nearest() -> None:
    one = {"t": table(NUMBERS, ("form",), (FORM,))}
    with pytest.raises(DisclosureRefused, match="looser"):
        settle_counts(one, policy="public")
    with pytest.raises(UnknownName, match="threshold-10"):
        settle_counts(one, policy="threshold-1")


def test_broken_counts_are_refused_all_at_once_with_row_and_column() -> None:
    frame = pd.DataFrame([("image", -1), ("talk", 2.5), ("talk", 3), ("else", 4)], columns=["form", "count"])
    with pytest.raises(InputRefused) as refused:
        settle_counts({"t": Counts(frame, "victim", (FORM,), CASES)})
    assert [(p.row, p.column) for p in refused.value.problems] == [(5, "form"), (2, "count"), (3, "count"), (4, "form")]


def test_a_table_not_supplied_stays_empty() -> None:
    frame = pd.DataFrame({"form": pd.Series(dtype=object), "count": pd.Series(dtype=int)})
    settled = settle_counts({"t": Counts(frame, "victim", (FORM,), CASES)})
    assert list(settled.frames["t"].columns) == ["form", "count", "status"]
    assert settled.frames["t"].empty


def test_when_nothing_may_be_shown_everything_is_hidden() -> None:
    settled = settle_counts({"t": table({("image", "adult", "Z1"): 4}, ("form", "zone"), (FORM, ZONE))})
    assert (settled.frames["t"]["status"] == "hidden").all()
    assert verdicts(settled, "t") == {"protected"}


def test_victims_and_survivors_are_never_counted_alone() -> None:
    group = Dimension("stakeholder_group", "Group", {"police": "Police", "victims_survivors": "Victims"})
    workshops = Origin(
        "workshop_groups", "Groups", "sensitive", "synthetic", "participants", "invented", units="participants"
    )
    frame = pd.DataFrame([("police", 12), ("victims_survivors", 11)], columns=["stakeholder_group", "count"])
    with pytest.raises(DisclosureRefused, match="never counted or shown alone"):
        settle_counts({"t": Counts(frame, "participant", (group,), workshops)})


def test_the_same_tables_give_the_same_mask_in_any_order_of_rows() -> None:
    counts = table(NUMBERS, ("form", "zone"), (FORM, ZONE))
    shuffled = Counts(counts.frame.iloc[::-1].reset_index(drop=True), counts.unit, counts.dimensions, counts.origin)
    pd.testing.assert_frame_equal(settle_counts({"t": counts}).frames["t"], settle_counts({"t": shuffled}).frames["t"])


def test_two_unlike_groupings_of_one_variable_do_not_give_a_part_away_by_subtraction() -> None:
    """By hand: ages 0-13 are 40, ages 0-9 are 36, so 4 children are 10-13, a group that neither table shows."""
    age = {"0-9": 36, "10-13": 4, "14-15": 30, "16-17": 30}
    young = {"under_14": ("0-9", "10-13"), "from_14": ("14-15", "16-17")}
    child = {"under_10": ("0-9",), "10_to_15": ("10-13", "14-15"), "from_16": ("16-17",)}

    def grouped(name: str, members: dict[str, tuple[str, ...]]) -> Counts:
        dimension = Dimension(name, name, dict.fromkeys(members, ""), "age_band", members)
        rows = [(code, sum(age[band] for band in bands)) for code, bands in members.items()]
        return Counts(pd.DataFrame(rows, columns=[name, "count"]), "victim", (dimension,), CASES)

    settled = settle_counts({"young": grouped("young", young), "child": grouped("child", child)})
    shown = {
        **settled.frames["young"].set_index("young")["count"],
        **settled.frames["child"].set_index("child")["count"],
    }
    assert pd.isna(shown["under_14"]) or pd.isna(shown["under_10"])
    assert pd.isna(shown["10_to_15"]) or pd.isna(shown["from_14"]) or pd.isna(shown["from_16"])
    assert verdicts(settled, "young") | verdicts(settled, "child") <= {"protected"}
