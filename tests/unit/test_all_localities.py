"""The pages about all places: one row a place, for one as for fifty; sums with their bounds; names stay text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from compendium.across.part import Part
from compendium.across.sums import add_up
from compendium.report import all_localities, together, together_figures
from compendium.report.laid_together import in_order
from compendium.report.navigation import LISTED, navigation
from tests.unit.places_together import of_tables, part, plain


def place(id: str, notebooks: Sequence[str] = ("03_case_files",)) -> Any:
    named = tuple((name, name[3:].replace("_", " ").capitalize()) for name in notebooks)
    locality = SimpleNamespace(id=id, name=f"Place {id}", force_area=SimpleNamespace(name="", code=""))
    return SimpleNamespace(locality=locality, notebooks=named)


def rows(text: str, anchor: str) -> list[list[str]]:
    """The rows of the table with that anchor."""
    head = text[: text.index(f"{{#{anchor}}}")].rsplit("\n\n", 2)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in head[-2].splitlines()[2:]]


@pytest.mark.parametrize("number", [1, 2, 50])
def test_every_place_has_a_row_in_the_order_of_names(number: int) -> None:
    parts = [Part(f"p{n:02}", f"Place p{n:02}", ("2022-05", "2023-04"), {}) for n in range(number)]
    text = all_localities.page([place(one.id) for one in reversed(parts)], parts)
    listed = rows(text, "tbl-localities")
    assert [row[0] for row in listed] == [f"[Place p{n:02}](../p{n:02}/index.qmd)" for n in range(number)]
    assert listed[0][2] == "May 2022 to April 2023"
    assert len(rows(text, "tbl-chapters")) == number


def test_a_row_says_what_is_invented_which_release_it_is_and_who_works_on_it() -> None:
    own = part("own", 1, "real", area="E06000009", number=2, date="2026-11-22", release="ab" * 32)
    theirs = part("theirs", 2, brought=True, link="https://leeds.example.org/", release="cd" * 32)
    text = all_localities.page([place("own")], [own, theirs])
    first, second = rows(text, "tbl-localities")
    assert first[3:] == ["real", "–", "[release 2](../own/releases.qmd) of 22 November 2026"]
    assert first[1].startswith("E06000009")
    assert second[0] == "[Place theirs](https://leeds.example.org/) *(brought in)*"
    assert second[3:] == ["synthetic", "–", "a release, hash `cdcdcdcdcdcd`"]
    assert 'provenance: "mixed"' in text


def test_a_chapter_that_a_place_lacks_is_a_dash_and_each_link_says_whose_it_is() -> None:
    text = all_localities.page([place("a"), place("b", ("02_service_map", "03_case_files"))], [])
    first, second = rows(text, "tbl-chapters")
    assert first[1] == "–"
    assert second[1] == '[read](../b/02_service_map.ipynb){aria-label="read Service map: Place b"}'


def test_what_another_team_wrote_is_text_and_nothing_else() -> None:
    live = replace(part("x", 1), name="{{< env HOME >}} <script>alert(1)</script>|`x`", brought=True)
    other = replace(part("y", 2), name="@cite [link](http://x)")
    text = all_localities.page([], [live, other])
    folder_text = text + "".join(_page_text([live, other]))
    assert "{{<" not in folder_text
    assert "<script" not in folder_text
    assert not re.search(r"(?<!\\)@cite|(?<!\\)\[link", folder_text)


def _page_text(parts: Sequence[Part]) -> list[str]:
    found, apart = add_up(parts)
    return [*together._of_whom(found), *together._sums(found), *together._apart(apart)]


def answers(number: int) -> list[Part]:
    """Places with 20, 21, ... of 100; the first hides two of its cells."""
    first = plain("t", {"yes": None, "no": 88, "unknown": None, "total": 0, "Total": 100})
    shown = [
        plain("t", {"yes": 20 + n, "no": 80 - n, "unknown": 0, "total": 0, "Total": 100}) for n in range(1, number)
    ]
    return [of_tables(f"p{n}", [table]) for n, table in enumerate([first, *shown])]


def written(tmp_path: Path, parts: Sequence[Part]) -> tuple[str, list[str]]:
    together.write(tmp_path, *add_up(parts))
    text = (tmp_path / together.PAGE).read_text("utf-8")
    return text, (tmp_path / "tables" / together.FILE).read_text("utf-8").splitlines()


def test_a_sum_with_a_hidden_part_stands_there_as_lowest_to_highest(tmp_path: Path) -> None:
    text, file = written(tmp_path, answers(2))
    assert re.search(r"\| Yes \| 21 to 33 \| – \| 21\.0% to 21\.0% \|", text)  # 0 to 12, and 21
    assert re.search(r"\| No \| 167 \| 83\.5% \| 79\.0% to 88\.0% \|", text)
    assert "Synthetic data." in text
    header = "table,unit,provenance,dimension,category,label,place,count,lowest,highest,hidden_parts"
    assert file[:4] == [
        header,
        "t,victim,synthetic,answer,yes,Yes,p0,,0,12,1",
        "t,victim,synthetic,answer,yes,Yes,p1,21,21,21,0",
        "t,victim,synthetic,answer,yes,Yes,,,21,33,1",
    ]


def test_the_pool_of_six_places_and_none_of_two(tmp_path: Path) -> None:
    two, _ = written(tmp_path / "two", answers(2))
    six, _ = written(tmp_path / "six", answers(6))
    assert "Pooled, 95% interval" not in two
    assert "Pooled, 95% interval" in six


@pytest.mark.parametrize(("number", "columns"), [(2, 0), (3, 1), (6, 2)])
def test_a_column_that_would_be_dashes_alone_is_left_out(number: int, columns: int) -> None:
    (one,), _ = add_up(answers(number + 1)[1:])  # places that hide nothing
    head, *rows = [row for row in together._table(one).splitlines() if row.startswith("|")]
    assert ("Pooled, 95% interval" in head, "One more place, 95%" in head) == (columns > 0, columns > 1)
    assert {row.count("|") for row in rows} == {head.count("|")} == {5 + columns}


def test_what_a_sum_is_counted_by_is_said_once() -> None:
    (one,), _ = add_up(answers(3))
    for title, heading in (("Victims", "Victims: {}"), ("Victims by {}", "Victims by {}")):
        by = one.dimension.title.lower()
        assert together._heading(replace(one, title=title.format(by))) == heading.format(by)
    in_three = replace(one, title="Victims by answer", dimension=replace(one.dimension, title="Answer (in three)"))
    assert together._heading(in_three) == "Victims by answer"
    of_whom = replace(one, title="Victims by age", dimension=replace(one.dimension, title="Age of the victim"))
    assert together._heading(of_whom) == "Victims by age"
    assert together._heading(replace(of_whom, title="Cases by stage")) == "Cases by stage: age of the victim"


def test_the_sums_stand_in_two_columns_on_paper_with_their_headings(tmp_path: Path) -> None:
    text, _ = written(tmp_path, answers(3))
    before, _, inside = text.partition("\n::::: {.two-on-paper}\n")
    inside, _, after = inside.partition("\n:::::\n")
    assert "#sec-sums" in inside and "#sec-sums" not in before + after


def test_a_rate_stands_in_the_table_as_in_its_drawing() -> None:
    assert together_figures._writer(together_figures.RATE)(6.972) == "6.97"
    assert together_figures._writer("A share")(0.2858) == "28.6%"


def test_the_same_releases_give_the_same_bytes_in_whatever_order_they_are_named(tmp_path: Path) -> None:
    parts = answers(3)
    again = in_order([parts[2], parts[0], parts[1]])
    assert written(tmp_path / "a", parts) == written(tmp_path / "b", again)


def test_all_places_have_one_menu_and_many_are_listed_on_the_page_alone() -> None:
    def left(number: int) -> list[dict[str, Any]]:
        bar = navigation([place(f"p{n}") for n in range(number)], added_up=True)["website"]["navbar"]
        entries: list[dict[str, Any]] = bar["left"]
        return entries

    assert [entry["text"] for entry in left(2)] == ["Place p0", "Place p1", "All localities"]
    assert [entry["text"] for entry in left(2)[-1]["menu"]] == ["Which places", "Places together", "Areas side by side"]
    assert [len(left(number)) for number in (5, LISTED + 1)] == [1, 1]
    assert len(left(5)[0]["menu"]) == 3 + 1 + 5
    assert len(left(LISTED + 1)[0]["menu"]) == 3
