"""Two commands on one locality: the second says so, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from compendium.cli import main
from compendium.paths import Root
from compendium.release.lock import locked
from tests.faults.compendia import review
from tests.faults.scenario import contents


def given(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def test_an_import_beside_another_command_says_so_and_comes_in_once_that_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, arguments = review(tmp_path / "review")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COMPENDIUM_ROOT", str(folder))
    before = contents(folder / "localities")
    with locked(Root(folder).private_room("leeds")):
        assert given(*arguments) == 1
        said = capsys.readouterr().err
        assert "Another command is at work on leeds. Wait until it has ended, then try again." in said
        assert contents(folder / "localities") == before
        assert given(*arguments, "--dry-run") == 0, "looking is allowed"
    assert given(*arguments) == 0
    assert contents(folder / "localities") != before
