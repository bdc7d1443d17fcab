"""A compendium to measure in: a copy of this one, with as many localities as are wanted, each like a shipped one."""

from __future__ import annotations

import shutil
from pathlib import Path

from compendium.paths import Root

ROOMS = (
    "data_dictionaries", "localities", "notebooks", "evidence", "framework", "report",
    "_quarto.yml", "_variables.yml", "index.qmd", "styles.css",
)  # fmt: skip


def copied(to: Path, wanted: int, *, like: str = "demo_area_b") -> Root:
    """The inputs of this compendium in the empty folder `to`, with `wanted` localities, named place_01 and on.

    Their records are the synthetic ones of `like`. Nothing that a run made is copied.
    """
    source = Root.find(Path(__file__)).path
    for room in ROOMS:
        whole = source / room
        (shutil.copytree if whole.is_dir() else shutil.copy2)(whole, to / room)
    shipped = [path.parent for path in (to / "localities").glob("*/locality.yml")]
    width = max(2, len(str(wanted)))
    for number in range(1, wanted + 1):
        name = f"place_{number:0{width}}"
        shutil.copytree(to / "localities" / like, to / "localities" / name)
        described = to / "localities" / name / "locality.yml"
        lines = described.read_text("utf-8").splitlines(keepends=True)
        titled = {"id:": f"id: {name}\n", "name:": f"name: Invented place {number}\n"}
        described.write_text("".join(titled.get(line.split(" ")[0], line) for line in lines), "utf-8")
    for folder in shipped:
        shutil.rmtree(folder)
    return Root(to)


def names(root: Root) -> list[str]:
    return sorted(path.parent.name for path in root.localities.glob("*/locality.yml"))
