"""Sentences stand on a page only where the locality has released their numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compendium.errors import CompendiumError
from compendium.locality import load_locality
from compendium.paths import Root
from compendium.report import figures, filled
from compendium.report.place import Place
from tests.shared import ROOT


def value(text: str, number: object) -> dict[str, Any]:
    return {"text": text, "value": number, "table": "cases"}


VALUES = {
    "cases.total": value("185", 185),
    "cases.form.extortion": value("hidden", None),
    "none.total": value("not supplied", None),
}
TOTAL, HIDDEN, ABSENT = (
    f"{{{{< meta values.{name} >}}}}" for name in ("cases.total", "cases.form.extortion", "none.total")
)


def test_a_sentence_whose_number_is_hidden_falls_out_and_the_section_says_so() -> None:
    text = f"## Found\n\n- In all {TOTAL}.\n- Extortion {HIDDEN}.\n- Words\n  that go on.\n"
    assert (
        filled.sayable(text, VALUES) == f"## Found\n\n- In all {TOTAL}.\n- Words\n  that go on.\n\n{filled.SOME_GONE}\n"
    )


def test_a_section_of_which_nothing_is_left_says_that_nothing_can_be_said() -> None:
    text = f"## Found\n\nExtortion {HIDDEN}.\n\n## Next\n\nWords.\n"
    assert filled.sayable(text, VALUES) == f"## Found\n\n{filled.GONE}\n\n## Next\n\nWords.\n"


def test_a_table_that_is_not_supplied_or_unheard_of_gives_no_sentence() -> None:
    unheard = "{{< meta values.other.total >}}"
    assert filled.sayable(f"{ABSENT}\n\n{unheard}\n\nStays.", VALUES) == "Stays.\n"


def test_a_misspelt_name_stays_for_the_build_to_refuse() -> None:
    text = "{{< meta values.cases.totl >}}\n"
    assert filled.sayable(text, VALUES) == text


def test_a_sentence_on_a_line_of_its_own_falls_out_alone() -> None:
    text = f"::: {{.lead}}\nIn {HIDDEN}, and\nso on.\nIn all {TOTAL}.\n:::"
    assert filled.sayable(text, VALUES) == f"::: {{.lead}}\nIn all {TOTAL}.\n:::\n"


def test_the_fences_of_a_box_stay_in_pairs() -> None:
    assert filled.sayable(f"::: {{.key}}\n- {HIDDEN}\n- {TOTAL}\n:::", VALUES) == f"::: {{.key}}\n- {TOTAL}\n:::\n"
    assert filled.sayable(f"::: {{.lead}}\nIn {HIDDEN}.\n:::\n\nStays.", VALUES) == "Stays.\n"


def place(folder: Path, *notebooks: str) -> Place:
    return Place(load_locality(Root(ROOT), "blackpool"), folder, VALUES, tuple((name, name) for name in notebooks))


def written(folder: Path, words: str) -> Root:
    (folder / "report").mkdir()
    (folder / "report" / "_words.md").write_text(words, "utf-8")
    return Root(folder)


def test_links_to_chapters_that_the_place_does_not_have_become_words(tmp_path: Path) -> None:
    words = "[Cases](03_case_files.ipynb#how) and [services](02_service_map.ipynb), [more](framework.qmd)"
    page = filled.page(place(tmp_path, "02_service_map"), written(tmp_path, words), "_words", {})
    assert page == "Cases and [services](02_service_map.ipynb), [more](framework.qmd)\n"


def test_what_data_say_is_inert_and_a_figure_is_not(tmp_path: Path) -> None:
    root = written(tmp_path, '<< label >> << figure("cases") >>')
    page = filled.page(place(tmp_path), root, "_words", {"fig-cases": "![A](a.svg)"}, label="[x](y) {{< env A >}}")
    assert page == "\\[x\\]\\(y\\) \\{\\{&lt; env A &gt;\\}\\} ![A](a.svg)\n"


def test_words_that_use_what_is_not_there_are_told_by_file(tmp_path: Path) -> None:
    with pytest.raises(CompendiumError, match=r"report/_words\.md: 'nothing' is undefined"):
        filled.page(place(tmp_path), written(tmp_path, "<< nothing >>"), "_words", {})


@pytest.mark.parametrize(
    "words",
    [
        "<< figure.__globals__ >>",
        "<< ''.__class__.__mro__[1].__subclasses__() >>",
        "<< cycler.__init__.__globals__.os.system('touch taken') >>",
        "<< '{0.__class__}'.format(figure) >>",
        "<% for one in range(10 ** 9) %><% endfor %>",
        "<< [].append(1) >>",
        "<< 1 // 0 >>",
        "<< 1 + label >>",
    ],
)
def test_the_words_of_a_page_are_no_program(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are written outside of the fence around kernels: a stranger's words must reach nothing there."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CompendiumError, match=r"report/_words\.md: "):
        filled.page(place(tmp_path), written(tmp_path, words), "_words", {}, label="x")
    assert not (tmp_path / "taken").exists()


def test_words_that_are_missing_are_told(tmp_path: Path) -> None:
    with pytest.raises(CompendiumError, match=r"report/_words\.md is missing"):
        filled.page(place(tmp_path), Root(tmp_path), "_words", {})


def test_a_figure_is_that_of_the_chapter(tmp_path: Path) -> None:
    output = {"data": {"text/markdown": ['![Cases](figures/cases.svg){#fig-cases fig-alt="185"}\n', "\nnumbers\n"]}}
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "03_case_files.ipynb").write_text(json.dumps({"cells": [{"outputs": [output]}, {}]}), "utf-8")
    found = figures.of(place(tmp_path, "03_case_files"))
    assert list(found) == ["fig-cases"] and found["fig-cases"].endswith("numbers")
