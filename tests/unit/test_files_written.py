"""Files that only their owner may read are written whole, never over another one, on any file system."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from compendium.paths import Root
from compendium.writing import write_new


def without_links(*_: object) -> None:
    raise PermissionError("Operation not permitted")  # as exFAT answers


@pytest.mark.parametrize("links", [True, False])
def test_a_private_file_is_for_its_owner_alone(tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not links:
        monkeypatch.setattr(os, "link", without_links)
    write_new(tmp_path / "seed", "ab\n")
    assert (tmp_path / "seed").read_text() == "ab\n"
    assert stat.S_IMODE((tmp_path / "seed").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["seed"]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_is_there_is_never_replaced(tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not links:
        monkeypatch.setattr(os, "link", without_links)
    (tmp_path / "seed").write_text("first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "seed", "second")
    assert (tmp_path / "seed").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["seed"]


@pytest.mark.parametrize("root", [".", "../here"])
def test_a_file_has_one_name_however_the_folder_was_named(
    root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "report").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert Root(Path(root)).relative(Path(root) / "report" / "about.qmd") == "report/about.qmd"
