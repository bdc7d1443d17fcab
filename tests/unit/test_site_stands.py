"""A site stands as long as nothing in its compendium changed: nothing is written, and nothing is loaded to see so."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from compendium.paths import Root
from compendium.report import standing
from compendium.seen.digests import Seen, look

ENGINE = "pandoc"
FILES = {
    "index.qmd": "Home",
    "report/about.qmd": "About",
    "data_dictionaries/cases.yml": "name: cases",
    "localities/here/locality.yml": "id: here",
    "outputs/here/tables/cases.csv": "count\n12\n",
    "outputs/site/index.html": "<p>Home</p>",
    "places/here/index.qmd": "Here",
}


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A compendium that was rendered, a while ago."""
    for name, text in FILES.items():
        path = tmp_path / "a compendium" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = Root(tmp_path / "a compendium")
    found.private.mkdir()
    rendered(found)
    return found


def rendered(root: Root, *notes: str) -> None:
    before = standing.sight(root, ENGINE)
    standing.keep(root, before, standing.sight(root, ENGINE, before), notes)


def test_nothing_changed_and_what_was_noted_is_told_again(root: Root) -> None:
    rendered(root, "here: the candidate isn't approved")
    assert standing.told(root, ENGINE) == ["here: the candidate isn't approved"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("how", ["edited", "gone", "a pipe", "a folder"])
def test_whatever_changed_the_pages_are_written_anew(root: Root, name: str, how: str) -> None:
    path = root.path / name
    old = path.stat()
    if how == "edited":  # as many bytes, and the old time of change
        path.write_text("".join(reversed(path.read_text())))
        os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    else:
        path.unlink()
    if how == "a pipe":
        os.mkfifo(path)
    if how == "a folder":
        path.mkdir()
    assert standing.told(root, ENGINE) is None


ADDED: dict[str, Callable[[Root], object]] = {
    "page": lambda root: (root.report / "more.qmd").write_text("More"),
    "file of the site": lambda root: (root.site / "more.html").write_text("More"),
    "folder nobody knows": lambda root: ((root.path / "else").mkdir(), (root.path / "else/x.yml").write_text("")),
    "link to a folder": lambda root: (root.path / "link").symlink_to(root.localities, target_is_directory=True),
    "link to nothing": lambda root: (root.report / "gone.qmd").symlink_to("nowhere"),
}


@pytest.mark.parametrize("what", ADDED)
def test_what_was_added_is_seen_wherever_it_lies(root: Root, what: str) -> None:
    ADDED[what](root)
    assert standing.told(root, ENGINE) is None


def test_a_link_to_a_folder_is_never_taken_for_what_lies_behind_it(root: Root) -> None:
    """Nobody looks behind it, so nobody knows whether that is as it was."""
    (root.path / "link").symlink_to(root.localities, target_is_directory=True)
    rendered(root)
    assert standing.told(root, ENGINE) is None


def test_what_is_private_compiled_or_a_tools_own_changes_no_page(root: Root) -> None:
    for name in (".private/x.json", ".git/index", ".quarto/x", "src/__pycache__/x.pyc", "report/.page.qmd.swp"):
        (root.path / name).parent.mkdir(parents=True, exist_ok=True)
        (root.path / name).write_text("x")
    assert standing.told(root, ENGINE) == []


def test_what_lies_on_another_file_system_is_read_each_time(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    read = list[Path]()

    def elsewhere(path: Path) -> Seen:
        read.append(path)
        found = look(path)
        return replace(found, device=found.device + 1, fresh=False)

    monkeypatch.setattr(standing, "trusted", lambda root: True)
    monkeypatch.setattr(standing, "look", elsewhere)
    rendered(root)
    read.clear()
    assert standing.told(root, ENGINE) == []
    assert {path.relative_to(root.path).as_posix() for path in read if path.is_relative_to(root.path)} == set(FILES)


def test_a_checkout_or_a_copy_with_other_times_stands_by_its_content(root: Root) -> None:
    for name, text in FILES.items():
        (root.path / name).unlink()
        (root.path / name).write_text(text)
    assert standing.told(root, ENGINE) == []


def test_another_place_engine_program_or_library_renders_anew(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    assert standing.told(root, "quarto") is None
    moved = Root(root.path.rename(root.path.parent / "elsewhere"))
    assert standing.told(moved, ENGINE) is None
    rendered(moved)
    assert standing.told(moved, ENGINE) == []
    with monkeypatch.context() as patch:
        patch.setattr("compendium.seen.versions.installed", lambda: {"pandas": "99"})
        assert standing.told(moved, ENGINE) is None
    program = moved.path.parent / "program"
    program.mkdir()
    monkeypatch.setattr(standing, "PACKAGE", program)
    assert standing.told(moved, ENGINE) is None


def test_what_is_edited_while_pages_are_written_is_not_lost(root: Root) -> None:
    before = standing.sight(root, ENGINE)
    (root.report / "about.qmd").write_text("Edited after it was read")
    (root.places / "here/index.qmd").write_text("Written by the rendering")
    standing.keep(root, before, standing.sight(root, ENGINE, before), [])
    assert standing.told(root, ENGINE) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"about": 1, "files": {"a": 3}, "notes": []}', "\0"])
def test_a_note_that_was_cut_short_tells_nothing(root: Root, text: str) -> None:
    (root.private / standing.FILE).write_text(text)
    assert standing.told(root, ENGINE) is None


def test_a_rendering_that_was_ended_leaves_no_note(root: Root) -> None:
    standing.forget(root)
    assert not standing.is_noted(root) and standing.told(root, ENGINE) is None


def test_marks_are_believed_on_file_systems_of_this_machine_only(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere each file is read."""
    read: list[Path] = []
    monkeypatch.setattr(standing, "look", lambda path: read.append(path) or _look(path))
    monkeypatch.setattr(standing, "trusted", lambda root: False)
    assert standing.told(root, ENGINE) == []
    assert len([path for path in read if path.is_relative_to(root.path)]) == len(FILES)


_look = standing.look


def test_to_see_that_a_site_stands_loads_no_library_of_tables_and_no_page() -> None:
    code = "import sys; import compendium.report.build; print(*{'pandas', 'scipy', 'typst', 'jinja2'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""
