"""Persons who stand in the input of a run under names and numbers that stand nowhere else."""

from __future__ import annotations

import csv
import re
from pathlib import Path

NUMBERS = {  # what a row is called: the table where it is first met, its column, its new number
    "cases": ("case_id", "C-97531"),
    "crimes": ("crime_id", "97531"),
    "victims": ("victim_row", "V-97531"),
    "suspects": ("suspect_row", "97531"),
    "case_events": ("event_id", "97531"),
}
TEXTS = {"organizations": ("name",), "services": ("name", "description")}
NAME, POSTCODE = "Zanariaquill Ostrowhythe", "ZQ99 9QZ"
DAY = re.compile(r"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b")


def plant(project: Path, locality: str) -> list[str]:
    """Give records of a locality planted names, postcodes and numbers, wherever they are referred to; the words."""
    folder = project / "localities" / locality / "data" / "synthetic"
    old = {}
    for table, (column, number) in NUMBERS.items():
        first = _rows(folder, table)[0][column]
        old[first] = number if "-" in number else re.sub(r"\d+$", lambda digits, n=number: n[: len(digits[0])], first)
    person = _rows(folder, "victims")[0]["person_id"]
    old[person] = re.sub(r"\d+$", "86429", person)
    for path in sorted(folder.glob("*.csv")):
        text = path.read_text("utf-8")
        for before, after in old.items():
            text = re.sub(rf"(?<![\w-]){re.escape(before)}(?!\w)", after, text)
        path.write_text(text, "utf-8")
    for table, columns in TEXTS.items():
        _write(folder, table, columns)
    return [*old.values(), *NAME.split(), POSTCODE]


def days_of_records(project: Path, locality: str) -> set[str]:
    """Days that stand in the records of persons and in no other file of the project."""
    folder = project / "localities" / locality / "data" / "synthetic"
    texts = {path: path.read_text("utf-8", "ignore") for path in project.rglob("*") if _may_name_days(path)}
    ours = {path for path in texts if path.parent == folder and path.name.split(".")[0] in NUMBERS}
    elsewhere = {day for path, text in texts.items() if path.parent.name != "synthetic" for day in DAY.findall(text)}
    return {day for path in ours for day in DAY.findall(texts[path])} - elsewhere


def _may_name_days(path: Path) -> bool:
    made = {"outputs", "places", ".private"} & set(path.parts)
    return (
        path.is_file() and not made and path.suffix in {".csv", ".yml", ".json", ".md", ".qmd", ".ipynb", ".py", ".bib"}
    )


def _rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.synthetic.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(folder: Path, table: str, columns: tuple[str, ...]) -> None:
    rows = _rows(folder, table)
    for row in rows[:3]:
        row |= {column: f"{row[column]} {NAME} {POSTCODE}" for column in columns}
    with (folder / f"{table}.synthetic.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
