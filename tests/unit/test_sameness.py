"""`same` names what differs between two runs: the file, and the cell, output, element or pixel in it."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any
from zlib import crc32

import openpyxl
import pytest
import typst
from PIL import Image

from compendium.errors import InputRefused
from compendium.sameness import compare, prints
from compendium.sameness.kinds import places
from compendium.zipped import packed
from tests.bare import exit_code

TABLE = "area,form,count,status\nNorth,a,40,published\nNorth,b,30,published\nSouth,a,,hidden\n"


def told(name: str, one: str | bytes, other: str | bytes) -> list[str]:
    first, second = (text.encode() if isinstance(text, str) else text for text in (one, other))
    return [found.told() for found in places(name, first, second)]


@pytest.fixture
def outputs(tmp_path: Path) -> tuple[Path, Path]:
    one, other = tmp_path / "a" / "outputs", tmp_path / "b" / "outputs"
    (one / "blackpool" / "tables").mkdir(parents=True)
    (one / "blackpool" / "tables" / "t.csv").write_text(TABLE, "utf-8")
    (one / "index.html").write_text("<p>x</p>", "utf-8")
    shutil.copytree(one, other)
    return one, other


def test_two_folders_with_the_same_bytes_are_the_same(outputs: tuple[Path, Path], capsys: Any) -> None:
    assert exit_code("same", *outputs) == 0
    assert capsys.readouterr().out == "All 2 files are the same, byte for byte.\n"


def test_the_cell_that_differs_is_named_with_both_values(outputs: tuple[Path, Path], capsys: Any) -> None:
    (outputs[1] / "blackpool" / "tables" / "t.csv").write_text(TABLE.replace("30", "31"), "utf-8")
    assert exit_code("same", *outputs) == 1
    assert capsys.readouterr().out == (
        "blackpool/tables/t.csv: row 3, column count (North, b, published): '30' | '31'\n"
        "Different: 1. In one only: 0. The same: 1.\n"
    )


def test_a_file_that_only_one_has_is_named(outputs: tuple[Path, Path], capsys: Any) -> None:
    (outputs[1] / "index.html").rename(outputs[1] / "other.html")
    assert exit_code("same", *outputs) == 1
    shown = capsys.readouterr().out
    assert "index.html: only in the first" in shown and "other.html: only in the second" in shown


def test_what_was_not_made_to_be_shown_is_not_repeated(tmp_path: Path, capsys: Any) -> None:
    for name, age in (("a", "12"), ("b", "13")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "victims.csv").write_text(f"person,age\nZebedee,{age}\n", "utf-8")
    for options in ((), ("--json",)):
        assert exit_code("same", tmp_path / "a", tmp_path / "b", *options) == 1
        shown = capsys.readouterr().out
        assert "row 2, column 2" in shown
        assert "12" not in shown and "13" not in shown and "Zebedee" not in shown


@pytest.mark.parametrize(
    "inside",
    ["", ".private", "outputs/compendium/.private/leeds", "outputs/compendium/localities/leeds/data"],
    ids=["records", "private", "private in a folder outputs", "records in a folder outputs"],
)
def test_no_word_of_a_record_stands_in_a_place_that_differs(inside: str, tmp_path: Path, capsys: Any) -> None:
    record = {"name": "Zebedee", "street": "Elm Row"}
    texts = {
        "r.csv": "name,street,age\nZebedee,Elm Row,{age}\n",
        "j.json": json.dumps({"Zebedee": [{**record, "age": "@"}]}).replace("@", "{age}"),
        "n.ipynb": notebook(13).replace("# One", "# Zebedee"),
        "p.html": "<h2 id='Zebedee'>Zebedee</h2><p>{age}</p>",
        "t.txt": "Zebedee {age}\n",
    }
    for name, age in (("one", "12"), ("other", "13")):
        home = tmp_path / name / inside
        home.mkdir(parents=True)
        for file, text in texts.items():
            (home / file).write_text(text.replace("{age}", age).replace("| b | 13", f"| b | {age}"), "utf-8")
        (home / "link").symlink_to(f"Zebedee{age}")
    for options in ((), ("--json",)):
        assert exit_code("same", tmp_path / "one" / inside, tmp_path / "other" / inside, *options) == 1
        shown = capsys.readouterr().out
        assert all(file in shown for file in (*texts, "link"))
        assert not any(word in shown for word in ("Zebedee", "Elm", "'12'"))


def test_what_is_private_beside_something_published_is_told_in_numbers(outputs: tuple[Path, Path]) -> None:
    for folder, age in zip(outputs, ("12", "13"), strict=True):
        (folder / ".private").mkdir()
        (folder / ".private" / "r.csv").write_text(f"name,age\nZebedee,{age}\n", "utf-8")
    (found,) = compare(*outputs).different[".private/r.csv"]
    assert found.told() == "row 2, column 2"


def test_for_programs_every_difference_is_a_record(outputs: tuple[Path, Path], capsys: Any) -> None:
    (outputs[1] / "blackpool" / "tables" / "t.csv").write_text(TABLE.replace("hidden", "published"), "utf-8")
    assert exit_code("same", *outputs, "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["different"]["blackpool/tables/t.csv"] == [
        {"place": "row 4, column status (South, a)", "one": "hidden", "other": "published"}
    ]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="There is no absent"):
        compare(tmp_path / "absent", tmp_path)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with pytest.raises(InputRefused, match="Neither folder"):
        compare(tmp_path / "a", tmp_path / "b")
    (tmp_path / "f").write_text("x")
    with pytest.raises(InputRefused, match="One is a folder"):
        compare(tmp_path, tmp_path / "f")


def test_a_row_put_in_does_not_make_all_others_differ() -> None:
    assert told("t.csv", TABLE, TABLE.replace("South", "East,a,1,published\nSouth")) == [
        "row 4 is only in the second: '' | 'East, a, 1, published'"
    ]


def test_a_value_of_json_is_named_by_its_path_and_the_words_of_its_record() -> None:
    one = json.dumps({"rows": [{"form": "a", "count": 1}, {"form": "b", "count": 2}], "z": 1})
    assert told("t.json", one, one.replace('"count": 2', '"count": 3')) == ["rows[2] (b).count: '2' | '3'"]
    assert told("t.json", one, one.replace('"z": 1', '"z": 1.0')) == ["z: '1' | '1.0'"]
    assert "another order" in told("t.json", '{"a":1,"b":2}', '{"b":2,"a":1}')[0]


def notebook(count: int, source: str = "x = 1\ny = 2") -> str:
    table = f"| form | count |\n|---|---:|\n| a | 12 |\n| b | {count} |\n"
    output = {"output_type": "display_data", "data": {"text/markdown": table}, "metadata": {}}
    cells = [
        {"cell_type": "markdown", "source": "# One", "id": "a"},
        {"cell_type": "code", "source": source, "outputs": [output], "id": "b"},
    ]
    return json.dumps({"cells": cells, "nbformat": 4})


def test_a_notebook_is_told_by_cell_output_and_cell_of_the_table_in_it() -> None:
    assert told("n.ipynb", notebook(13), notebook(14)) == [
        "cell 2 (code), output 1, text/markdown, row 3, column count (b): '13' | '14'"
    ]
    assert told("n.ipynb", notebook(13), notebook(13, "x = 1\ny = 3")) == [
        "cell 2 (code), source, line 2: 'y = 2' | 'y = 3'"
    ]


def test_a_page_is_told_by_the_heading_and_the_element_around_the_difference() -> None:
    page = '<main><h2>Victims <em>by form</em></h2><div id="tbl-v"><td>12</td><td class="n">13</td></div></main>'
    assert told("p.html", page, page.replace("13", "14")) == [
        "below “Victims by form”, in #tbl-v: the text: '13' | '14'"
    ]
    assert told("p.html", page, page.replace('"n"', '"m"'))[0].startswith("below “Victims by form”, in #tbl-v: an attr")
    assert "other elements from here" in told("p.html", page, page.replace("<td>12", "<td><b>12"))[0]


def picture(at: tuple[int, int] | None = None, **about: Any) -> bytes:
    image = Image.new("RGB", (20, 10), "white")
    if at:
        image.putpixel(at, (0, 0, 0))
    made = io.BytesIO()
    image.save(made, "png", **about)
    return made.getvalue()


def test_a_picture_is_told_by_the_box_of_its_pixels_or_by_how_it_is_packed() -> None:
    assert told("f.png", picture(), picture((7, 3))) == ["1 pixels (x 7 to 7, y 3 to 3), by 255 of 255 at most"]
    assert "every pixel is the same" in told("f.png", picture(), picture(dpi=(72, 72)))[0]
    assert told("f.png", picture(), b"\x89PNG broken")[0].startswith("byte 4; 80 and 11 bytes")
    broken, at = bytearray(picture()), picture().index(b"IDAT") - 1
    broken[at] -= 6  # how long its pixels are
    assert told("f.png", picture(), bytes(broken))[0].startswith(f"byte {at}: ")
    huge = [bytearray(picture()), bytearray(picture((7, 3)))]
    for one in huge:
        one[16:24], one[29:33] = b"\0\0\xff\xff" * 2, (crc32(one[12:16] + b"\0\0\xff\xff" * 2 + one[24:29])).to_bytes(4)
    assert told("f.png", *map(bytes, huge))[0].startswith("byte ")


def workbook(value: int, day: tuple[int, ...] = (2000, 1, 1, 0, 0, 0)) -> bytes:
    book, made, again = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active["C14"] = value
    book.save(made)
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(again, "w") as packed:
        for name in archive.namelist():
            data = archive.read(name) if name != "docProps/core.xml" else b"<x/>"
            packed.writestr(zipfile.ZipInfo(name, day), data)  # type: ignore[arg-type]
    return again.getvalue()


def test_a_workbook_is_told_by_cell_and_an_archive_by_the_time_of_its_entries() -> None:
    assert told("b.xlsx", workbook(1), workbook(2)) == ["entry xl/worksheets/sheet1.xml, cell C14: '1' | '2'"]
    later = told("b.xlsx", workbook(1), workbook(1, (2001, 1, 1, 0, 0, 0)))
    assert later[0].startswith("entry [Content_Types].xml, its time")


def printed(words: str, title: str = "A report") -> bytes:
    said = f'#set document(title: "{title}")\nAbove (all) \\\\ \n#pagebreak()\n{words}'
    return bytes(typst.compile(said.encode(), format="pdf", timestamp=0))


def test_a_print_is_told_by_the_sheet_and_the_line_on_it() -> None:
    one = printed("Victims: 40, März")
    assert told("p.pdf", one, printed("Victims: 41, März")) == ["sheet 2: 'Victims: 40, März' | 'Victims: 41, März'"]
    assert told("p.pdf", one, printed("Victims: 40, März\n#pagebreak()\nMore")) == ["sheet 3 is only in the second"]
    assert all(line.startswith("object ") for line in told("p.pdf", one, printed("Victims: 40, März", "Another")))


def test_a_print_that_unpacks_to_more_than_is_looked_at_is_told_by_its_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prints, "LARGEST", 10)
    assert told("p.pdf", printed("40"), printed("41"))[0].startswith("object ")


def test_a_print_whose_pages_all_name_one_object_is_looked_at_a_bounded_number_of_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prints, "LARGEST_PART", 0)
    pages = b"".join(b"%d 0 obj\n<</Contents 1 0 R>>\nendobj\n" % number for number in range(3, 300))
    listed = (
        b"2 0 obj\n<</Type/Pages/Kids[" + b" ".join(b"%d 0 R" % number for number in range(3, 300)) + b"]>>\nendobj\n"
    )
    one = b"%PDF-1.7\n1 0 obj\n<<>>stream\n" + b"BT " * 10_000 + b"\nendstream\nendobj\n" + pages + listed
    read = list[int]()
    look = prints._Document.unpacked

    def counted(document: prints._Document, number: int) -> bytes:
        found = look(document, number)
        read.append(len(found))
        return found

    monkeypatch.setattr(prints._Document, "unpacked", counted)
    assert told("p.pdf", one, one.replace(b"<<>>", b"<< >>"))[0].startswith("object 1: ")
    assert sum(read) < 2 * (prints.MOST_TIMES + 2) * len(one)


def test_a_print_is_told_by_object_and_other_text_by_line() -> None:
    one = b"%PDF-1.7\n1 0 obj\n<</A 1>>\nendobj\n2 0 obj\n<</B 1>>\nendobj\n"
    assert told("p.pdf", one, one.replace(b"/B 1", b"/B 2"))[0].startswith("object 2: ")
    assert told("a.css", "a\nb\nc", "a\nB\nc") == ["line 2: 'b' | 'B'"]
    assert told("a.bin", b"\xff\x00", b"\xff\x01") == ["byte 1: '00' | '01'"]


def test_signs_that_steer_a_terminal_are_not_repeated() -> None:
    assert "\x1b" not in told("a.txt", "a\x1b[2Jb", "a\x1b[2Jc")[0]
    assert told("a.csv", "a,n\nx\x1b[2J,1\n", "a,n\nx\x1b[2J,2\n") == ["row 2, column n (x [2J): '1' | '2'"]


def test_a_picture_that_is_of_another_kind_than_its_name_says_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would hand PostScript to a program."""
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("a program was called"))
    script = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 40 20\n%%EndComments\nshowpage\n%%EOF\n"
    assert told("a.png", script, script.replace(b"40", b"41"))[0].startswith("byte ")


def test_a_field_that_is_longer_than_tables_have_is_told_by_its_byte() -> None:
    long = "a,b\n" + "x" * 200_000
    assert told("a.csv", f"{long},1\n", f"{long},2\n")[0].startswith("byte 200,0")


def test_a_page_of_brackets_and_headings_that_never_close_takes_no_time() -> None:
    page = "<html><h2>Above</h2>" + "<h1>" * 100_000 + "<" * 300_000
    (only,) = told("p.html", page + "1", page + "2")
    assert only == "below “Above”: an attribute: '<1' | '<2'"


def test_archives_that_hold_each_other_are_followed_no_further_than_they_go(tmp_path: Path) -> None:
    one, other = b"1", b"2"
    for _ in range(400):
        one, other = (packed({"inner.zip": each}) for each in (one, other))
    assert told("a.zip", one, other)
