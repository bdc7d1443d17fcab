"""`compendium import`: an official file becomes a table of a locality, whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from compendium.importers import FORMATS
from compendium.importers.carry_over import ALL_FORCES, FILES
from compendium.importers.editions import merge
from compendium.locality.naming import with_sources
from compendium.together import write_together
from tests.bare import bare, exit_code, files_of
from tests.shared import ROOT, SHARED, needs_shared

GEOGRAPHY = SHARED / "data" / "geography"
LOOKUP = GEOGRAPHY / "lookup_lsoa11_lsoa21_lad22_lancashire_pfa.csv"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return bare(tmp_path / "compendium")


def bring_in(root: Path, format: str, file: Path, *more: str) -> int:
    return exit_code("import", format, file, "--to", "here", "--root", root, *more)


def official(root: Path, table: str) -> list[str]:
    return (root / f"localities/here/data/official/{table}.csv").read_text(encoding="utf-8").splitlines()


def test_the_list_names_every_format_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("import", "--list") == 0
    shown = capsys.readouterr().out
    assert all(f"{name}\n    {known.title}\n    such as {known.example}" in shown for name, known in FORMATS.items())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "import needs a format, a file and a locality."),
        (("imd-2019", "x.csv"), "import needs a format, a file and a locality."),
        (("imd-2091", "x.csv", "--to", "here"), "Did you mean imd-2019?"),
        (("imd-2019", "x.csv", "--to", "her"), "Did you mean here?"),
        (("imd-2019", "x.csv", "--to", "here"), "x.csv: There is no such file."),
    ],
)
def test_what_is_missing_or_misspelt_is_said(
    root: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(root)
    assert exit_code("import", *arguments, "--root", root) == 1
    assert said in capsys.readouterr().err
    assert files_of(root) == before


@needs_shared
def test_a_published_file_becomes_a_table_and_a_line_of_the_locality(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = root / "localities/here/locality.yml"
    before = settings.read_text(encoding="utf-8")
    assert bring_in(root, "lsoa-lookup", LOOKUP) == 0
    shown = capsys.readouterr()
    assert "wrote       localities/here/data/official/area_lookup.csv: 1,891 rows" in shown.out
    assert "16 split, 10 merged" in shown.err  # SOURCES.md: U 924, S 16, M 10
    added = "sources:\n  area_lookup: {file: data/official/area_lookup.csv, provenance: real}\n"
    assert settings.read_text(encoding="utf-8") == before + added
    assert exit_code("check", "here", "--root", root) == 0


@needs_shared
def test_a_file_of_another_format_is_refused_and_its_own_is_named(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring_in(root, "imd-2019", LOOKUP) == 1
    assert "This looks like a file of the format lsoa-lookup. Name that one." in capsys.readouterr().err


@needs_shared
def test_importing_twice_changes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bring_in(root, "lsoa-lookup", LOOKUP)
    before = files_of(root)
    assert bring_in(root, "lsoa-lookup", LOOKUP) == 0
    assert "unchanged" in capsys.readouterr().out
    assert files_of(root) == before


@needs_shared
def test_two_editions_stand_side_by_side_whichever_came_first(tmp_path: Path) -> None:
    made = []
    editions = [("imd-2019", "imd2019_lsoa11_lancashire_pfa.csv"), ("imd-2025", "imd2025_lsoa21_lancashire_pfa.csv")]
    for number, order in enumerate((editions, editions[::-1])):
        root = bare(tmp_path / str(number))
        assert [bring_in(root, format, GEOGRAPHY / file) for format, file in order] == [0, 0]
        made.append(official(root, "area_deprivation"))
    assert made[0] == made[1]
    assert len(made[0]) == 1 + 941 + 945  # SOURCES.md


@needs_shared
def test_other_figures_of_the_same_edition_are_shown_before_they_replace_anything(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = GEOGRAPHY / "imd2025_lsoa21_lancashire_pfa.csv"
    bring_in(root, "imd-2025", published)
    shorter = tmp_path / "shorter.csv"
    lines = published.read_text(encoding="utf-8-sig").splitlines()
    shorter.write_text("\n".join(lines[:-2]) + "\n", encoding="utf-8")
    before = files_of(root)
    assert bring_in(root, "imd-2025", shorter) == 1
    assert "edition 2025 already: 0 rows would change, 0 come and 2 go" in capsys.readouterr().err
    assert files_of(root) == before
    assert bring_in(root, "imd-2025", shorter, "--replace", "--dry-run") == 0
    assert "would write" in capsys.readouterr().out
    assert files_of(root) == before
    assert bring_in(root, "imd-2025", shorter, "--replace") == 0
    assert len(official(root, "area_deprivation")) == 1 + 943


@needs_shared
def test_small_areas_elsewhere_are_left_out_and_counted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bring_in(root, "lsoa-lookup", LOOKUP)
    residents = GEOGRAPHY / "population_mid2020_lsoa11_single_year_age_lancashire_pfa.csv"
    assert bring_in(root, "ons-population-lsoa", residents) == 0
    assert "77,077 rows of 847 small areas outside E06000009" in capsys.readouterr().out  # 941 - 94 LSOAs of 91 ages
    assert len(official(root, "area_population_official")) == 1 + 94 * 91


@needs_shared
def test_a_refused_file_leaves_everything_as_it_was(root: Path, tmp_path: Path) -> None:
    bring_in(root, "lsoa-lookup", LOOKUP)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(LOOKUP.read_text(encoding="utf-8-sig").replace("E01", "E99", 3), encoding="utf-8")
    before = files_of(root)
    assert bring_in(root, "lsoa-lookup", wrong, "--replace") == 1
    assert files_of(root) == before


@needs_shared
def test_a_table_of_other_provenance_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = "sources:\n  area_lookup: {file: data/made_up.csv, provenance: synthetic}\n"
    root = bare(tmp_path / "compendium", more=more)
    before = files_of(root)
    assert bring_in(root, "lsoa-lookup", LOOKUP, "--replace") == 1
    assert "names data/made_up.csv (synthetic)" in capsys.readouterr().err
    assert files_of(root) == before


@pytest.mark.long
@needs_shared
def test_all_published_files_together_give_the_official_tables_of_blackpool(root: Path) -> None:
    order = ["lsoa_lookup", "ward_lookup", "csp_lookup", *(name for name in FILES if not name.endswith("_lookup"))]
    for name in order:
        format, file = FILES[name]
        whose = ("--area", ALL_FORCES) if name == "outcomes_all" else ()
        assert bring_in(root, format, SHARED / "data" / file, *whose) == 0, name
    for committed in sorted((ROOT / "localities/blackpool/data/official").glob("*.csv")):
        lines = committed.read_text(encoding="utf-8").splitlines()
        assert sorted(lines) == sorted(official(root, committed.stem)), committed.stem


@needs_shared
def test_whose_figures_these_are_is_asked_only_where_a_file_does_not_say(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = SHARED / "data" / FILES["outcomes"][1]
    assert bring_in(root, "home-office-outcomes", outcomes) == 0
    assert "area_name: Lancashire, the force area of here; the file names none" in capsys.readouterr().out
    assert bring_in(root, "lsoa-lookup", LOOKUP, "--area", "Lancashire") == 1
    assert "The file says itself whose figures these are." in capsys.readouterr().err


def test_rows_of_another_edition_stay(root: Path) -> None:
    header, key = ("area_code", "vintage", "edition", "rank"), ("area_code", "edition")
    before = [("E1", "2011", "2019", "1"), ("E2", "2011", "2019", "2"), ("E1", "2021", "2025", "1")]
    merged = merge("area_deprivation", header, key, before, [("E1", "2011", "2019", "9"), ("E3", "2011", "2019", "3")])
    assert merged.rows == [("E1", "2011", "2019", "9"), ("E3", "2011", "2019", "3"), ("E1", "2021", "2025", "1")]
    assert (merged.changed, merged.added, merged.gone, merged.kept) == (1, 1, 1, 1)
    assert merged.editions == ("edition 2019",)


def test_a_table_that_comes_whole_is_replaced_whole() -> None:
    merged = merge("area_crime", ("area", "n"), ("area",), [("A", "1")], [("B", "2")])
    assert (merged.rows, merged.editions) == ([("B", "2")], ("the whole table",))


def test_comments_quotes_and_order_of_a_locality_stay() -> None:
    text = (ROOT / "localities/blackpool/locality.yml").read_text(encoding="utf-8")
    changed = with_sources(text, {"area_new": ("data/official/area_new.csv", "real")})
    assert changed.replace("  area_new: {file: data/official/area_new.csv, provenance: real}\n", "") == text
    other = with_sources(text, {"area_crime": ("data/other.csv", "real")})
    assert other.replace("area_crime: {file: data/other.csv", "area_crime: {file: data/official/area_crime.csv") == text


BELOW = "  t: {file: t.csv, provenance: real}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id: a\nsources:\n  # 1\n  c:\n    file: c.csv  # mine\n    provenance: real\n", "  # end\n\n# next\nb: 1\n"),
        ("id: a\nsources:\n", "name: A # end\n"),
        ("id: a\nsources:\n", ""),
    ],
)  # fmt: skip
def test_a_source_is_added_below_the_others_without_moving_a_comment(before: str, after: str) -> None:
    assert with_sources(before + after, {"t": ("t.csv", "real")}) == before + BELOW + after


def test_when_one_file_cannot_be_put_in_place_none_is_changed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old")
    (tmp_path / "b.csv").mkdir()  # a folder: no file can take its place
    with pytest.raises(IsADirectoryError):
        write_together({tmp_path / "a.csv": "new", tmp_path / "c.csv": "new", tmp_path / "b.csv": "new"}, tmp_path)
    assert (tmp_path / "a.csv").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]


def test_private_files_are_for_their_owner_alone_beside_public_ones(tmp_path: Path) -> None:
    private, public = tmp_path / "records" / "a.csv", tmp_path / "b.yml"
    write_together({private: "1", public: "2"}, tmp_path, private=[private])
    assert [stat.S_IMODE(path.stat().st_mode) for path in (private, private.parent, public)] == [0o600, 0o700, 0o644]
