# ruff: noqa: E501  (a case a line)
"""A force's own export: every row and column accounted for, nobody's number left, whole tables or nothing."""

from __future__ import annotations

import csv
import datetime
import stat
from pathlib import Path

import openpyxl
import pytest

from compendium.importers.force_export.pseudonyms import Key
from tests.bare import exit_code, files_of
from tests.unit.export_samples import HEADER, MAPPING, ROWS, desk

Shown = pytest.CaptureFixture[str]


def bring_in(root: Path, *more: str | Path, file: str = "export.csv") -> int:
    beside = root.parent
    if "--key" not in more and "--new-key" not in more:
        more = (*more, "--key" if (beside / "key").exists() else "--new-key", beside / "key")
    words = ("import", "force-export", beside / file, "--to", "here", "--mapping", beside / "mapping.yml")
    return exit_code(*words, "--root", root, *more)


def table(root: Path, name: str) -> list[dict[str, str]]:
    with (root.parent / "records" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the tests of this file use one after the other."""
    return tmp_path_factory.mktemp("place")


@pytest.fixture
def root(place: Path) -> Path:
    return desk(place)


def test_one_row_feeds_several_tables_and_all_is_accounted_for(root: Path, capsys: Shown) -> None:
    assert bring_in(root) == 0
    said = capsys.readouterr().out
    assert "5 rows and 19 columns of export.csv by Northshire crime system, layout of 2022" in said
    assert "5 of 6 lines were read as Windows-1252" in said
    assert "18 used, 1 ignored, 0 to leave rows out by" in said
    assert "Officer: names a person and is not needed" in said
    assert "cases 4, crimes 5, victims 3, suspects 3, case_events 3" in said
    assert [len(table(root, name)) for name in ("cases", "crimes", "victims", "suspects", "case_events")] == [
        4,
        5,
        3,
        3,
        3,
    ]


def test_the_tables_read_back_clean_through_check(root: Path, capsys: Shown) -> None:
    bring_in(root)
    assert exit_code("check", "here", "--root", root) == 0
    assert "error:" not in capsys.readouterr().err


def test_days_are_read_day_first(root: Path) -> None:
    bring_in(root)
    assert sorted(case["recorded_on"] for case in table(root, "cases")) == [
        "2022-05-04", "2022-08-17", "2023-02-28", "2023-04-30"
    ]  # fmt: skip
    assert "2022-05-04" in {crime["recorded_on"] for crime in table(root, "crimes")}  # 04/05/2022 14:35


def test_a_child_who_is_victim_and_suspect_has_one_number(root: Path) -> None:
    bring_in(root)
    victims, suspects = table(root, "victims"), table(root, "suspects")
    both = {row["person_id"] for row in victims} & {row["person_id"] for row in suspects}
    assert len(both) == 1  # N-100, written `n-100 ` the second time
    (child,) = (row for row in victims if row["person_id"] in both)
    assert child["age_band"] == "14-15"
    assert len({row["person_id"] for row in (*victims, *suspects)}) == 5


def test_a_child_without_a_number_is_a_victim_too(root: Path) -> None:
    bring_in(root)
    assert sorted(row["age"] for row in table(root, "victims")) == ["13", "15", "16"]


def test_the_crime_recorded_first_is_the_principal_one(root: Path) -> None:
    bring_in(root)
    crimes = table(root, "crimes")
    assert [row["offence_code"] for row in crimes if row["principal"] == "false"] == ["71"]
    assert sum(row["principal"] == "true" for row in crimes) == 4


def test_nothing_of_the_force_s_own_numbers_is_left(root: Path) -> None:
    bring_in(root)
    written = b"".join(files_of(root.parent / "records").values())
    for own in (b"I/1", b"CR1", b"N-1", b"N-9", b"n-1", b"N\xc3", b"Grooming", b"B1"):
        assert own not in written


def test_the_same_key_gives_the_same_numbers_and_another_key_others(place: Path, tmp_path: Path) -> None:
    made, people = [], []
    for flag, key in (("--new-key", "one"), ("--key", "one"), ("--new-key", "other")):
        root = desk(place)
        assert bring_in(root, flag, tmp_path / key) == 0
        made.append(files_of(place / "records"))
        people.append({row["person_id"] for row in table(root, "victims")})
    assert made[0] == made[1]
    assert not people[0] & people[2]


def test_the_order_of_the_export_is_gone(place: Path, tmp_path: Path) -> None:
    assert bring_in(desk(place), "--new-key", tmp_path / "key") == 0
    before = files_of(place / "records")
    assert bring_in(desk(place, rows=(*ROWS[2:], *ROWS[:2])), "--key", tmp_path / "key") == 0
    assert files_of(place / "records") == before


def test_a_number_is_the_hash_of_rfc_2104(root: Path) -> None:
    # python -c "import hmac; print(int(hmac.new(b'k'*32, b'person\x1fn-100', 'sha256').hexdigest()[:32], 16) % 10**15)"
    assert Key(b"k" * 32).number("person", ("  N-100 ",)) == f"{HASH_OF_N_100:015}"


HASH_OF_N_100 = 739521609530626


def test_the_key_is_for_its_owner_alone_and_in_no_message(root: Path, capsys: Shown) -> None:
    bring_in(root)
    key = root.parent / "key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    secret = key.read_text().strip()
    said = capsys.readouterr()
    assert secret not in said.out + said.err
    assert not any(secret.encode() in data for data in files_of(root).values())
    key.chmod(0o640)
    assert bring_in(root, "--replace") == 1
    assert "Others on this machine can read the key." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--new-key", "compendium/key"), "A key inside the checkout would travel with it."),
        (("--new-key", "compendium/localities/../key"), "A key inside the checkout would travel with it."),
        (("--new-key", "mapping.yml"), "There is a file already."),
        (("--key", "nowhere"), "The key can't be read."),
        (("--key", "mapping.yml"), "mapping.yml"),
    ],
)
def test_a_key_that_is_unsafe_is_refused(root: Path, arguments: tuple[str, str], said: str, capsys: Shown) -> None:
    (root.parent / "mapping.yml").chmod(0o600)
    before = files_of(root.parent)
    assert bring_in(root, arguments[0], root.parent / arguments[1]) == 1
    assert said in capsys.readouterr().err
    assert files_of(root.parent) == before


def test_real_records_are_for_their_owner_alone(root: Path) -> None:
    bring_in(root)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (root.parent / "records").iterdir()} == {0o600}
    assert stat.S_IMODE((root.parent / "records").stat().st_mode) == 0o700


def test_every_unknown_column_and_every_unknown_code_is_told_at_once(place: Path, capsys: Shown) -> None:
    header = HEADER.replace("Found by", "Source").replace("Officer", "Ofcr")
    rows = tuple(
        row.replace("B2", "Hulme Road").replace("Images shared", "Sharing")
        for row in (*ROWS, ROWS[2].replace("I/2", "I/9").replace("CR3", "CR9"))
    )
    root = desk(place, header=header, rows=rows)
    before = files_of(place)
    assert bring_in(root) == 1
    said = capsys.readouterr().err
    assert "row 1, column Source: The mapping does not know this column." in said
    assert (
        "row 1, column Ofcr: The mapping does not know this column. Map it under columns, or name it under ignored with a reason. Did you mean Officer?"
        in said
    )
    assert "column Found by: The mapping names this column; the export has none." in said
    assert "row 4, column MO: 'Sharing' in 3 rows (4, 5, 7) has no code of cases.form." in said
    assert (
        "row 4, column Beat: 1 text in 3 rows (4, 5, 7) without a code of cases.zone; they are not repeated here."
        in said
    )
    assert "Hulme" not in said
    assert files_of(place) == before


def test_a_text_that_stands_in_a_coded_column_once_is_not_repeated(place: Path, capsys: Shown) -> None:
    root = desk(place, rows=(ROWS[0].replace("Grooming", "Jane Roe"), *ROWS[2:]))
    assert bring_in(root) == 1
    said = capsys.readouterr().err
    assert "column MO: A text in 1 row (2) has no code of cases.form." in said
    assert "Roe" not in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (";15;F;N-900", ";fifteen;F;N-900", "column V age: 1 row (2) hold no whole number for victims.age."),
        (";31;M;03", ";7;M;03", "column N age: 1 row (2) hold no whole number in a band for suspects.age_band."),
        ("I/3;28/02/2023", "I/3;02/28/2023", "column Recorded: 1 row (5) hold no day for cases.recorded_on."),
        ("I/3;28/02/2023", "I/3;28/02/1023", "column Recorded: 1 row (5) hold no day for cases.recorded_on."),
        ("I/3;28/02/2023", "I/3;", "column Recorded: Empty in 1 row (5), and every row needs cases.recorded_on."),
        ("I/3;28/02/2023", "I/3;28/02/2024", "Outside the period of the study (2022-05 to 2023-04) in 1 row (5)."),
        ("I/3;28", ";28", "column Inv No: Empty in 1 row (5), and every row belongs to a case."),
        ("N-901;44", ";44", "column N age: Filled in 1 row (3), and no suspect is named there that it could be said of."),
        ("I/1;04/05/2022;Grooming;Adult;Told parent;B1;PC Núñez;CR2", "I/1;05/05/2022;Grooming;Adult;Told parent;B1;PC Núñez;CR2", "column Recorded: Differs in 1 row (3) from an earlier row of the same case."),
        ("CR2;71", "CR3;71", "This record of crimes stands in another case in row 3."),
        ("CR4;86/2;28/02/2023", "CR4;86/2;28/02/2023;x;y;z", "row 5: The row has 22 cells, the header 19."),
        ("1;11/11/2022", "1;", "column Outcome date: There is an outcome without its date."),
        ("21;30/12/2022", "21;30/12/2021", "column Outcome date: The outcome is dated before the crime was recorded."),
    ],
)  # fmt: skip
def test_what_has_no_place_is_told_by_row_and_column(place: Path, old: str, new: str, said: str, capsys: Shown) -> None:
    assert sum(old in row for row in ROWS) == 1
    root = desk(place, rows=tuple(row.replace(old, new) for row in ROWS))
    before = files_of(place)
    assert bring_in(root) == 1
    assert said in capsys.readouterr().err
    assert files_of(place) == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cases.route", "cases.rout", "line 15: cases has no column rout. Did you mean route?"),
        ("cases.route", "case.route", "case.route names no table of the case files."),
        ("Grooming: sexual", "Grooming: sexul", "line 11: sexul_communication is no code of cases.form. Did you mean sexual_communication?"),
        ("event: reported", "event: report", "No event is called report. Did you mean reported?"),
        ("- victims.age\n", "- victims.person_id\n", "victims.person_id is made from the key and can't be filled from a column."),
        ("  Offence: crimes.offence_code\n", "", "Nothing fills crimes.offence_code, which every row needs."),
        ("  Crime date: crimes.recorded_on", "  Crime date: cases.recorded_on", "cases.recorded_on is filled from Recorded too."),
        ("Officer: names a person and is not needed", 'Officer: ""', "No reason is given for ignoring Officer."),
        ("  Officer:", "  MO:", "The column MO is used and ignored."),
        ("unnumbered", "unnumberd", "The key unnumberd isn't known here. Did you mean unnumbered?"),
        ("several: earliest", "several: newest", "It should be '', 'first', 'earliest' or 'latest'"),
        ("Grooming: sexual_communication,", "Grooming: sexual_communication, 'grooming ': extortion,", "Two codes of MO differ in capitals or blanks only."),
        ("persons: {victims: Victim URN, ", "persons: {", "persons doesn't say whose number a row of victims has."),
        ("  cases: Inv No\n", "", "Nothing says which columns tell cases apart."),
        ("cases.stage: open", "cases.stage: opened", "opened is no code of cases.stage."),
    ],
)  # fmt: skip
def test_a_mistake_of_the_mapping_is_told_with_its_line(
    place: Path, old: str, new: str, said: str, capsys: Shown
) -> None:
    assert MAPPING.count(old) == 1
    root = desk(place, mapping=MAPPING.replace(old, new))
    assert bring_in(root) == 1
    shown = capsys.readouterr().err
    assert said in shown
    assert "mapping.yml: line " in shown


def test_rows_and_cases_are_left_out_for_a_stated_reason_only(place: Path, capsys: Shown) -> None:
    rules = "leave_out: [{column: MO, equals: [Not crime], reason: entered in error}]\noutside_period: leave_out\n"
    more = (
        "I/7;01/06/2022;Not crime;;School;B1;PC;CR7;;;;;;;;;;;",
        ROWS[3].replace("I/3", "I/8").replace("CR4", "CR8").replace("28/02/2023", "28/02/2024"),
    )
    root = desk(place, mapping=MAPPING + rules, rows=(*ROWS, *more))
    assert bring_in(root) == 0
    said = capsys.readouterr().out
    assert "1 rows: entered in error" in said
    assert "cases recorded outside the period: 1, with all that is theirs" in said
    assert "cases 4, crimes 5" in said


def test_rows_that_disagree_are_settled_only_as_the_mapping_says(place: Path, capsys: Shown) -> None:
    rows = (ROWS[0], ROWS[1].replace("I/1;04/05/2022", "I/1;02/05/2022"), *ROWS[2:])
    mapping = MAPPING.replace("Recorded: cases.recorded_on", "Recorded: {to: cases.recorded_on, several: earliest}")
    root = desk(place, mapping=mapping, rows=rows)
    assert bring_in(root) == 0
    assert "Recorded: the earliest of those that disagree, in 1 records" in capsys.readouterr().out
    assert "2022-05-02" in {case["recorded_on"] for case in table(root, "cases")}


def test_another_export_of_the_same_key_links_the_same_persons(place: Path, tmp_path: Path) -> None:
    first = desk(place)
    bring_in(first, "--new-key", tmp_path / "key")
    victims, cases = table(first, "victims"), table(first, "cases")
    second = desk(place, rows=(ROWS[2].replace("I/2", "I/50").replace("CR3", "CR50"),))
    bring_in(second, "--key", tmp_path / "key")
    assert {row["person_id"] for row in table(second, "suspects")} <= {row["person_id"] for row in victims}
    assert not {row["case_id"] for row in table(second, "cases")} & {row["case_id"] for row in cases}


def test_importing_again_changes_nothing_and_other_rows_need_a_word(root: Path, capsys: Shown) -> None:
    bring_in(root)
    before = files_of(root.parent)
    assert bring_in(root) == 0
    assert "unchanged" in capsys.readouterr().out
    assert files_of(root.parent) == before
    export = root.parent / "export.csv"
    export.write_bytes(export.read_bytes().replace(b"Sextortion", b"Grooming"))
    before = files_of(root.parent)
    assert bring_in(root) == 1
    assert "cases.csv: The file is there with 4 rows; this export gives 4." in capsys.readouterr().err
    assert bring_in(root, "--replace", "--dry-run") == 0
    assert files_of(root.parent) == before
    assert bring_in(root, "--replace") == 0
    assert files_of(root.parent) != before


def test_a_workbook_with_real_dates_gives_the_same_tables(place: Path, tmp_path: Path) -> None:
    assert bring_in(desk(place), "--new-key", tmp_path / "key") == 0
    before = files_of(place / "records")
    root = desk(place)
    book = openpyxl.Workbook()
    book.active.title = "Crimes"
    book.active.append(HEADER.split(";"))
    for row in ROWS:
        cells: list[object] = list(row.split(";"))
        cells[1] = datetime.datetime.strptime(str(cells[1]), "%d/%m/%Y")
        cells[13] = int(str(cells[13])) if cells[13] else None
        book.active.append([cell or None for cell in cells])
    book.save(place / "export.xlsx")
    assert bring_in(root, "--key", tmp_path / "key", file="export.xlsx") == 0
    assert files_of(place / "records") == before


def test_an_export_of_real_records_is_not_read_from_the_checkout(root: Path, capsys: Shown) -> None:
    (root / "export.csv").write_bytes((root.parent / "export.csv").read_bytes())
    (root / "link.csv").symlink_to(root.parent / "export.csv")
    for inside in ("compendium/export.csv", "compendium/link.csv"):
        assert bring_in(root, file=inside) == 1
        assert "An export of real records lies inside the checkout." in capsys.readouterr().err
    assert bring_in(root, "--synthetic", file="compendium/export.csv") == 0
    assert (root / "localities/here/data/imported/cases.synthetic.csv").exists()
    assert not (root.parent / "records").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("force-export", "x.csv", "--to", "here"), "force-export needs a mapping."),
        (("force-export", "x.csv", "--to", "here", "--mapping", "m.yml"), "force-export needs the key"),
        (("imd-2019", "x.csv", "--to", "here", "--mapping", "m.yml"), "--mapping can't be given for imd-2019. Leave it out."),
    ],
)  # fmt: skip
def test_what_an_import_needs_is_said(root: Path, arguments: tuple[str, ...], said: str, capsys: Shown) -> None:
    assert exit_code("import", *arguments, "--root", root) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"Inv No;MO\n\x00", "row 2: A NUL byte: this is no text."),
        (b"Inv No;MO\n\x81\x8d\n", "row 2: The line is neither UTF-8 nor Windows-1252."),
        (b"", "Row 1 holds no header."),
        (b"Jane Roe;14\n", "row 1: The row names no column of the mapping."),
        (b'Inv No;"MO\n', "This is no CSV"),
    ],
)
def test_a_file_that_is_no_export_is_refused_without_repeating_it(
    root: Path, data: bytes, said: str, capsys: Shown
) -> None:
    (root.parent / "export.csv").write_bytes(data)
    assert bring_in(root) == 1
    shown = capsys.readouterr().err
    assert said in shown
    assert "Roe" not in shown


def test_utf_16_is_read(root: Path, capsys: Shown) -> None:
    export = root.parent / "export.csv"
    export.write_bytes(export.read_bytes().decode("cp1252").encode("utf-16"))
    assert bring_in(root) == 0
    assert "the file is UTF-16" in capsys.readouterr().out


def test_what_check_refuses_comes_in_the_order_of_the_export(place: Path, capsys: Shown) -> None:
    """Rows stand in the order of their new numbers, which change with the key: that order tells a reader nothing."""
    without_dates = (
        row.replace(";11/11/2022", ";").replace(";30/12/2022", ";").replace(";18;30/04/2023", ";18;") for row in ROWS
    )
    root = desk(place, rows=tuple(without_dates))
    assert bring_in(root) == 1
    told = [line for line in capsys.readouterr().err.splitlines() if "an outcome without its date" in line]
    assert [line.split("row ")[1].split(",")[0] for line in told] == ["3", "4", "6"]


def test_a_synthetic_table_left_beside_real_cases_is_told(place: Path, capsys: Shown) -> None:
    reported = "  Reported: {event: reported, several: earliest}\nignored:\n"
    root = desk(place, mapping=MAPPING.replace(reported, "ignored:\n  Reported: not needed\n"))
    settings = root / "localities/here/locality.yml"
    line = "  case_events: {file: data/case_events.csv, provenance: synthetic}\n"
    settings.write_text(settings.read_text(encoding="utf-8") + line, encoding="utf-8")
    assert bring_in(root) == 0
    said = capsys.readouterr().err
    assert "sources: case_events names data/case_events.csv (synthetic), whose cases aren't in this export." in said
    assert "Take the line of case_events out, or map columns to it." in said
