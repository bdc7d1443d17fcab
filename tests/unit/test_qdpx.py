"""Coded material as REFI-QDA: counts that can be worked out by hand, in the dialects of several programs."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from compendium.errors import InputRefused
from compendium.importers.qdpx import Coded, read_qdpx
from compendium.importers.qdpx.project import POSITIONS, SOURCES, WITHIN, Place
from compendium.importers.qdpx.tally import overlap
from tests.shared import SHARED, needs_shared
from tests.unit.qda_projects import CANARY, archive, code, coding, guid, project, source, text_selection

XSD = "{http://www.w3.org/2001/XMLSchema}"
WHO_AND_WHEN = {"guid", "name", "creatingUser", "creationDateTime", "modifyingUser", "modifiedDateTime"}
CODES = code(11, "Waiting") + code(12, "Being told", code(13, "Told late"), code(14, "Told nothing"), codable="false")


def read(folder: Path, xml: str, **options: str) -> Coded:
    return read_qdpx(archive(folder, xml, **options))


def segments(found: Coded, column: str = "segments") -> dict[tuple[str, str], int]:
    rows = found.codes[found.codes[column] > 0]
    return {(row.label, row.coder): int(getattr(row, column)) for row in rows.itertuples()}


@needs_shared
def test_the_published_small_project_gives_its_control_totals() -> None:
    """data/SOURCES.md: 10 codes (4 at the top), 10 selections, 10 codings, 2 users, 2 sources."""
    found = read_qdpx(SHARED / "data" / "qda" / "synthetic_workshop.qdpx")
    assert (found.sources, found.codings, found.codes["code_id"].nunique()) == (2, 10, 10)
    top = found.codes[found.codes["parent_id"] == ""]
    assert top["label"].unique().tolist() == ["1. Access", "2. People", "3. Systems", "4. Voice"]
    assert found.codes.groupby("coder")["segments"].sum().to_dict() == {"A": 6, "B": 4}
    # by hand: both gave "finding help", "trusted adult" and "referral" to the same passages
    units = found.coding_agreement.pivot(index="unit_id", columns="coder", values="code_id")
    assert ((units["A"] == units["B"]) & (units["A"] != "")).sum() == 3
    assert len(units) == 7


@needs_shared
def test_every_selection_of_the_published_schema_is_known_with_its_positions() -> None:
    """The schema's own list of what a passage can be, read from the XSD: none is passed over."""
    schema = ElementTree.parse(SHARED / "data" / "qda" / "REFI-QDA_Project.xsd").getroot()
    types = {one.get("name"): one for one in schema.iter(f"{XSD}complexType")}
    selections = {name.removesuffix("Type"): one for name, one in types.items() if str(name).endswith("SelectionType")}
    assert {name.casefold() for name in selections} == set(POSITIONS)
    for name, one in selections.items():
        declared = {attribute.get("name", "") for attribute in one.iter(f"{XSD}attribute")}
        places = {attribute for attribute in declared if attribute not in WHO_AND_WHEN}
        assert {attribute.casefold() for attribute in places} == set(POSITIONS[name.casefold()])
    sources = {one.get("name", "") for one in types["SourcesType"].iter(f"{XSD}element")}
    assert {name.casefold() for name in sources} == SOURCES
    inside = {
        element.get("name", "").casefold()
        for name in (*sources, *selections)
        for element in types[f"{name}Type"].iter(f"{XSD}element")
        if element.get("type") in ("TextSourceType", "TranscriptType")
    }
    assert inside == WITHIN


def test_a_code_counts_its_own_and_with_those_below_each_stretch_once(tmp_path: Path) -> None:
    both = text_selection(0, 40, coding(13, 1), coding(14, 1))
    again = text_selection(50, 60, coding(13, 1)) + text_selection(50, 60, coding(13, 1))
    found = read(tmp_path, project(CODES, source(100, both, again)))
    assert segments(found) == {("Told late", "A"): 2, ("Told nothing", "A"): 1}
    assert segments(found, "segments_with_below")["Being told", "A"] == 2


@pytest.mark.parametrize("dialect", ["small letters", "prefix", "upper GUID", "braces", "no namespace"])
def test_programs_write_the_same_project_differently(tmp_path: Path, dialect: str) -> None:
    xml = project(CODES, source(100, text_selection(0, 9, coding(11, 1)), text_selection(0, 9, coding(11, 2))))
    plain = segments(read(tmp_path, xml))
    if dialect == "small letters":
        for tag in ("Project", "Users", "User", "CodeBook", "Codes", "CodeRef", "Coding", "Sources", "TextSource"):
            xml = xml.replace(f"<{tag} ", f"<{tag.lower()} ").replace(f"<{tag}>", f"<{tag.lower()}>")
            xml = xml.replace(f"</{tag}>", f"</{tag.lower()}>")
        xml = xml.replace("targetGUID", "targetGuid").replace("creatingUser", "CreatingUser")
    elif dialect == "prefix":
        xml = xml.replace("xmlns=", "xmlns:qda=").replace("</", "</qda:").replace("<", "<qda:")
        xml = xml.replace("<qda:/qda:", "</qda:").replace("<qda:?", "<?")
    elif dialect == "upper GUID":
        xml = xml.replace(f'targetGUID="{guid(11)}"', f'targetGUID="{guid(11).upper()}"')
    elif dialect == "braces":
        xml = xml.replace(f'Code guid="{guid(11)}"', f'Code guid="{{{guid(11)}}}"')
    else:
        xml = xml.replace('xmlns="urn:QDA-XML:project:1.0"', "")
    assert segments(read(tmp_path, xml)) == plain == {("Waiting", "A"): 1, ("Waiting", "B"): 1}


def test_atlas_ti_names_the_part_after_the_project(tmp_path: Path) -> None:
    xml = project(CODES, source(100, text_selection(0, 9, coding(11, 1))))
    assert segments(read(tmp_path, xml, name="Environmental attitudes.qde")) == {("Waiting", "A"): 1}


def test_a_byte_order_mark_and_another_encoding_are_read(tmp_path: Path) -> None:
    xml = project(CODES, source(100, text_selection(0, 9, coding(11, 1)))).replace("utf-8", "utf-16")
    assert segments(read_qdpx(archive(tmp_path, xml.encode("utf-16")))) == {("Waiting", "A"): 1}
    marked = b"\xef\xbb\xbf" + xml.replace("utf-16", "utf-8").encode()
    assert segments(read_qdpx(archive(tmp_path, marked))) == {("Waiting", "A"): 1}


def test_without_users_a_single_user_is_the_coder_and_else_nobody(tmp_path: Path) -> None:
    unnamed = source(100, text_selection(0, 9, coding(11)))
    assert segments(read(tmp_path, project(CODES, unnamed, users=(1,)))) == {("Waiting", "A"): 1}
    assert segments(read(tmp_path, project(CODES, unnamed))) == {("Waiting", "not_recorded"): 1}
    by_selection = source(100, text_selection(0, 9, coding(11), user=2))
    assert segments(read(tmp_path, project(CODES, by_selection))) == {("Waiting", "A"): 1}


def test_pictures_pages_recordings_and_transcripts_are_counted(tmp_path: Path) -> None:
    picture = (
        f'<PictureSource guid="{guid(101)}"><PictureSelection guid="{guid(1)}" firstX="0" firstY="0" secondX="9" '
        f'secondY="9">{coding(11, 1)}</PictureSelection></PictureSource>'
    )
    page = (
        f'<PDFSource guid="{guid(102)}"><PDFSelection guid="{guid(2)}" page="1" firstX="0" firstY="0" secondX="9" '
        f'secondY="9"><Representation guid="{guid(3)}">{text_selection(0, 4, coding(11, 1))}</Representation>'
        f"{coding(11, 1)}</PDFSelection></PDFSource>"
    )
    sound = (
        f'<AudioSource guid="{guid(103)}"><Transcript guid="{guid(4)}"><SyncPoint guid="{guid(71)}" position="0"/>'
        f'<SyncPoint guid="{guid(72)}" position="30"/><TranscriptSelection guid="{guid(5)}" '
        f'fromSyncPoint="{guid(71)}" toSyncPoint="{guid(72)}">{coding(11, 1)}</TranscriptSelection></Transcript>'
        f'<AudioSelection guid="{guid(6)}" begin="0" end="900">{coding(11, 1)}</AudioSelection></AudioSource>'
    )
    film = f'<VideoSource guid="{guid(104)}">{coding(11, 1)}</VideoSource>'
    found = read(tmp_path, project(CODES, picture + page + sound + film))
    # one on the picture, one on the page (its text is the same passage), two on the recording, one on the whole film
    assert segments(found) == {("Waiting", "A"): 5}


def test_memos_cases_and_sets_are_no_segments_and_are_told(tmp_path: Path) -> None:
    note = f'<Notes><Note guid="{guid(7)}">{text_selection(0, 4, coding(11, 1))}</Note></Notes>'
    case = f'<Cases><Case guid="{guid(8)}"><CodeRef targetGUID="{guid(11)}"/></Case></Cases>'
    group = f'<Sets><Set guid="{guid(9)}" name="{CANARY}"><MemberCode targetGUID="{guid(11)}"/></Set></Sets>'
    lost = text_selection(20, 30, coding(99, 1))
    xml = project(CODES, source(100, text_selection(0, 9, coding(11, 1)), lost), rest=note + case + group)
    found = read(tmp_path, xml)
    assert segments(found) == {("Waiting", "A"): 1}
    assert sum(found.passed_over.values()) == 3


def test_two_passages_are_one_segment_from_half_of_the_longer_on() -> None:
    def share(*spans: tuple[int, ...]) -> float:
        one, two = (Place("s", "plaintextselection", span) for span in spans)
        return overlap(one, two)

    assert share((0, 10), (5, 15)) == 0.5
    assert share((0, 10), (6, 16)) == pytest.approx(0.4)
    assert share((0, 10), (0, 30)) == pytest.approx(1 / 3)
    assert share((0, 0), (0, 10)) == 0
    boxes = (Place("s", "pdfselection", (1, 0, 0, 10, 10)), Place("s", "pdfselection", (1, 10, 10, 5, 0)))
    assert overlap(*boxes) == 0.5  # corners in any order: the right half of the page
    assert overlap(boxes[0], Place("s", "pdfselection", (2, 0, 0, 10, 10))) == 0


def test_agreement_pairs_passages_of_two_coders_and_leaves_what_one_passed_over_empty(tmp_path: Path) -> None:
    first = [text_selection(0, 10, coding(11, 1)), text_selection(20, 30, coding(13, 1))]
    second = [text_selection(2, 10, coding(11, 2)), text_selection(20, 31, coding(14, 2))]
    alone = text_selection(50, 60, coding(11, 2))
    found = read(tmp_path, project(CODES, source(100, *first, *second, alone) + source(200, first[0])))
    units = found.coding_agreement.pivot(index="unit_id", columns="coder", values="code_id").to_numpy().tolist()
    assert sorted(units) == [["", "K01"], ["K01", "K01"], ["K03", "K04"]]


def test_codes_of_one_name_are_told_apart_and_keep_their_numbers(tmp_path: Path) -> None:
    twice = code(11, "At home", code(13, "Support")) + code(12, "At school", code(14, "support"))
    xml = project(twice, source(100, text_selection(0, 9, coding(13, 1))))
    found = read(tmp_path, xml)
    names = found.codes.drop_duplicates("code_id").set_index("code_id")["label"]
    assert names.to_dict() == {
        "K01": "At home",
        "K02": "At home: Support",
        "K03": "At school",
        "K04": "At school: support",
    }
    later = read_qdpx(archive(tmp_path, xml), ids={"At school": "K77", "Gone": "K02"})
    assert later.codes.drop_duplicates("label").set_index("label")["code_id"].to_dict() == {
        "At home": "K01",
        "At home: Support": "K03",
        "At school": "K77",
        "At school: support": "K04",
    }


@pytest.mark.parametrize(
    "label",
    [
        "&quot;nobody asked&quot;",
        "I was scared to tell",
        "what my mum said",
        "Mrs Patel helped",
        "S. Jones",
        "call 07700900123",
        "one two three four five six seven eight nine",
        "write to a@b.org",
    ],
)
def test_a_label_that_quotes_or_names_somebody_is_refused_and_not_repeated(tmp_path: Path, label: str) -> None:
    xml = project(code(11, "Waiting") + code(12, label), source(100, text_selection(0, 9, coding(11, 1))))
    with pytest.raises(InputRefused) as refused:
        read(tmp_path, xml)
    assert "code 2 of 2" in str(refused.value)
    assert label.split(maxsplit=1)[0] not in str(refused.value).replace("code 2 of 2", "")


@pytest.mark.parametrize(
    "label", ["Children asked too late", "1. Access", "Not hearing back", "First contact (school)"]
)
def test_labels_in_own_words_pass(tmp_path: Path, label: str) -> None:
    found = read(tmp_path, project(code(11, label), source(100, text_selection(0, 9, coding(11, 1)))))
    assert not found.remarks


def test_a_label_that_only_might_hold_a_name_is_told_as_a_warning(tmp_path: Path) -> None:
    found = read(tmp_path, project(code(11, "Online Safety"), source(100, text_selection(0, 9, coding(11, 1)))))
    assert [problem.level for problem in found.remarks] == ["warning"]


def test_no_word_of_a_source_memo_user_or_passage_is_kept_anywhere(tmp_path: Path) -> None:
    xml = project(CODES, source(100, text_selection(0, 9, coding(11, 1)), text_selection(0, 9, coding(13, 2))))
    found = read_qdpx(archive(tmp_path, xml, text=CANARY.encode()))
    everything = "\n".join(
        [found.codes.to_csv(), found.coding_agreement.to_csv(), repr(found), str(vars(found)), str(found.remarks)]
    )
    assert not [word for word in CANARY.split() if len(word) > 4 and word in everything]


def test_what_is_read_fits_the_dictionaries(tmp_path: Path) -> None:
    xml = project(CODES, source(100, text_selection(0, 9, coding(11, 1))))
    found = read(tmp_path, xml)
    assert isinstance(found.codes, pd.DataFrame)
    assert found.codes["code_id"].str.fullmatch("K[0-9]{2,4}").all()
