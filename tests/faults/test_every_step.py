"""A command that is killed before any step at which something takes its place is made good by the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import points
from tests.faults.asking import Found, carried_out, faults
from tests.faults.compendia import scenarios

LEAST = {  # steps that must have been met, or the test looks at nothing
    "run": ("rename ./outputs/.demo_area_b.* -> ./outputs/demo_area_b", 12),
    "release": ("rename ./dist/.demo_area_b-release-1.zip.aside -> ./dist/demo_area_b-release-1.zip", 6),
    "import": ("rename ./localities/leeds/.locality.yml.aside -> ./localities/leeds/locality.yml", 5),
    "assess": ("remove ./.private/alder/together.json", 4),
    "render": ("rename ./.out.* -> ./out", 3),
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    room = tmp_path_factory.mktemp("killed")
    wanted = [{**one, "done": ["decisive steps"]} for one in scenarios(room) if one["name"] in LEAST]
    return carried_out(wanted, room / "work")


@pytest.mark.parametrize("name", LEAST)
def test_killed_before_any_step_the_next_gives_what_an_undisturbed_one_gives(found: Found, name: str) -> None:
    step, number = LEAST[name]
    done = found[name]["decisive steps"]
    assert step in done and len(done) >= number, list(done)
    assert faults(done) == []


def test_a_step_is_named_by_what_it_does_not_by_what_chance_called_it(tmp_path: Path) -> None:
    here = {str(tmp_path): "."}
    exchange = ("compendium.exchange", (f"{tmp_path}/outputs/.leeds.a1b2c3d4", f"{tmp_path}/outputs/leeds"))
    assert points.name_of(*exchange, here) == "compendium.exchange ./outputs/.leeds.* -> ./outputs/leeds"
    inside = ("open", (f"{tmp_path}/outputs/.leeds.a1b2c3d4/tables/victims.csv", "wb", points.os.O_WRONLY))
    assert points.name_of(*inside, here) == "open ./outputs/.leeds.*/tables/*.csv"
    assert points.name_of("open", (f"{tmp_path}/outputs/a.csv", "rb", points.os.O_RDONLY), here) is None
    assert points.name_of("os.remove", ("/elsewhere/a.csv", -1), here) is None
    assert points.is_decisive("rename ./.private/leeds/.run-*/* -> ./.private/leeds/proposals/01_toy")
    assert not points.is_decisive("rename ./outputs/.leeds.*/*.aside -> ./outputs/.leeds.*/*.csv")
