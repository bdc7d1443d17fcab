"""A compendium with one bare locality, and the command run in it without a process of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from compendium.cli import main
from tests.shared import ROOT

LOCALITY = """\
id: {id}
name: {name}
force_area: {{code: E23000003, name: Lancashire}}
area: {{code: E06000009, level: district, vintage: 2021}}
# the year of the study
period: {{from: 2022-05, to: 2023-04}}
{more}"""


def bare(folder: Path, id: str = "here", name: str = "Here", more: str = "") -> Path:
    """A root in `folder`, with a locality that has no tables of its own."""
    (folder / "localities" / id).mkdir(parents=True)
    (folder / "_quarto.yml").write_text("project: {type: website}\n", encoding="utf-8")
    for shared in ("data_dictionaries", "evidence", "framework", "notebooks"):
        shutil.copytree(ROOT / shared, folder / shared)
    text = LOCALITY.format(id=id, name=name, more=more)
    (folder / "localities" / id / "locality.yml").write_text(text, encoding="utf-8")
    return folder


def exit_code(*arguments: str | Path) -> int:
    """How the command ends that a person types."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, by its path from there; but locks, which stay and hold nothing."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
