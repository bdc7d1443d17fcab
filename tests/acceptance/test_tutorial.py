"""Every command of the tutorial and of the README is run, or held against what there is, in the order of the page.

What a reader does by hand is done here too: `<!-- by hand: … -->` in the tutorial names it. `<!-- refused: … -->` marks
a command whose status must not be 0. Only notebook 02 is there, so that the way is walked in seconds.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from typer.main import get_command

from compendium.cli import commands  # noqa: F401 (importing them registers them)
from compendium.cli.application import app
from tests.acceptance.project import copy_project
from tests.shared import ROOT

TUTORIALS = sorted((ROOT / "docs" / "tutorial").glob("*.md"))
README = ROOT / "README.md"
PART = re.compile(
    r"<!-- (?P<kind>by hand|refused): (?P<said>.*?) -->|^```(?P<language>\w*)\n(?P<text>.*?)^```", re.M | re.S
)
MADE_BY_MAKE = re.compile(r"make (?P<target>[\w-]+)")
NOT_REPEATED = "a1ea57dbe94a"  # the hash of a candidate in the text; the one that was made stands in its place


@dataclass
class Reader:
    """Somebody who follows the page in a copy of the project, with a home of their own."""

    project: Path
    home: Path
    said: str = ""  # by the last command
    lines: str = ""  # of locality.yml, to be written by hand

    def run(self, command: str, *, refused: bool) -> None:
        if NOT_REPEATED in command:
            (found,) = set(re.findall(r"--candidate ([0-9a-f]{12})", self.form()))
            command = command.replace(NOT_REPEATED, found)
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=self.project,
            env={**os.environ, "HOME": str(self.home), "COMPENDIUM_ROOT": ""},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        self.said = ran.stdout + ran.stderr
        assert (ran.returncode != 0) == refused, f"{command}\n{self.said}"

    def form(self) -> str:
        return (self.project / ".private" / "leeds" / "pack" / "index.html").read_text("utf-8")

    @property
    def locality(self) -> Path:
        return self.project / "localities" / "leeds"

    @property
    def workbook(self) -> Path:
        return self.home / "records" / "leeds" / "service_map.xlsx"

    def fill(self) -> None:
        """The invented services stand in for the reader's own; the status of the fourth is one that there isn't."""
        book = openpyxl.load_workbook(self.workbook)
        for sheet in book.worksheets:
            source = self.locality / "data" / "synthetic" / f"{sheet.title}.synthetic.csv"
            if not source.is_file():
                continue
            heads = [str(cell.value) for cell in sheet[1]]
            for number, row in enumerate(csv.DictReader(source.read_text("utf-8").splitlines()), 2):
                for place, head in enumerate(heads, 1):
                    if row[head]:
                        cell = sheet.cell(number, place)
                        cell.value = typed(row[head], text=cell.number_format == "@")
        book["services"]["D5"].value = "open"
        book.save(self.workbook)

    def mend(self) -> None:
        book = openpyxl.load_workbook(self.workbook)
        book["services"]["D5"].value = "active"
        book.save(self.workbook)

    def write_settings(self) -> None:
        """The lines of the page in the place of those that name the same keys."""
        path = self.locality / "locality.yml"
        text = path.read_text("utf-8")
        root, _, sources = self.lines.partition("sources:\n")
        for line in sources.splitlines():
            table = line.strip().partition(":")[0]
            text, changed = re.subn(rf"(?m)^  {table}: .*$", line, text)
            assert changed == 1, table
        path.write_text(root + text, encoding="utf-8")


BY_HAND: dict[str, Callable[[Reader], None]] = {
    "fill in service_map.xlsx, with one mistake": Reader.fill,
    "write these lines into locality.yml": lambda reader: None,  # done when the lines are read, below it
    "mend service_map.xlsx": Reader.mend,
}


def typed(said: str, *, text: bool) -> str | int | date:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", said):
        return date.fromisoformat(said)
    return int(said) if said.isdigit() and not text else said


def parts(page: Path) -> Iterator[re.Match[str]]:
    return PART.finditer(page.read_text("utf-8"))


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    folder = tmp_path_factory.mktemp("tutorial")
    project, home = copy_project(folder / "project"), folder / "home"
    home.mkdir()
    for path in (project / "notebooks").glob("*.ipynb"):
        if path.stem != "02_service_map":
            path.unlink()
    for locality in ("blackpool", "demo_area_b"):
        shutil.rmtree(project / "localities" / locality)
    command = project / ".venv" / "bin" / "compendium"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m compendium "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return Reader(project, home)


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_the_tutorial_can_be_followed_from_its_first_line_to_its_last(page: Path, reader: Reader) -> None:
    refused, commands_run = False, 0
    left = [line for line in shell_lines(page) if " report " in line]
    for part in parts(page):
        if part["kind"] == "by hand":
            BY_HAND[part["said"]](reader)
        elif part["kind"] == "refused":
            refused = True
        elif part["language"] == "yaml":
            reader.lines = part["text"]
            reader.write_settings()
        elif part["language"] == "bash":
            for line in part["text"].splitlines():
                if MADE_BY_MAKE.match(line):
                    continue  # held against the Makefile below; CI runs it
                if line in left:
                    left.remove(line)
                    if line in left:
                        continue  # the most work of all: done once, where it says most
                reader.run(line, refused=refused)
                commands_run += 1
            refused = False
        else:
            assert flat(part["text"]) in flat(reader.said), "the page shows what the command doesn't say"
    assert commands_run > 10
    assert (reader.project / "outputs" / "site" / "places" / "leeds" / "index.html").is_file()


def test_what_the_tutorial_says_about_numbers_of_tables_is_so(reader: Reader) -> None:
    """41 tables in six groups; six of them are services. Counted from the dictionaries, not from what check said."""
    from compendium import dictionary
    from compendium.beginning.groups import groups

    found = list(groups(dictionary.load(ROOT / "data_dictionaries").groups))
    tables, services = sum(len(group.tables) for group in found), len(found[0].tables)
    text = TUTORIALS[0].read_text("utf-8")
    assert f"{tables} of {tables} tables" in text
    assert f"`{tables - services} of {tables} tables`" in text


def shell_lines(page: Path) -> list[str]:
    return [line for part in parts(page) if part["language"] == "bash" for line in part["text"].splitlines()]


@pytest.mark.parametrize("page", [README, *TUTORIALS], ids=lambda page: page.stem)
def test_what_make_is_asked_for_is_there(page: Path) -> None:
    made = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    for line in shell_lines(page):
        if found := MADE_BY_MAKE.match(line):
            assert found["target"] in made


def test_the_other_ways_to_install_in_the_readme_name_what_there_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    rest = [line for line in shell_lines(README) if line and not MADE_BY_MAKE.match(line)]
    assert rest == [
        "pipx install .            # or: conda env create -f environment.yml && conda activate ocsv-compendium",
        "compendium report",
    ]
    assert "name: ocsv-compendium" in (ROOT / "environment.yml").read_text("utf-8")
    assert project["scripts"] == {"compendium": "compendium.cli:main"}


def test_every_option_that_the_readme_names_is_one_of_its_command() -> None:
    known = get_command(app).commands  # type: ignore[attr-defined]
    for name, rest in re.findall(r"^compendium (\w+) (.*)$", README.read_text("utf-8"), re.M):
        options = {option for one in known[name].params for option in one.opts}
        options |= {
            option for sub in getattr(known[name], "commands", {}).values() for p in sub.params for option in p.opts
        }
        assert set(re.findall(r"--[a-z-]+", rest)) <= options, name
