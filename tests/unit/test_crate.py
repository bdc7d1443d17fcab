"""The crate of a release: whole, the same each time, read by other tools, and silent about records and approvers."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bagit
import nbformat
import pytest
import yaml
from frictionless import Package
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rocrate.rocrate import ROCrate

from compendium.crate import citation, contents, metadata, verify
from compendium.crate.bag import bagged
from compendium.crate.graph import Described
from compendium.crate.write import write
from compendium.disclosure.ledger import Entry
from compendium.errors import CompendiumError, InputRefused
from compendium.locality import Locality, load_locality
from compendium.paths import Root
from compendium.release import kept, ledger_files
from compendium.release.approve import approve, signed, withdraw
from compendium.release.settle import settle
from compendium.repository import shipped
from compendium.yamlfile import parse_yaml
from compendium.zipped import packed
from tests.shared import ROOT
from tests.unit.candidate import EVEN, NAME, NOTEBOOK, propose

CANARY = "Tabitha Quillfeather"
APPROVED_BY = ["Perpetua Grimshaw", "Zebedee Winterbourne"]
TWO = signed(APPROVED_BY, "2026-03-15", "", people=2)
SOURCES = """sources:
  suspects: {file: data/suspects.synthetic.csv, provenance: synthetic}
"""
REAL = """  victims: {{file: {name}.csv, provenance: real}}
data_root: {records}  # ask {name} for the key
"""
CREDITED = """publication:
  licence: OGL-UK-3.0
  publisher: {name: The Force, url: "https://ror.org/027m9bs27", email: data@example.org}
  people:
    - {given_names: Josiah, family_names: Carberry, orcid: "https://orcid.org/0000-0002-1825-0097",
       affiliation: The Force, roles: [Data curation, Supervision]}
"""


def project(path: Path, *, real: bool) -> tuple[Root, Locality]:
    """A small compendium around a candidate: dictionaries, a notebook, a lock, and records that must not travel."""
    for folder in ("data_dictionaries", "LICENSES"):
        shutil.copytree(ROOT / folder, path / folder)
    for file in ("LICENSE", "CITATION.cff", "_quarto.yml", "requirements/core.lock"):
        (path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, path / file)
    root = Root(path)
    locality = propose(root, EVEN, provenance="real" if real else "synthetic")
    cell = nbformat.v4.new_code_cell("study", id="c1", execution_count=3)
    cell.outputs = [nbformat.v4.new_output("stream", text=CANARY)]
    (path / "notebooks").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path / "notebooks" / f"{NOTEBOOK}.ipynb")
    (path / "notebooks" / ".ipynb_checkpoints").mkdir()
    (path / "notebooks" / ".ipynb_checkpoints" / "old.ipynb").write_text(CANARY)
    (path / "notebooks" / "notes.txt").write_text(CANARY)
    (path / "data_dictionaries" / ".hidden").write_text(CANARY)
    home = root.localities / NAME
    (home / "data").mkdir()
    (home / "data" / "suspects.synthetic.csv").write_text("suspect_id\nS1\n")
    (home / "data" / "letter.txt").write_text(CANARY)
    records = path.parent / f"{path.name}-records"
    records.mkdir()
    (records / f"{CANARY}.csv").write_text(f"victim_id\n{CANARY}\n")
    written = home / "locality.yml"
    added = REAL.format(records=records, name=CANARY) if real else ""
    written.write_text(written.read_text("utf-8") + CREDITED + SOURCES + added, "utf-8")
    locality = load_locality(root, NAME)
    settle(root, locality, [NOTEBOOK])
    approve(root, locality, [NOTEBOOK], TWO, made_with=contents.made_with(root, locality))
    return root, locality


@pytest.fixture(scope="module", autouse=True)
def _small_program() -> Iterator[None]:
    """A program of one file: that the whole one travels is seen where a release is run again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contents, "_code", lambda: {f"{contents.CODE}/cli/__init__.py": b"# the program\n"})
        yield


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Root, Locality]:
    return project(tmp_path_factory.mktemp("synthetic") / "project", real=False)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Root, Locality]:
    return project(tmp_path_factory.mktemp("real") / "project", real=True)


@pytest.fixture(scope="module")
def crate(synthetic: tuple[Root, Locality]) -> Path:
    return write(*synthetic)


def unpacked(path: Path, folder: Path) -> Path:
    """The bag of a crate, laid into `folder`."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder / path.stem


def files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def graph_of(path: Path) -> dict[str, dict[str, Any]]:
    said = json.loads(files(path)["data/ro-crate-metadata.json"])
    return {entity["@id"]: entity for entity in said["@graph"]}


# what travels, and what stays


def test_of_real_records_nothing_travels_no_name_of_a_file_no_folder_and_nobody_who_approved(
    real: tuple[Root, Locality],
) -> None:
    found = files(write(*real))
    everything = b"\n".join([*found.values(), *(name.encode() for name in found)])
    for secret in (CANARY, "Quillfeather", str(real[0].path.parent), *APPROVED_BY, "Winterbourne"):
        assert secret.encode() not in everything, secret
    said = yaml.safe_load(found[f"data/project/localities/{NAME}/locality.yml"])
    assert said["sources"]["victims"]["file"] == "withheld/victims.csv"
    assert "data_root" not in said and "outside_knowledge" not in said
    assert said["help_lines"][0]["checked"] == "2026-03-01"
    assert not any(name.startswith(f"data/project/localities/{NAME}/ledger") for name in found)
    assert "stay with the data holder" in found["data/README.md"].decode()


@pytest.mark.parametrize("place", ["evidence/backup.csv", f"localities/{NAME}/own/workings.csv"])
def test_a_copy_of_records_that_stay_is_told_before_it_travels(place: str, tmp_path: Path) -> None:
    root, _ = project(tmp_path / "project", real=True)
    home = root.localities / NAME
    (home / "own").mkdir()
    (home / "own" / "standards.yml").write_text("{}\n")
    settings = home / "locality.yml"
    settings.write_text(settings.read_text("utf-8") + "framework: {write: own}\n", "utf-8")
    contents.gather(root, load_locality(root, NAME))
    (root.path / place).parent.mkdir(exist_ok=True)
    shutil.copy(tmp_path / "project-records" / f"{CANARY}.csv", root.path / place)
    with pytest.raises(InputRefused, match="It holds records that stay here") as refused:
        contents.gather(root, load_locality(root, NAME))
    assert str(refused.value).startswith(place) and CANARY not in str(refused.value)


def test_of_a_synthetic_locality_all_that_reruns_it_travels_and_nothing_that_lies_about(crate: Path) -> None:
    found = files(crate)
    assert found[f"data/project/localities/{NAME}/data/suspects.synthetic.csv"] == b"suspect_id\nS1\n"
    assert "data/project/src/compendium/cli/__init__.py" in found
    assert "data/project/requirements/core.lock" in found
    assert found["data/project/data_dictionaries/victims.yml"] == (ROOT / "data_dictionaries/victims.yml").read_bytes()
    assert not any(name.endswith(("notes.txt", "letter.txt", ".hidden", ".pyc", "old.ipynb")) for name in found)
    assert CANARY.encode() not in b"\n".join(found.values())


def test_a_notebook_that_was_saved_with_what_it_printed_travels_without(crate: Path) -> None:
    notebook = nbformat.reads(files(crate)[f"data/project/notebooks/{NOTEBOOK}.ipynb"].decode(), as_version=4)
    assert notebook.cells[0].outputs == [] and notebook.cells[0].execution_count is None
    clean = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", id="a")])).encode()
    assert contents.without_outputs(clean) is clean


def test_what_was_approved_lies_in_it_byte_for_byte(synthetic: tuple[Root, Locality], crate: Path) -> None:
    found = files(crate)
    with zipfile.ZipFile(synthetic[0].localities / NAME / "ledger" / "0001.zip") as approved:
        for name in approved.namelist():
            assert found[f"data/{name}"] == approved.read(name)


def test_all_that_lies_beside_the_released_files_is_known_to_be_beside(
    synthetic: tuple[Root, Locality], crate: Path
) -> None:
    with zipfile.ZipFile(synthetic[0].localities / NAME / "ledger" / "0001.zip") as approved:
        names = approved.namelist()
    inside = [name.removeprefix("data/") for name in files(crate) if name.startswith("data/")]
    assert sorted(kept.released(inside)) == sorted(names)


def test_a_link_that_leads_out_does_not_travel(tmp_path: Path, synthetic: tuple[Root, Locality]) -> None:
    shutil.copytree(synthetic[0].path, tmp_path / "copy", symlinks=True)
    (tmp_path / "letter.txt").write_text(CANARY)
    (tmp_path / "copy" / "data_dictionaries" / "letter.txt").symlink_to(tmp_path / "letter.txt")
    root = Root(tmp_path / "copy")
    with pytest.raises(InputRefused, match="leads out of the compendium"):
        write(root, load_locality(root, NAME))


# the same bytes


def test_another_folder_time_zone_and_umask_give_the_same_bytes(
    synthetic: tuple[Root, Locality], crate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(synthetic[0].path, tmp_path / "elsewhere" / "copy")
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    before = os.umask(0o077)
    try:
        root = Root(tmp_path / "elsewhere" / "copy")
        other = write(root, load_locality(root, NAME), out=tmp_path)
    finally:
        os.umask(before)
        monkeypatch.undo()
        time.tzset()
    assert other.read_bytes() == crate.read_bytes()


def test_code_that_changed_since_is_not_said_to_have_made_the_release(
    synthetic: tuple[Root, Locality], tmp_path: Path
) -> None:
    shutil.copytree(synthetic[0].path, tmp_path / "copy")
    root = Root(tmp_path / "copy")
    (root.path / "index.qmd").write_text("dresses pages only")
    assert write(root, load_locality(root, NAME)).exists()
    (root.notebooks / "07_new.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook()))
    with pytest.raises(CompendiumError, match=r"^notebooks: not what release 1 of leeds was made with"):
        write(root, load_locality(root, NAME))


def test_a_release_that_was_withdrawn_or_never_made_has_no_crate(
    synthetic: tuple[Root, Locality], tmp_path: Path
) -> None:
    shutil.copytree(synthetic[0].path, tmp_path / "copy")
    root = Root(tmp_path / "copy")
    locality = load_locality(root, NAME)
    with pytest.raises(CompendiumError, match=r"no release 7 that stands. Releases that stand: 1"):
        write(root, locality, 7)
    withdraw(root, locality, 1, "Wrong.", signed(["Ann Lee"], "2026-04-01", "", people=1))
    with pytest.raises(CompendiumError, match="no release that stands"):
        write(root, locality)


def test_a_second_release_carries_the_ledger_as_it_stood_before_it(tmp_path: Path) -> None:
    root, locality = project(tmp_path / "project", real=False)
    later = signed(APPROVED_BY, "2026-04-15", "", people=2)
    propose_again = (root.localities / NAME / "locality.yml").read_text("utf-8")
    propose(root, EVEN, provenance="synthetic", title="Victims by area of the record")
    (root.localities / NAME / "locality.yml").write_text(propose_again, "utf-8")
    settle(root, locality, [NOTEBOOK])
    approve(root, locality, [NOTEBOOK], later, made_with=contents.made_with(root, locality))
    found = files(write(root, locality))
    home = f"data/project/localities/{NAME}/ledger"
    assert sorted(name for name in found if name.startswith(home)) == [f"{home}/0001.json", f"{home}/head.json"]
    assert json.loads(found[f"{home}/head.json"])["number"] == 1


# other tools read it


def test_bagit_finds_the_bag_whole(crate: Path, tmp_path: Path) -> None:
    bag = bagit.Bag(str(unpacked(crate, tmp_path)))
    assert bag.validate(processes=1)
    assert bag.info["Bagging-Date"] == "2026-03-15"
    assert bag.info["Source-Organization"] == "The Force"


def test_frictionless_finds_every_released_table_as_described(crate: Path, tmp_path: Path) -> None:
    report = Package(str(unpacked(crate, tmp_path) / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "fieldName", "note"])


def test_the_library_of_ro_crate_reads_it_back(crate: Path, tmp_path: Path) -> None:
    home = unpacked(crate, tmp_path) / "data"
    read = ROCrate(str(home))
    assert read.metadata.version == "1.3"
    assert read.root_dataset["publisher"]["name"] == "The Force"
    assert read.root_dataset["license"].id.endswith("/open-government-licence/version/3/")
    assert read.root_dataset["author"]["name"] == "Josiah Carberry"
    for entity in read.data_entities:
        assert (home / entity.id).exists(), entity.id


def test_it_says_who_did_what_from_which_input_by_which_notebook(real: tuple[Root, Locality]) -> None:
    graph = graph_of(write(*real))
    run = graph[f"#run-{NOTEBOOK}"]
    assert run["@type"] == "CreateAction"
    assert {"@id": f"project/notebooks/{NOTEBOOK}.ipynb"} in run["instrument"]
    assert {"@id": "tables/victims_by_area.csv"} in run["result"]
    assert graph["./"]["author"] == {"@id": "https://orcid.org/0000-0002-1825-0097"}
    assert graph["#role-1"]["roleName"] == ["Data curation", "Supervision"]
    assert graph["#compendium"]["softwareRequirements"] == {"@id": "project/requirements/core.lock"}
    assert graph["#approval"]["description"].startswith("Checked by 2 people")
    assert verify.musts(json.loads(files(write(*real))["data/ro-crate-metadata.json"])) == []


def test_an_input_that_stays_is_named_with_a_keyed_hash_and_no_file(synthetic: tuple[Root, Locality]) -> None:
    said = {
        "title": "Victims", "provenance": "real", "sensitivity": "sensitive", "source": "the force", "file": "",
        "hash": "hmac-sha256:12ab",
    }  # fmt: skip
    public = {**said, "sensitivity": "public", "file": "data/crime.csv", "hash": "sha256:34cd"}
    made = {"notebook": NOTEBOOK, "inputs": ["victims", "crime"]}
    lineage = {
        "inputs": {"victims": said, "crime": public},
        "notebooks": {NOTEBOOK: {"title": "Case files"}},
        "tables": {"victims_by_area": made},
    }
    root, locality = synthetic
    (entry,) = ledger_files.read(root, NAME).entries
    cited = citation.cited(locality, entry, None)
    released = Described(
        locality, entry, {f"notebooks/{NOTEBOOK}.ipynb": b"{}"}, lineage, {"resources": []}, cited, False
    )
    graph = {one["@id"]: one for one in json.loads(metadata.describe(released))["@graph"]}
    assert graph[f"#run-{NOTEBOOK}"]["object"] == [{"@id": "#input-crime"}, {"@id": "#input-victims"}]
    assert graph["#input-victims-hash"]["value"] == "hmac-sha256:12ab"
    assert "stay with the data holder" in graph["#input-victims"]["conditionsOfAccess"]
    assert "conditionsOfAccess" not in graph["#input-crime"]


def test_it_is_cited_by_its_people_and_names_the_software(crate: Path) -> None:
    said = yaml.safe_load(files(crate)["data/CITATION.cff"])
    assert said["cff-version"] == "1.2.0" and said["type"] == "dataset"
    assert said["authors"][0]["family-names"] == "Carberry"
    assert said["date-released"] == "2026-03-15"  # text, as the schema of the format asks
    assert said["references"][0]["type"] == "software"
    deposit = json.loads(files(crate)["data/zenodo.json"])["metadata"]
    assert deposit["creators"] == [
        {"name": "Carberry, Josiah", "orcid": "0000-0002-1825-0097", "affiliation": "The Force"}
    ]
    assert deposit["dates"] == [{"type": "collected", "start": "2026-01-01", "end": "2026-02-28"}]


CFF = {  # keys of Citation File Format 1.2.0 that we use: of the file, of a person or an organisation, of a reference
    "": "abstract authors cff-version date-released identifiers keywords license message references title type version",
    "authors": "affiliation family-names given-names name orcid",
    "references": "authors doi issue journal license repository-code start title type url version volume year",
    "identifiers": "description type value",
}


@pytest.mark.parametrize("whose", ["the project", "the release"])
def test_a_citation_says_what_its_format_demands_in_the_words_of_its_format(whose: str, crate: Path) -> None:
    text = (ROOT / "CITATION.cff").read_bytes() if whose == "the project" else files(crate)["data/CITATION.cff"]
    said = parse_yaml(text.decode(), "CITATION.cff").data
    assert {"cff-version", "message", "title", "authors"} <= set(said) and said["cff-version"] == "1.2.0"
    assert said["type"] in ("software", "dataset")
    assert set(said) <= set(CFF[""].split())
    for part in ("references", "identifiers"):
        for one in said.get(part, []):
            assert set(one) <= set(CFF[part].split()), one
    for author in [*said["authors"], *(one for reference in said["references"] for one in reference["authors"])]:
        assert author and set(author) <= set(CFF["authors"].split())


def test_real_records_without_a_licence_given_say_so(tmp_path: Path) -> None:
    locality = propose(Root(tmp_path), EVEN)
    entry = {"number": 1, "period": {"from": "2026-01", "to": "2026-02"}, "records": "real"}
    assert citation.cited(locality, Entry(entry), None).licence == ""
    assert citation.cited(locality, Entry({**entry, "records": "synthetic"}), None).licence == "CC-BY-4.0"
    assert citation.cited(locality, Entry(entry), b"a: [").authors == ({"name": "The compendium authors"},)


# verify


def test_a_whole_crate_is_found_whole_as_zip_as_folder_and_as_tables(crate: Path, tmp_path: Path) -> None:
    home = unpacked(crate, tmp_path)
    found = verify.verify(crate)
    assert found.problems == () and len(found.checked) == 3
    assert verify.verify(home).release == found.release
    assert verify.verify(home / "data").release == found.release
    stated = graph_of(crate)["#release-hash"]["value"]
    assert stated == f"sha256:{found.release}"


def _edit(home: Path) -> None:
    path = home / "data" / "tables" / "victims_by_area.synthetic.csv"
    path.write_text(path.read_text("utf-8").replace(",30,", ",29,"), "utf-8")


def _forge(home: Path) -> None:
    """Change a number, and every hash that anybody could make anew."""
    data = home / "data"
    table, package, crate = (
        data / name for name in ("tables/victims_by_area.synthetic.csv", "datapackage.json", "ro-crate-metadata.json")
    )
    old = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (table, package)]
    _edit(home)
    package.write_text(package.read_text("utf-8").replace(old[0], _sha256(table)), "utf-8")
    said = crate.read_text("utf-8").replace(old[0], _sha256(table)).replace(old[1], _sha256(package))
    crate.write_text(said, "utf-8")
    payload = {path.relative_to(data).as_posix(): path.read_bytes() for path in data.rglob("*") if path.is_file()}
    for name, content in bagged(payload, {"Bagging-Date": "2026-03-15"}).items():
        (home / name).write_bytes(content)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _without_licence(home: Path) -> None:
    path = home / "data" / "ro-crate-metadata.json"
    said = json.loads(path.read_text("utf-8"))
    next(one for one in said["@graph"] if one["@id"] == "./").pop("license")
    path.write_text(json.dumps(said), "utf-8")


def _with_weak_hashes_only(home: Path) -> None:
    """A bag is one with any hash that BagIt knows; files that collide in MD5 can be made in minutes."""
    files = sorted(path for path in (home / "data").rglob("*") if path.is_file())
    lines = [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(home).as_posix()}\n" for path in files]
    (home / "manifest-md5.txt").write_text("".join(lines))
    (home / "manifest-sha512.txt").unlink()
    (home / "tagmanifest-sha512.txt").unlink()


def _again(manifest: Path) -> None:
    manifest.write_text(manifest.read_text("utf-8") + manifest.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")


def _without(manifest: Path) -> None:
    """The first line of a manifest goes: of the file that it names, whatever stands there would be believed."""
    manifest.write_text(manifest.read_text("utf-8").partition("\n")[2], "utf-8")


HARMS: list[tuple[Callable[[Path], object], str]] = [
    (_edit, "tables/victims_by_area.synthetic.csv: The file is not the one that was bagged"),
    (_forge, "The released files don't give the hash of the release"),
    (_without_licence, "The root lacks name, words or licence"),
    (lambda home: (home / "data" / "tables" / "more.csv").write_text("a"), "somebody added it"),
    (lambda home: (home / "index.html").write_text("read me first"), "index.html: The file is in no manifest"),
    (lambda home: (home / "data.txt").write_text("x"), "data.txt: The file is in no manifest"),
    (lambda home: _again(home / "manifest-sha512.txt"), "a line that is none, or names a file twice"),
    (lambda home: _without(home / "tagmanifest-sha512.txt"), "bag-info.txt: The file is in no manifest"),
    (_with_weak_hashes_only, "manifest-md5.txt: The file is in no manifest"),
    (lambda home: (home / "tagmanifest-sha512.txt").unlink(), "tagmanifest-sha512.txt: A bag of a release has"),
    (lambda home: (home / "data" / "values.json").unlink(), "data/values.json: The manifest names a file that isn't"),
    (lambda home: (home / "fetch.txt").write_text("https://example.org 1 data/x\n"), "would have to be fetched"),
    (lambda home: (home / "bagit.txt").write_bytes(b"\xff\xfe"), "no bag that can be read"),
    (lambda home: (home / "manifest-sha512.txt").unlink(), "manifest-sha512.txt: A bag of a release has"),
    (lambda home: (home / "manifest-sha512.txt").write_bytes(b"\xff"), "a manifest is no UTF-8"),
    (lambda home: (home / "bag-info.txt").write_text("Bagging-Date: 2020-01-01\n"), "bag-info.txt: The file is not"),
    (lambda home: (home / "data" / "ro-crate-metadata.json").write_text("[" * 100_000), "can't be read as JSON"),
    (lambda home: (home / "data" / "datapackage.json").write_text('{"resources": 7}'), "can't be read as JSON"),
    (
        lambda home: (home / "data" / "datapackage.json").write_text(
            '{"resources": [{"path": "../../../etc/passwd"}]}'
        ),
        "would lie outside",
    ),
]


@pytest.mark.parametrize(("harm", "said"), HARMS, ids=[said[:30] for _, said in HARMS])
def test_what_was_changed_added_or_taken_away_is_named(
    harm: Callable[[Path], object], said: str, crate: Path, tmp_path: Path
) -> None:
    home = unpacked(crate, tmp_path)
    harm(home)
    assert said in "\n".join(map(str, verify.verify(home).problems))


def test_a_table_that_was_laid_among_released_ones_is_named(crate: Path, tmp_path: Path) -> None:
    data = unpacked(crate, tmp_path) / "data"
    (data / "ro-crate-metadata.json").unlink()
    (data / "tables" / "more.csv").write_text("a")
    found = verify.verify(data)
    assert not found.bagged
    assert [str(one) for one in found.problems] == [f"tables/more.csv: {verify.UNDESCRIBED}"]


def test_the_program_that_travels_is_held_by_the_hash_of_the_whole_file_alone(crate: Path, tmp_path: Path) -> None:
    home = unpacked(crate, tmp_path)
    program = home / "data" / "project" / "src" / "compendium" / "__main__.py"
    program.write_text("print('taken')\n")
    crate_json = home / "data" / "ro-crate-metadata.json"
    said = json.loads(crate_json.read_text("utf-8"))
    said["@graph"] = [one for one in said["@graph"] if not one["@id"].endswith("compendium/__main__.py")]
    crate_json.write_text(json.dumps(said), "utf-8")
    data = home / "data"
    payload = {path.relative_to(data).as_posix(): path.read_bytes() for path in data.rglob("*") if path.is_file()}
    forged = tmp_path / "forged.zip"
    forged.write_bytes(
        packed({f"x/{name}": each for name, each in bagged(payload, {"Bagging-Date": "2026-03-15"}).items()})
    )
    found, whole = verify.verify(forged), verify.verify(crate)
    assert found.problems == () and found.bagged
    assert found.release == whole.release
    assert found.file != whole.file == _sha256(crate)


def test_every_shared_part_travels_but_what_lies_about_beside_the_notebooks(synthetic: tuple[Root, Locality]) -> None:
    shared = set(shipped.names(synthetic[0].path))
    assert {"_quarto.yml", "LICENSES/MIT.txt", "data_dictionaries/victims.yml"} <= shared
    assert shared - contents.gather(*synthetic).files.keys() == {"notebooks/notes.txt"}


def test_a_rerun_that_gives_other_bytes_is_told_by_file(
    synthetic: tuple[Root, Locality], crate: Path, tmp_path: Path
) -> None:
    outputs = synthetic[0].outputs / NAME
    assert verify.verify(crate, outputs).problems == ()
    shutil.copytree(outputs, tmp_path / "again")
    table = tmp_path / "again" / "tables" / "victims_by_area.synthetic.csv"
    table.write_text(table.read_text("utf-8").replace(",30,", ",31,", 1), "utf-8")
    table.with_suffix(".json").unlink()
    found = verify.verify(crate, tmp_path / "again").problems
    assert [(one.file, one.message) for one in found] == [
        (
            "tables/victims_by_area.synthetic.csv",
            "The bytes are others: row 2, column count (Z05, Zone 05, image): '30' | '31'.",
        ),
        ("tables/victims_by_area.synthetic.json", "It is in one of the two only."),
    ]


def whole() -> dict[str, Any]:
    """The least that RO-Crate asks for, with one file."""
    return {
        "@context": "https://w3id.org/ro/crate/1.3/context",
        "@graph": [
            {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}},
            {
                "@id": "./", "@type": ["Dataset"], "name": "n", "description": "d", "datePublished": "2026-03-15",
                "license": {"@id": "#l"}, "hasPart": [{"@id": "folder/"}],
            },
            {"@id": "folder/", "@type": "Dataset", "hasPart": {"@id": "folder/a.csv"}},
            {"@id": "folder/a.csv", "@type": "File"},
            {"@id": "#l", "@type": "CreativeWork"},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("entity", "key", "value", "said"),
    [
        (0, "@type", "File", "no metadata descriptor"),
        (0, "about", {"@id": "elsewhere/"}, "about no Dataset"),
        (0, "about", "./", "about no Dataset"),
        (1, "datePublished", "spring", "no date"),
        (1, "description", "", "lacks name, words or licence"),
        (1, "hasPart", [], "no part of the root"),
        (2, "hasPart", None, "no part of the root"),
        (3, "@type", None, "no @type"),
        (4, "@id", "./", "two have one"),
    ],
)
def test_each_thing_that_ro_crate_demands_is_missed_when_it_is_gone(
    entity: int, key: str, value: object, said: str
) -> None:
    document = whole()
    assert verify.musts(document) == []
    document["@graph"][entity][key] = value
    assert said in "\n".join(verify.musts(document))


def test_a_context_of_something_else_is_missed() -> None:
    assert verify.musts({**whole(), "@context": "https://schema.org"}) == ["The context is none of RO-Crate."]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["./", "File", "Dataset"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["@id", "@type", "about", "hasPart", "datePublished", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(context=JSON, graph=st.lists(JSON, max_size=5), about=JSON)
def test_no_metadata_of_any_shape_breaks_the_check(context: object, graph: list[object], about: object) -> None:
    descriptor = {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": about}
    assert verify.musts({"@context": context, "@graph": [descriptor, *graph]})
    assert verify.musts({"@graph": graph})


def test_a_tag_file_without_end_is_not_read(crate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "LARGEST_TAG", 1_000_000)
    home = unpacked(crate, tmp_path)
    (home / "bag-info.txt").write_text("Contact-Name: " + "a" * 1_000_000)
    assert "bag-info.txt: Larger than any" in "\n".join(map(str, verify.verify(home).problems))


# hostile zips


def _zip(*members: tuple[str, bytes], link: bool = False) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            member = zipfile.ZipInfo(name)
            member.external_attr = (0o120777 if link else 0o100644) << 16
            archive.writestr(member, data)
    return stream.getvalue()


def _lying() -> bytes:
    """A member that unpacks to a megabyte and says that it has ten bytes."""
    honest = _zip(("bag/a.txt", b"\0" * 1_000_000))
    size = (1_000_000).to_bytes(4, "little")
    return honest.replace(size, (10).to_bytes(4, "little"))


def _encrypted() -> bytes:
    data = bytearray(_zip(("a.txt", b"secret")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (_zip(("../canary", b"x")), "outside its folder"),
        (_zip(("/tmp/canary", b"x")), "outside its folder"),
        (_zip(("a\\..\\canary", b"x")), "outside its folder"),
        (_zip(("C:canary", b"x")), "outside its folder"),
        (_zip(("a", b"/etc/passwd"), link=True), "a link or a device"),
        (_zip(("a/A.txt", b"1"), ("a/a.TXT", b"2")), "two files of one name"),
        (_zip(("a" * 500, b"x")), "a very long name"),
        (_zip(*((f"{number}", b"") for number in range(20_001))), "more than any release"),
        (_lying(), "no zip that can be read|larger than it says"),
        (_encrypted(), "under a password"),
        (b"PK\x03\x04 cut short", "no zip that can be read"),
        (b"", "no zip that can be read"),
        (_zip(("a.txt", b"x")), "is no release"),
    ],
)  # fmt: skip
def test_a_zip_that_no_release_is_does_no_harm(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "in" / "release.zip"
    path.parent.mkdir()
    path.write_bytes(data)
    with pytest.raises(CompendiumError, match=said):
        verify.verify(path)
    assert list(tmp_path.rglob("canary*")) == []


@pytest.mark.parametrize("path", ["a" * 5_000, "tables", "\ud800.csv"])
def test_a_table_of_a_name_that_no_file_can_have_is_missing(path: str, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [{"path": path}]}), "utf-8")
    (problem,) = verify.verify(tmp_path).problems
    assert problem.message == "The file is described and isn't there."


def test_a_folder_with_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").symlink_to("/etc/passwd")
    with pytest.raises(CompendiumError, match="a link or a device"):
        verify.verify(tmp_path)
    with pytest.raises(CompendiumError, match="no such file"):
        verify.verify(tmp_path / "gone.zip")


def test_the_folder_where_one_stands_is_named_in_the_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CompendiumError, match=f"^{tmp_path.name} is no release"):
        verify.verify(Path())


def test_a_zip_depends_on_names_and_contents_alone() -> None:
    assert packed({"b": b"2", "a": b"1"}) == packed({"a": b"1", "b": b"2"})
    with zipfile.ZipFile(io.BytesIO(packed({"a": b"1"}))) as archive:
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


# who is credited


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("publisher: {name: ''}", "The publisher has no name"),
        ("publisher: {name: The Force, url: 'http://example.org'}", "This is no safe address"),
        ("publisher: {name: The Force, email: nobody}", "This is no address of mail"),
        ("people: [{given_names: A, family_names: ' '}]", "A name is empty"),
        ("people: [{given_names: A, family_names: B, orcid: 'https://orcid.org/0000-0002-1825-0098'}]", "no ORCID"),
        ("people: [{given_names: A, family_names: B, roles: [Boss]}]", "roles"),
        ("people: [{given_names: '<b>', family_names: B}]", "The text holds markup"),
        ("licence: all mine", "licence"),
    ],
)
def test_a_mistake_in_who_is_credited_is_told_by_its_line(said: str, message: str, tmp_path: Path) -> None:
    root = Root(tmp_path)
    propose(root, EVEN)
    written = root.localities / NAME / "locality.yml"
    written.write_text(written.read_text("utf-8") + f"publication:\n  {said}\n", "utf-8")
    with pytest.raises(InputRefused, match=rf"line \d+: .*{message}"):
        load_locality(root, NAME)


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of a crate may come from the clock."""
    monkeypatch.setattr("rocrate.utils.iso_now", lambda: "2001-01-01")
    yield
