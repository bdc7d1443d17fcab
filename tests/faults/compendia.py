"""Small compendia, each with a command that is about to change it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import assessment_samples as assessments
from tests.acceptance.toy import LOCALITY, OPEN, PUBLISH, SETTINGS, copy_toy
from tests.shared import ROOT
from tests.unit.test_living_review import DICTIONARIES, FIRST, ROUNDS, SEARCH
from tests.unit.test_living_review import SETTINGS as REVIEW
from tests.unit.test_site_render import page, project

ROOM = Path(".private") / LOCALITY
APPROVE = ("release", LOCALITY, "--approve", "--by", "Ann Lee", "--and", "Zoë Ó Briain", "--date", "2026-11-22")
NO_CHART = PUBLISH.replace('chart="bars"', 'chart=""')
PAGES = {
    "index.qmd": page("{{< var all >}} and [a](places/a/index.qmd#one)"),
    "places/a/index.qmd": page("## One\n\nWords.", "A"),
    "_variables.yml": "all: words",
}


def scenarios(room: Path) -> list[dict[str, Any]]:
    """Each command, on a compendium in `room` in which its work is to be done."""
    settled = copy_toy(room / "settled", {"01_toy": [OPEN, NO_CHART]})
    _run(settled, "run", "--cache", ".private/cache")
    fresh = room / "fresh"
    shutil.copytree(settled, fresh)
    for name in ("outputs", *(ROOM / name for name in ("proposals", "notebooks", "lock.json", "settled.json"))):
        shutil.rmtree(fresh / name) if (fresh / name).is_dir() else (fresh / name).unlink()
    changed = room / "changed"
    shutil.copytree(settled, changed)
    text = (changed / SETTINGS).read_text("utf-8")
    (changed / SETTINGS).write_text(text.replace("policy: threshold-10", "policy: sdap-10"), "utf-8")
    run = ["run", "--cache", ".private/cache"]
    tables = ["localities/leeds/locality.yml", "localities/leeds/data/review"]
    return [
        _scenario("run", fresh, run, [f"outputs/{LOCALITY}"]),
        _scenario("settle", changed, run, [f"outputs/{LOCALITY}"]),
        _scenario("release", settled, list(APPROVE), [f"outputs/{LOCALITY}"]),
        _scenario("import", *review(room / "review"), []) | {"whole_after": tables},
        _scenario("assess", *_assessment(room / "assessment"), []) | {"whole_after": [assessments.TABLE]},
        _scenario("render", project(room / "site", PAGES), ["render", "--root", ".", "--engine", "pandoc"], ["out"]),
    ]


def _scenario(name: str, folder: Path, arguments: list[str], whole: list[str]) -> dict[str, Any]:
    return {"name": name, "folder": str(folder), "arguments": arguments, "whole": whole}


def review(folder: Path) -> tuple[Path, list[str]]:
    """A review into which a search is to come: two tables and the settings change together."""
    home = folder / "localities" / "leeds"
    (home / "data" / "review").mkdir(parents=True)
    shutil.copytree(ROOT / "data_dictionaries", folder / "data_dictionaries")
    shutil.copy(ROOT / "_quarto.yml", folder / "_quarto.yml")
    (home / "locality.yml").write_text(REVIEW, "utf-8")
    names = DICTIONARIES["searches"].names
    rows = [",".join(f'"{({**SEARCH, **row}).get(name, "")}"' for name in names) for row in ROUNDS]
    (home / "data" / "review" / "searches.csv").write_text("\n".join([",".join(names), *rows]) + "\n", "utf-8")
    (folder / "found.ris").write_text(FIRST, "utf-8")
    return folder, ["import", "ris", "found.ris", "--to", "leeds", "--search", "H-001"]


def _assessment(folder: Path) -> tuple[Path, list[str]]:
    """A pilot to which two services send their forms."""
    folder.mkdir()
    root = assessments.compendium(folder)
    form = assessments.forms(root)["self"]
    assessments.as_json(folder, assessments.filled(form))
    (folder / "form.json").write_text(json.dumps(assessments.filled(form)), "utf-8")
    return folder, ["assess", "import", assessments.PLACE, "form.json"]


def _run(folder: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "compendium", *arguments], cwd=folder, check=True, capture_output=True)
