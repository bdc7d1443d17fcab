"""RE-AIM and fidelity from released tables: hidden stays hidden, and what was not measured is said."""

from __future__ import annotations

import pandas as pd

from compendium.aggregate import TOTAL, Dimension, Origin, Released
from compendium.release.derived.pilot import CORE, KEPT, NONE, fidelity, re_aim

ORIGIN = Origin("adaptations", "Adaptations", "sensitive", "synthetic", "services", "invented", units="services")


def counts(name: str, dimensions: tuple[Dimension, ...], cells: dict[tuple[str, ...], int | None]) -> Released:
    names = [dimension.name for dimension in dimensions]
    rows = [(*key, value, "hidden" if value is None else "published") for key, value in cells.items()]
    frame = pd.DataFrame(rows, columns=[*names, "count", "status"])
    return Released(name, name, "", frame, "adaptation", "counts", dimensions, {}, ORIGIN, "services")


def statistic(name: str, rows: list[dict[str, object]]) -> Released:
    return Released(name, name, "", pd.DataFrame(rows), "service", name, (), {}, ORIGIN, "services")


CRITERION = Dimension("criterion_id", "Criterion", {"1.1": "1.1", "1.2": "1.2", "2.1": "2.1"})
PART = Dimension("part", "Part", {"core": "Core part", "adaptable": "Adaptable part"})
WHO = Dimension("who", "Who", {"practitioners": "Practitioners", "young_evaluators": "Young evaluators"})
SERVICES = Dimension("part", "Part", {"assessed": "In", "dropped_out": "Out", "declined": "Declined"})
ANSWER = Dimension("answer", "Answer", {"took_part": "Took part", "did_not": "Did not"})


def test_a_changed_core_part_is_flagged_and_a_hidden_one_is_not_called_kept() -> None:
    cells = {("1.1", "core"): 2, ("1.1", TOTAL): 5, ("1.2", "core"): 0, ("1.2", TOTAL): 3}
    table = counts("by_criterion", (CRITERION, PART), {**cells, ("2.1", "core"): None, ("2.1", TOTAL): None})
    frame, _ = fidelity([table], {})
    assert frame[["adaptations", "core", "flag"]].values.tolist() == [
        ["5", "2", CORE],
        ["3", "0", KEPT],
        ["hidden", "hidden", NONE],
    ]


def sources() -> tuple[list[Released], dict[str, str]]:
    people = counts(
        "people",
        (WHO, ANSWER),
        {
            ("practitioners", TOTAL): 40,
            ("practitioners", "took_part"): 30,
            ("young_evaluators", TOTAL): 14,
            ("young_evaluators", "took_part"): None,
        },
    )
    services = counts("services", (SERVICES,), {(TOTAL,): 20, ("declined",): 4, ("dropped_out",): 1})
    shift = {"measure": "Self-rating, before and after", "shift": -0.25, "low": None, "high": None, "pairs": 5}
    hours = {"who": "All staff of an assessment", "wave": "Before", "hours": 11.5}
    core = counts("changes", (PART,), {(TOTAL,): 9, ("core",): 2})
    tables = [people, services, statistic("shift", [shift]), statistic("hours", [hours]), core]
    roles = {"people": "people", "taking_part": "services", "before_after": "shift", "staff_time": "hours"}
    return tables, {**roles, "adaptations": "changes"}


def test_re_aim_says_what_was_found_from_released_numbers_and_what_was_not_measured() -> None:
    frame, _ = re_aim(*sources())
    found = frame.set_index("dimension")["found"]
    assert found["Reach"] == "Practitioners: 30 of 40 (75%); Young evaluators: hidden of 14"
    assert found["Adoption"] == "16 of 20 (80%) services began, 1 of them dropped out"
    assert found["Effectiveness"] == "Self-rating, before and after: shift −0.25, 5 services"
    assert "2 of them to a core part" in found["Implementation"]
    assert found["Maintenance"] == "not measured"
    assert (frame["not_measured"].str.len() > 20).all()


def test_a_locality_without_a_pilot_has_re_aim_that_says_so() -> None:
    tables, roles = sources()
    empty = [Released(**{**vars(table), "frame": table.frame.iloc[:0]}) for table in tables]
    frame, _ = re_aim(empty, roles)
    assert set(frame["found"]) == {"not measured"}
