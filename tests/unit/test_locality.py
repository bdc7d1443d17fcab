# ruff: noqa: E501  (a case a line)
"""A locality: read once, frozen, and never with records of real persons inside the checkout."""

from __future__ import annotations

import dataclasses

import pytest

from compendium.errors import InputRefused, UnknownName
from compendium.locality import Found, Locality, known_localities, load_locality
from compendium.paths import Root
from tests.dictionary_samples import both

BLACKPOOL = """
id: blackpool
name: Blackpool
synthetic_note: Case files are synthetic.
force_area: {code: E23000003, name: Lancashire}
area: {code: E06000009, level: district, vintage: 2021}
area_level: zone
period: {from: 2022-05, to: 2023-04}
sources:
  cases: {file: data/synthetic/cases.synthetic.csv, provenance: synthetic}
disclosure: {policy: threshold-10}
help_lines: [{name: Childline, phone: "0800 1111", url: "https://www.childline.org.uk", checked: 2026-11-22}]
notebooks: {03_case_files: {top: 5}}
limits: {memory_mb: 1024, seconds: 60}
"""
REAL = BLACKPOOL.replace("provenance: synthetic", "provenance: real").replace(
    "data/synthetic/cases.synthetic.csv", "cases.csv"
)


@pytest.fixture
def root(tmp_path):
    path = tmp_path / "compendium"
    for folder in ("data_dictionaries", "notebooks", "localities/blackpool"):
        (path / folder).mkdir(parents=True)
    (path / "notebooks" / "03_case_files.ipynb").write_text("{}")
    write(Root(path))
    return Root(path)


def write(root: Root, text: str = BLACKPOOL, id: str = "blackpool") -> None:
    folder = root.localities / id
    folder.mkdir(exist_ok=True)
    (folder / "locality.yml").write_text(text, encoding="utf-8")


def refusal(root: Root, old: str, new: str) -> str:
    assert old in BLACKPOOL
    write(root, BLACKPOOL.replace(old, new))
    with pytest.raises(InputRefused) as refused:
        load_locality(root, "blackpool")
    return str(refused.value)


def test_everything_that_is_written_is_read(root):
    found = load_locality(root, "blackpool")
    assert isinstance(found, Locality)
    assert (found.id, found.name, found.area_level) == ("blackpool", "Blackpool", "zone")
    assert (found.force_area.code, found.area.level, found.area.vintage) == ("E23000003", "district", 2021)
    assert (found.limits.memory_mb, found.limits.seconds) == (1024, 60)
    assert found.help_lines[0].phone == "0800 1111"
    assert found.notebooks == {"03_case_files": {"top": 5}}
    assert found.disclosure.policy == "threshold-10"
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.name = "Other"  # type: ignore[misc]


def test_the_period_is_whole_months_with_the_last_one_included(root):
    period = load_locality(root, "blackpool").period
    assert (period.first, period.last) == ("2022-05", "2023-04")
    assert len(period.months) == 12
    assert period.months[:1] + period.months[7:9] == ("2022-05", "2022-12", "2023-01")


def test_what_may_be_left_out_has_a_default(root):
    write(root, "id: blackpool\nname: Blackpool\nperiod: {from: 2022-05, to: 2022-05}")
    found = load_locality(root, "blackpool")
    assert (found.area_level, found.limits.seconds, found.sources) == ("zone", 300, {})
    assert found.period.months == ("2022-05",)


def test_localities_are_known_by_their_folders(root):
    write(root, id="demo_area_b")
    (root.localities / "empty").mkdir()
    write(root, id="Not a name")
    assert known_localities(root) == ("blackpool", "demo_area_b")
    assert known_localities(Root(root.path / "nowhere")) == ()


@pytest.mark.parametrize("id", ["blackpol", "../blackpool", "", "x" * 500])
def test_an_unknown_locality_names_the_nearest(root, id):
    with pytest.raises(UnknownName, match="Known: blackpool") as refused:
        load_locality(root, id)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("area_level", "area_levle", "line 7: The key area_levle isn't known here. Did you mean area_level?"),
        ("vintage", "vintag", "Did you mean vintage? Known: code, level, vintage."),
        ("memory_mb", "memory", "Did you mean memory_mb?"),
        ("provenance: synthetic", "provenence: synthetic", "Did you mean provenance?"),
        ("provenance: synthetic", "provenance: invented", "It should be 'real', 'synthetic' or 'illustrative'"),
        ("phone:", "fone:", "Did you mean phone?"),
        ("name: Blackpool", "name: ''", "The name is empty."),
        ("name: Blackpool", f"name: {'x' * 101}", "The name is longer than 100 letters."),
        ("name: Blackpool", 'name: "Black\\u202epool"', "line 3: The text holds characters that nobody can see."),
        ("name: Blackpool", 'name: "Black\\u200bpool"', "characters that nobody can see. Type it again."),
        ("name: Blackpool", "name: 7", "Quote it if it is text."),
        ("id: blackpool", "id: demo", "The id 'demo' stands in the folder blackpool."),
        ("2022-05", "2022-05-01", "A period is made of whole months."),
        ("2022-05", "2022-13", "A period is made of whole months."),
        ("2023-04", "2021-04", "The period ends before it begins."),
        ("period: {from: 2022-05, to: 2023-04}\n", "", "The key period is missing."),
        ("memory_mb: 1024", "memory_mb: 1", "greater than or equal to 64"),
        ("03_case_files", "03_case_file", "No notebook is called 03_case_file. Did you mean 03_case_files?"),
        ("file: data/synthetic", "file: ../../../etc", "The file of cases lies outside."),
        ("file: data/synthetic", "file: /etc", "The file of cases lies outside."),
        ("file: data/synthetic/cases.synthetic.csv", "file: ''", "The file of cases lies outside."),
        ("file: data/synthetic", "file: a\\b", "The file of cases lies outside."),
        ("area_level: zone", "outside_knowledge: {fiel: known.csv}", "Did you mean file? Known: file."),
        ("area_level: zone", "outside_knowledge: {file: ../known.csv}", "The file of outside_knowledge lies outside."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(root, old, new, said):
    message = refusal(root, old, new)
    assert said in message
    assert message.startswith("localities/blackpool/locality.yml: line ")


def test_all_mistakes_are_told_at_once(root):
    assert (
        len(refusal(root, "2022-05, to: 2023-04", "2022, to: 2023-4").splitlines()) == 1
    )  # 2022 is a number: no text at all
    assert len(refusal(root, "2022-05, to: 2023-04", '"2022", to: 2023-4').splitlines()) == 2


def test_a_named_file_lies_below_the_locality(root):
    found = load_locality(root, "blackpool").source("cases", both())
    assert found == Found(root.localities / "blackpool" / "data/synthetic/cases.synthetic.csv", "synthetic")


def test_a_table_that_is_not_named_has_its_default_file_or_none(root):
    locality = load_locality(root, "blackpool")
    assert locality.source("studies", both()) == Found(root.path / "evidence/studies.csv", "real")
    assert locality.source("victims", both()) is None


def test_sources_of_tables_that_nobody_described_are_told_with_the_nearest(root):
    write(root, BLACKPOOL.replace("  cases: {", "  case: {"))
    found = load_locality(root, "blackpool").problems(both())
    assert [str(problem) for problem in found] == [
        "localities/blackpool/locality.yml: sources: no table is called case. Did you mean cases? Known: cases, studies, victims."
    ]


def test_real_records_need_a_folder_outside_the_checkout(root):
    write(root, REAL)
    locality = load_locality(root, "blackpool")
    assert "holds real records inside the checkout" in str(locality.problems(both())[0])
    with pytest.raises(InputRefused, match="outside the checkout"):
        locality.source("cases", both())


@pytest.mark.parametrize("inside", [".", "records", "localities/blackpool/../../x"])
def test_a_data_root_inside_the_checkout_is_refused(root, inside):
    write(root, REAL + f"data_root: {inside}\n")
    with pytest.raises(InputRefused, match="outside the checkout"):
        load_locality(root, "blackpool").source("cases", both())


def test_a_data_root_inside_the_repository_around_the_compendium_is_refused(root):
    (root.path.parent / ".git").mkdir()
    write(root, REAL + "data_root: ../records\n")
    with pytest.raises(InputRefused, match="outside the checkout"):
        load_locality(root, "blackpool").source("cases", both())


def test_real_records_are_read_from_the_data_root(root):
    write(root, REAL + "data_root: ../records\n")
    locality = load_locality(root, "blackpool")
    assert locality.source("cases", both()) == Found(root.path.parent / "records" / "cases.csv", "real")
    (root.path.parent / "records").mkdir(mode=0o700)
    assert locality.problems(both()) == []


def test_public_real_tables_stay_in_the_locality(root):
    write(root, REAL.replace("  cases:", "  studies:") + "data_root: ../records\n")
    found = load_locality(root, "blackpool").source("studies", both())
    assert found == Found(root.localities / "blackpool" / "cases.csv", "real")


def test_a_link_out_of_the_compendium_is_refused(root):
    outside = root.path.parent / "outside.csv"
    outside.write_text("case_id")
    link = root.localities / "blackpool" / "data" / "synthetic" / "cases.synthetic.csv"
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    locality = load_locality(root, "blackpool")
    with pytest.raises(InputRefused, match="leads out of its folder"):
        locality.source("cases", both())
    assert len(locality.problems(both())) == 1
    evidence = root.path / "evidence"
    evidence.mkdir()
    (evidence / "studies.csv").symlink_to(outside)
    with pytest.raises(InputRefused, match="leads out of its folder"):
        locality.source("studies", both())


def test_what_others_know_stands_in_a_file_below_the_locality(root):
    assert load_locality(root, "blackpool").outside_knowledge_file() is None
    write(root, BLACKPOOL + "outside_knowledge: {file: data/known.csv}\n")
    locality = load_locality(root, "blackpool")
    assert locality.outside_knowledge_file() == root.localities / "blackpool" / "data/known.csv"
    (root.localities / "blackpool" / "data").mkdir()
    (root.localities / "blackpool" / "data" / "known.csv").symlink_to(root.path.parent / "outside.csv")
    assert "leads out of its folder" in str(locality.problems(both())[0])
    with pytest.raises(InputRefused, match="leads out of its folder"):
        locality.outside_knowledge_file()


def test_a_link_out_of_the_data_root_is_refused(root):
    records = root.path.parent / "records"
    records.mkdir()
    (records / "cases.csv").symlink_to(root.path.parent / "elsewhere.csv")
    write(root, REAL + "data_root: ../records\n")
    with pytest.raises(InputRefused, match="leads out of its folder"):
        load_locality(root, "blackpool").source("cases", both())


def test_a_locality_file_that_is_a_link_is_refused(root):
    other = root.path.parent / "elsewhere.yml"
    other.write_text(BLACKPOOL)
    (root.localities / "linked").mkdir()
    (root.localities / "linked" / "locality.yml").symlink_to(other)
    with pytest.raises(InputRefused, match="leads out of the compendium"):
        load_locality(root, "linked")
