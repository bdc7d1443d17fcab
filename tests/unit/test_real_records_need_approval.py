"""A locality that rests on real records has no page until somebody approved its release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compendium.errors import CompendiumError
from compendium.paths import Root
from compendium.report import places


def settled(root: Path, locality: str, **table: str) -> None:
    (root / "localities" / locality).mkdir(parents=True)
    (root / "localities" / locality / "locality.yml").write_text(f"id: {locality}\n", "utf-8")
    (root / "outputs" / locality / "tables").mkdir(parents=True)
    (root / "outputs" / locality / "values.json").write_text("{}", "utf-8")
    (root / "outputs" / locality / "tables" / "t.json").write_text(
        json.dumps({"rows": [{"count": 12}], **table}), "utf-8"
    )


def test_only_real_records_of_persons_are_kept_back(tmp_path: Path) -> None:
    settled(tmp_path, "made_up", sensitivity="sensitive", provenance="synthetic")
    settled(tmp_path, "official", sensitivity="public", provenance="real")
    settled(tmp_path, "leeds", sensitivity="sensitive", provenance="real")
    assert places.withheld(Root(tmp_path)) == ["leeds"]


def test_a_site_of_real_records_alone_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    settled(tmp_path, "leeds", sensitivity="sensitive", provenance="real")
    with pytest.raises(CompendiumError, match="localities/leeds: It rests on real records"):
        places.write(Root(tmp_path))
    assert not (tmp_path / "places").exists()
