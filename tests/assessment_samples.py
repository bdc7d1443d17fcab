"""A compendium with one locality whose pilot has three services, and filled-in forms of it."""

from __future__ import annotations

import copy
import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

from compendium.framework.assessment import Form, Rater, forms_of
from compendium.framework.assessment.reading import CSV_COLUMNS
from compendium.locality import load_locality
from compendium.paths import Root
from tests.shared import ROOT

PLACE = "alder"
LOCALITY = """id: alder
name: Alder
period: {from: 2022-05, to: 2023-04}
sources:
  pilot_services: {file: data/pilot_services.csv, provenance: synthetic}
help_lines:
  - {name: Childline, phone: "0800 1111", url: "https://www.childline.org.uk", checked: 2026-11-22}
"""
SERVICES = """service_code,pilot_area,kind,joined,consent,dropped_out
A01,Pilot area 1,school,yes,yes,no
A02,Pilot area 1,charity,yes,no,no
B01,Pilot area 2,youth,yes,yes,yes
"""
WAVES = """pilot_area,wave,began_on,ended_on
Pilot area 1,before,2024-05-01,2024-05-31
Pilot area 1,after,2024-09-01,2024-09-30
"""
TABLES = ("assessments", "pilot_services", "pilot_waves")
TABLE = "localities/alder/data/imported/assessments.synthetic.csv"


def compendium(folder: Path) -> Root:
    """A compendium in `folder` with the project's dictionaries and standards."""
    for name in ("framework", "evidence"):
        shutil.copytree(ROOT / name, folder / name)
    for room in ("data_dictionaries", "report"):
        (folder / room).mkdir()
    for name in ("_quarto.yml", "report/help_lines.yml", *(f"data_dictionaries/{table}.yml" for table in TABLES)):
        shutil.copy(ROOT / name, folder / name)
    home = folder / "localities" / PLACE
    (home / "data").mkdir(parents=True)
    (home / "locality.yml").write_text(LOCALITY)
    (home / "data/pilot_services.csv").write_text(SERVICES)
    (home / "data/pilot_waves.csv").write_text(WAVES)
    return Root(folder)


_MADE: dict[bytes, dict[Rater, Form]] = {}  # by what the forms depend on: many tests ask for the same two


def forms(root: Root) -> dict[Rater, Form]:
    key = b"".join((root.dictionaries / f"{table}.yml").read_bytes() for table in TABLES)
    if key not in _MADE:
        _MADE[key] = forms_of(root, load_locality(root, PLACE))
    return _MADE[key]


def filled(form: Form, level: int | str | None = 2, **head: Any) -> dict[str, Any]:
    """A form of service A01 before the pilot with one level for every item; `head` says otherwise."""
    data = json.loads(json.dumps(form.blank()))
    for answer in data["answers"]:
        answer["level"] = level
    known = {"service_code": "A01", "pilot_area": "Pilot area 1", "wave": "before"}
    if form.rater == "youth":
        known |= {"response": "0123456789abcdef", "free_to_rate": "yes", "pilot_area": ""}
    return copy.deepcopy({**data, **known, **head})


def as_json(folder: Path, data: Any, name: str = "form.json") -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def as_csv(folder: Path, data: dict[str, Any], name: str = "form.csv") -> Path:
    """The same answers as the web page writes them as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for answer in data["answers"]:
        level = "" if answer["level"] is None else str(answer["level"])
        head = [data[key] for key in CSV_COLUMNS[:-3]]
        writer.writerow([*head, answer["criterion_id"], answer["wording"], level])
    path = folder / name
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def as_workbook(folder: Path, form: Form, data: dict[str, Any], name: str = "form.xlsx") -> Path:
    """The same answers typed into the spreadsheet, with the entries of its lists."""
    import openpyxl

    from compendium.framework.assessment.workbook import workbook

    path = folder / name
    path.write_bytes(workbook(form))
    book = openpyxl.load_workbook(path)
    for at, key in enumerate(("service_code", "pilot_area", "wave"), start=2):
        book["service"].cell(at, 2).value = data[key]
    names = {choice.level: f"{choice.level} {choice.name}" for choice in form.levels}
    for at, answer in enumerate(data["answers"], start=2):
        level = answer["level"]
        book["answers"].cell(at, 4).value = names.get(level, "Can’t say" if level else None) if level != 0 else names[0]
    book.save(path)
    return path


def rows(root: Root) -> list[dict[str, str]]:
    """The ratings on record."""
    with (root.path / TABLE).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
