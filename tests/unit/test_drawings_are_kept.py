"""A drawing is made once: again when something that it shows has changed, or when its files aren't what was drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from compendium import charts
from compendium.aggregate import Released
from compendium.release import drawings, figure
from compendium.release.drawings import Drawings
from tests.unit.charts_samples import SAMPLES

STEM = "by_form.synthetic"


class Pen:
    """Draws for the tests, and counts how often."""

    def __init__(self) -> None:
        self.drawn = 0

    def __call__(self, released: Released) -> charts.Drawing:
        self.drawn += 1
        return charts.Drawing(b"<svg/>", b"png", f"words of {released.title}", b"<svg narrow/>")


@pytest.fixture
def pen(monkeypatch: pytest.MonkeyPatch) -> Pen:
    pen = Pen()
    monkeypatch.setattr(charts, "draw", pen)
    return pen


def settle(folder: Path, released: Released) -> charts.Drawing:
    """What settling or rendering does: draws, puts the files in their place, notes what was drawn."""
    kept = Drawings(folder / "private" / drawings.NOTE, folder / "figures")
    drawing = kept.draw(released, STEM)
    figure.write(drawing, folder / "figures", STEM)
    kept.close()
    return drawing


def test_what_did_not_change_is_not_drawn_again(tmp_path: Path, pen: Pen) -> None:
    first = settle(tmp_path, SAMPLES["bars"])
    assert settle(tmp_path, SAMPLES["bars"]) == first
    assert settle(tmp_path, SAMPLES["bars"]) == first
    assert pen.drawn == 1


def other_cell(released: Released) -> Released:
    frame = released.frame.copy()
    frame.loc[0, "count"] += 1
    return replace(released, frame=frame)


def hidden_cell(released: Released) -> Released:
    return replace(released, frame=released.frame.assign(status="hidden"))


def other_order(released: Released) -> Released:
    first, *rest = released.dimensions
    turned = dict(reversed(first.categories.items()))
    return replace(released, dimensions=(replace(first, categories=turned), *rest))


CHANGES: dict[str, Callable[[Released], Released]] = {
    "cell": other_cell,
    "hidden": hidden_cell,
    "order": other_order,
    "title": lambda released: replace(released, title="Another"),
    "note": lambda released: replace(released, note="A note in the footer."),
    "option": lambda released: replace(released, options={"order": "size"}),
    "kind": lambda released: replace(released, chart="tile_grid"),
    "provenance": lambda released: replace(released, origin=replace(released.origin, provenance="real")),
    "source": lambda released: replace(released, origin=replace(released.origin, source="Others")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_a_reader_would_see_changed_is_drawn_anew(tmp_path: Path, pen: Pen, change: str) -> None:
    settle(tmp_path, SAMPLES["bars"])
    settle(tmp_path, CHANGES[change](SAMPLES["bars"]))
    assert pen.drawn == 2


def test_another_library_or_other_code_draws_anew(tmp_path: Path, pen: Pen, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(tmp_path, SAMPLES["bars"])
    made_with = drawings._made_with()
    assert {"charts/sheet.py", "charts/svg.py", "typst", "site/assets/fonts/SourceSans3-Regular.otf"} <= set(made_with)
    monkeypatch.setattr(drawings, "_made_with", lambda: {**made_with, "typst": "99"})
    settle(tmp_path, SAMPLES["bars"])
    assert pen.drawn == 2


@pytest.mark.parametrize("ending", ["svg", "narrow.svg", "png"])
@pytest.mark.parametrize("harm", ["changed", "gone", "a folder"])
def test_a_drawing_that_somebody_touched_is_never_taken(tmp_path: Path, pen: Pen, ending: str, harm: str) -> None:
    first = settle(tmp_path, SAMPLES["bars"])
    file = tmp_path / "figures" / f"{STEM}.{ending}"
    file.unlink()
    if harm == "changed":
        file.write_bytes(b"<svg>other</svg>")
    elif harm == "a folder":
        file.mkdir()
    kept = Drawings(tmp_path / "private" / drawings.NOTE, tmp_path / "figures")
    assert kept.draw(SAMPLES["bars"], STEM) == first
    assert pen.drawn == 2


BROKEN = ("", "{", "[]", "7", f'{{"{STEM}": 1}}', f'{{"{STEM}": {{"key": 1}}}}', "\0")


@pytest.mark.parametrize("text", BROKEN)
def test_a_note_that_was_cut_short_costs_a_drawing_and_no_more(tmp_path: Path, pen: Pen, text: str) -> None:
    first = settle(tmp_path, SAMPLES["bars"])
    (tmp_path / "private" / drawings.NOTE).write_text(text)
    assert settle(tmp_path, SAMPLES["bars"]) == first
    assert pen.drawn == 2


@pytest.mark.parametrize("said", ["", ', "files": {}', ', "files": 3'])
def test_a_note_must_tell_each_file_of_a_drawing(tmp_path: Path, pen: Pen, said: str) -> None:
    settle(tmp_path, SAMPLES["bars"])
    key = drawings.key_of(SAMPLES["bars"])
    (tmp_path / "private" / drawings.NOTE).write_text(f'{{"{STEM}": {{"key": "{key}", "alt": ""{said}}}}}')
    settle(tmp_path, SAMPLES["bars"])
    assert pen.drawn == 2


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_each_kind_of_table_has_a_key_that_two_readings_share(kind: str) -> None:
    released = SAMPLES[kind]
    again = replace(released, frame=released.frame.copy(), options=dict(released.options))
    assert drawings.key_of(released) == drawings.key_of(again)
    assert drawings.key_of(released) != drawings.key_of(replace(released, name="other"))
