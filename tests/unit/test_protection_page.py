"""What the page on privacy says of the attack: numbers of the certificates, nothing typed."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from compendium.disclosure.policy import policies
from compendium.report.protection import attacked, floors


def place(folder: Path, known: list[dict[str, Any]]) -> Any:
    """A settled locality with one table of victims (5 numbers shown, 3 hidden, one of them known) and a public one."""
    cells = [{"verdict": "protected"}, {"verdict": "protected"}, {"verdict": "known"}]
    tables = {"victims": {"threshold": 10, "cells": cells}, "official": {"threshold": 0, "cells": []}}
    (folder / "tables").mkdir(parents=True)
    (folder / "certificate.json").write_text(json.dumps({"known": known, "tables": tables}))
    (folder / "certificate-witnesses.json").write_text(json.dumps({"units": [{"cells": [1, 2]}]}))
    rows = [{"status": "published"}] * 5 + [{"status": "hidden"}] * 3
    (folder / "tables" / "victims.synthetic.json").write_text(json.dumps({"name": "victims", "rows": rows}))
    (folder / "tables" / "official.json").write_text(json.dumps({"name": "official", "rows": rows}))
    return SimpleNamespace(outputs=folder, locality=SimpleNamespace(name="Area | one"))


def cells_of(text: str) -> list[str]:
    row = next(line for line in text.splitlines() if line.startswith("| Area"))
    return [cell.strip() for cell in row.replace("\\|", "/").strip("|").split("|")]


def test_the_numbers_are_those_of_the_certificate(tmp_path: Path) -> None:
    text = attacked([place(tmp_path / "one", [])])
    assert cells_of(text) == ["Area / one", "1", "5", "3", "2", "2", "0"]
    assert "there is none yet" in text


def test_known_tables_that_took_part_are_named(tmp_path: Path) -> None:
    known = {"name": "victims (release 1)", "source": "earlier release", "from": "2022-05", "to": "2023-04"}
    text = attacked([place(tmp_path / "one", [known])])
    assert cells_of(text)[-1] == "1"
    assert "victims (release 1) (earlier release, 2022-05 to 2023-04)" in text.replace("\\", "")


def test_every_policy_is_listed_with_its_source() -> None:
    text = floors()
    assert all(f"`{name}`" in text for name in policies())
    assert "guidebook.ukllc.ac.uk" in text
