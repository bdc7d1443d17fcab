"""Sources of help: true ones, in one place, with their day, on every page about abuse."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from compendium.errors import InputRefused
from compendium.locality import HelpLine, known_localities, load_locality
from compendium.paths import Root
from compendium.report import helping
from compendium.report.rules import FREEPHONE, stale_pages
from tests.shared import ROOT

LINES = helping.load(Root(ROOT))
PLACE = load_locality(Root(ROOT), "blackpool")


def test_the_lines_that_every_page_needs_are_there_with_source_and_day() -> None:
    by_name = {line.name: line for line in LINES}
    assert by_name["Childline"].phone == "0800 1111" and by_name["Childline"].for_children
    assert "www.ceop.police.uk" in by_name["CEOP"].url
    assert (
        by_name["Stop It Now"].phone == "0808 1000 900" and "Lucy Faithfull Foundation" in by_name["Stop It Now"].does
    )
    for line in LINES:
        assert line.url.startswith("https://") and line.source.startswith("https://")
        assert date.fromisoformat(line.checked)


def test_numbers_stand_in_no_other_file() -> None:
    """What a page says of help comes from the file of the site or from a locality's."""
    sources = [ROOT / "index.qmd", *(ROOT / "report").glob("*.qmd"), *(ROOT / "report").glob("*.md")]
    sources += [*(ROOT / "src" / "compendium" / "report").rglob("*.py"), *(ROOT / "notebooks").glob("*.ipynb")]
    assert [path.name for path in sources if FREEPHONE.search(path.read_text("utf-8"))] == []


def test_localities_name_the_same_numbers_as_the_site() -> None:
    known = {line.name: line.phone for line in LINES}
    for name in known_localities(Root(ROOT)):
        for line in load_locality(Root(ROOT), name).help_lines:
            assert known.get(line.name, line.phone) == line.phone


def test_a_local_line_stands_with_the_others_and_a_known_one_only_once() -> None:
    line = HelpLine(name="Advice [centre]", phone="01234 567890", note="for parents", checked="2026-11-20")
    place = replace(PLACE, help_lines=(*PLACE.help_lines, line))
    for text in (helping.short(LINES, place), helping.everywhere(LINES, place)):
        assert text.count("0800 1111") == 1 and "Advice \\[centre\\]" in text and "01234 567890" in text
        assert "Written down on 20 November 2026 and 22 November 2026" in text


def test_young_people_are_not_sent_to_a_line_for_adults() -> None:
    text = "\n".join(helping.of_children(LINES, replace(PLACE, help_lines=())))
    assert "0800 1111" in text and "Report Remove" in text and "Stop It Now" not in text


def notebook(head: str = "---\ntitle: T\n---") -> str:
    cells = [("raw", head), ("markdown", "::: {.lead}\nFirst.\n:::\n\nSecond."), ("code", "1"), ("markdown", "Last.")]
    return json.dumps({"cells": [{"cell_type": kind, "source": text} for kind, text in cells]})


def test_a_chapter_gets_a_way_out_a_note_and_help_and_its_cells_keep_their_numbers() -> None:
    cells = json.loads(helping.of_notebook(notebook(), LINES, PLACE))["cells"]
    assert cells[0]["source"] == "---\ntitle: T\nquick-exit: true\n---"
    assert re.match(
        r"(?s)::: \{\.lead\}\nFirst\.\n:::\n\n::: \{\.content-note\}.*:::\n\n\nSecond\.$", cells[1]["source"]
    )
    assert [cell["source"] for cell in cells[2:4]] == ["1", "Last."]
    assert len(cells) == 5 and "0800 1111" in cells[4]["source"]


def test_a_way_out_that_a_chapter_asks_for_itself_stays_the_only_one() -> None:
    cells = json.loads(helping.of_notebook(notebook("---\nquick-exit: true\n---"), LINES, PLACE))["cells"]
    assert cells[0]["source"].count("quick-exit") == 1


def test_a_day_that_is_none_is_refused_by_line(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    text = (ROOT / helping.FILE).read_text("utf-8").replace("checked: 2026-11-22", "checked: soon", 1)
    (tmp_path / helping.FILE).write_text(text, "utf-8")
    with pytest.raises(InputRefused) as refused:
        helping.load(Root(tmp_path))
    assert re.search(r"help_lines\.yml: line \d+: This is no date", str(refused.value))


def test_a_release_waits_for_lines_of_the_site_that_nobody_looked_at_for_half_a_year(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / helping.FILE).write_text((ROOT / helping.FILE).read_text("utf-8"), "utf-8")
    assert stale_pages(Root(tmp_path), date(2027, 5, 1)) == []
    late = [problem.message for problem in stale_pages(Root(tmp_path), date(2027, 7, 1))]
    assert len(late) == len(LINES) and "Childline was last checked on 2026-11-22" in late[0]
