"""Releases of other teams: what fits is taken in as it was released; what doesn't is refused, whole and by file."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compendium.across import carried, checking, registry
from compendium.across.part import Part
from compendium.cli import main
from compendium.disclosure import ledger
from compendium.errors import CompendiumError, InputRefused, UnknownName
from compendium.paths import Root
from compendium.release import kept
from compendium.zipped import packed
from tests.unit.places_together import FORM, WHO, a_release, counts, drawn, released, write, zipped

CANARY = "canary-4711"
TABLE = "tables/victims_by_form.synthetic"


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A compendium with one locality of its own."""
    home = tmp_path / "home"
    (home / "localities" / "blackpool").mkdir(parents=True)
    (home / "localities" / "blackpool" / "locality.yml").write_text("id: blackpool\n", "utf-8")
    (home / "data_dictionaries").mkdir()
    (home / "_quarto.yml").write_text("", "utf-8")
    return Root(home)


def read(path: Path, asked: str = "") -> Part:
    return checking.checked(carried.read(path), asked)


# --- what fits -------------------------------------------------------------------------------------------------------


def test_a_folder_a_zip_and_a_bag_of_a_release_say_the_same(tmp_path: Path) -> None:
    folder = a_release(tmp_path / "leeds")
    plain, bag = zipped(folder, tmp_path / "a.zip"), zipped(folder, tmp_path / "b.zip", "leeds-release-1/data/")
    parts = [read(path) for path in (folder, plain, bag)]
    assert parts[0] == parts[1] == parts[2]
    assert (parts[0].id, parts[0].name, parts[0].period) == ("leeds", "Place leeds", ("2022-05", "2023-04"))
    table = parts[0].tables["victims_by_form"]
    assert list(table.dimensions[0].categories) == ["image", "talk", "other"]  # in the order of publication
    assert set(table.bounds) == set(table.hidden) != set()


def test_what_was_taken_in_comes_back_as_it_was(tmp_path: Path, root: Root) -> None:
    part = read(a_release(tmp_path / "leeds", area={"code": "E08000035", "level": "district"}))
    assert registry.keep(root, part, dry_run=True) == "new"
    assert registry.brought(root) == []
    assert registry.keep(root, part) == "new"
    assert registry.keep(root, part) == "same"
    assert registry.brought(root) == [part]
    newer = read(a_release(tmp_path / "newer", seed=2, area={"code": "E08000035", "level": "district"}))
    assert registry.keep(root, newer) == "replaced"
    registry.remove(root, "leeds")
    assert registry.brought(root) == []
    with pytest.raises(UnknownName):
        registry.remove(root, "leeds")


def test_an_id_of_ones_own_or_of_another_place_is_not_taken(tmp_path: Path, root: Root) -> None:
    with pytest.raises(CompendiumError, match="blackpool is a locality of this compendium"):
        registry.keep(root, read(a_release(tmp_path / "a", id="blackpool")))
    registry.keep(root, read(a_release(tmp_path / "b")))
    with pytest.raises(CompendiumError, match="another place"):
        registry.keep(root, read(a_release(tmp_path / "c", name="Leeds elsewhere")))


def test_a_file_of_the_registry_that_was_edited_is_refused(tmp_path: Path, root: Root) -> None:
    registry.keep(root, read(a_release(tmp_path / "leeds")))
    path = registry.file_of(root, "leeds")
    path.write_text(path.read_text("utf-8").replace('"Place leeds"', '"Place lied"'), "utf-8")
    with pytest.raises(InputRefused, match=r"registry/leeds\.json: It was changed.* --remove leeds"):
        registry.brought(root)
    registry.remove(root, "leeds")  # what the message says helps
    registry.keep(root, read(tmp_path / "leeds"))
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(InputRefused):
        registry.brought(root)


def test_a_file_of_the_registry_with_a_hash_of_its_own_is_held_to_its_form(tmp_path: Path, root: Root) -> None:
    registry.keep(root, read(a_release(tmp_path / "leeds")))
    path = registry.file_of(root, "leeds")
    good = json.loads(path.read_text("utf-8"))
    for change in ({"link": "javascript:alert(1)"}, {"id": "york"}, {"tables": {"t": CANARY}}, {"period": None}):
        said = {**good, **change}
        path.write_text(json.dumps({**said, "entry": ledger.seal(said)}), "utf-8")
        with pytest.raises(InputRefused, match=r"registry/leeds\.json") as refused:
            registry.brought(root)
        assert CANARY not in str(refused.value)


FORGED: dict[str, Callable[[dict[str, Any], dict[str, Any]], object]] = {
    "live name": lambda part, table: part.update(name="<script>\n"),
    "name is no text": lambda part, table: part.update(name=5),
    "months": lambda part, table: part.update(period={"from": "soon", "to": "later"}),
    "months turned round": lambda part, table: part.update(period={"from": "2023-04", "to": "2022-05"}),
    "code": lambda part, table: part.update(area="[x](y)"),
    "release": lambda part, table: part.update(release="[x](https://example.org)"),
    "number": lambda part, table: part.update(number="<i>"),
    "date": lambda part, table: part.update(date="<i>"),
    "name of a table": lambda part, table: part["tables"].update({"../up": table}),
    "unit": lambda part, table: table.update(unit=""),
    "sensitivity": lambda part, table: table.update(sensitivity="open"),
    "origin": lambda part, table: table.update(provenance="made up"),
    "label": lambda part, table: table["dimensions"][0]["categories"][0].__setitem__(1, "a\n{{< include b >}}"),
    "a cell too few": lambda part, table: table["cells"].pop(),
    "a cell too many": lambda part, table: table["cells"].append(["a", 5]),
    "count is a text": lambda part, table: table["cells"][-1].__setitem__(-1, "<b>"),
    "count below nought": lambda part, table: table["cells"][-1].__setitem__(-1, -5),
    "count is a part": lambda part, table: table["cells"][-1].__setitem__(-1, 30.5),
    "a hidden one is shown": lambda part, table: next(c for c in table["cells"] if c[-1] is None).__setitem__(-1, 1),
    "bounds that tell": lambda part, table: table["bounds"][0].__setitem__(-1, table["bounds"][0][-2]),
    "bounds of a shown one": lambda part, table: table["bounds"].append([*table["cells"][-1][:-1], 0, 10]),
    "bounds are texts": lambda part, table: table["bounds"][0].__setitem__(-1, "<b>"),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_file_of_the_registry_that_somebody_sealed_anew_shows_nothing_that_gathering_refuses(
    forged: str, tmp_path: Path, root: Root
) -> None:
    registry.keep(root, read(a_release(tmp_path / "leeds")))
    path = registry.file_of(root, "leeds")
    said = json.loads(path.read_text("utf-8"))
    FORGED[forged](said, next(iter(said["tables"].values())))
    path.write_text(json.dumps({**said, "entry": ledger.seal(said)}), "utf-8")
    with pytest.raises(InputRefused, match=r"registry/leeds\.json: It isn't built as") as refused:
        registry.brought(root)
    assert "<" not in str(refused.value)


def test_releases_are_brought_in_listed_added_up_and_taken_out_by_command(
    tmp_path: Path, root: Root, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--root", str(root.path)])
        said = capsys.readouterr()
        assert ended.value.code == 0, said.err
        return said.out or said.err

    assert "Nothing was brought in yet" in run("gather", "--list")
    for seed, id in enumerate(("leeds", "york"), 1):
        assert "brought in; commit registry/" in run("gather", str(a_release(tmp_path / id, id, seed)))
    assert [line.split(":")[0] for line in run("gather", "--list").splitlines()] == ["leeds", "york"]
    told = run("compare", "--together")
    assert "victim; synthetic; leeds, york" in told
    assert "nothing more follows about any of them" in told
    record = json.loads(run("compare", "leeds", "york", "--together", "--json"))
    assert record["attacked"]["learnt"] == []
    assert all(row["lowest"] <= (row["count"] or row["lowest"]) for one in record["sums"] for row in one["rows"])
    assert "Person responsible" in run("compare", "leeds", "york")
    run("gather", "--remove", "leeds")
    assert not registry.file_of(root, "leeds").exists()


# --- real records ----------------------------------------------------------------------------------------------------


def a_ledger(folder: Path, release: Path, records: str = "real") -> Path:
    """The ledger of a place that approved what lies in `release`."""
    content = kept.files(release)
    archive = packed(content)
    said = {"kind": "release", "date": "2026-11-22", "by": ["A B", "C D"], "release": kept.release_hash(content)}
    said |= {"period": {"from": "2022-05", "to": "2023-04"}, "tables": {}, "statistics": {}, "records": records}
    entry = ledger.next_entry([], "leeds", {**said, "kept": hashlib.sha256(archive).hexdigest()})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "0001.json").write_text(json.dumps(entry.record), "utf-8")
    (folder / "0001.zip").write_bytes(archive)
    return folder


def test_real_records_come_with_their_approval_or_with_the_hash_that_is_published(tmp_path: Path) -> None:
    folder = a_release(tmp_path / "leeds", kind="real")
    with pytest.raises(InputRefused, match="nothing shows that two people approved it"):
        read(folder)
    part = read(a_ledger(tmp_path / "ledger", folder))
    assert (part.number, part.date) == (1, "2026-11-22")
    assert read(folder, part.release[:12]).release == part.release
    for wrong, said in (
        ("0" * 12, "Its hash doesn't begin"),
        (part.release[:6], "--hash has 6 signs. Give the first 12"),
    ):
        with pytest.raises(InputRefused, match=said):
            read(folder, wrong)


def test_a_ledger_that_was_edited_or_lacks_its_archive_is_refused(tmp_path: Path) -> None:
    folder = a_ledger(tmp_path / "ledger", a_release(tmp_path / "leeds", kind="real"))
    entry, archive = folder / "0001.json", folder / "0001.zip"
    good, data = entry.read_text("utf-8"), archive.read_bytes()
    entry.write_text(good.replace("2026-11-22", "2026-11-23"), "utf-8")
    with pytest.raises(InputRefused, match="changed after it was approved"):
        read(folder)
    entry.write_text(good, "utf-8")
    archive.write_bytes(data[:-1] + b"x")
    with pytest.raises(InputRefused, match="not the archive that was approved"):
        read(folder)
    archive.unlink()
    with pytest.raises(InputRefused, match="archive of the release is missing"):
        read(folder)


def test_a_withdrawn_release_is_not_taken_in(tmp_path: Path) -> None:
    folder = a_ledger(tmp_path / "ledger", a_release(tmp_path / "leeds", kind="real"))
    first = ledger.Entry(json.loads((folder / "0001.json").read_text("utf-8")))
    said = {"kind": "withdrawal", "date": "2026-12-01", "by": ["A B"], "withdraws": 1, "reason": "a mistake"}
    gone = ledger.next_entry([first], "leeds", said)
    (folder / "0002.json").write_text(json.dumps(gone.record), "utf-8")
    with pytest.raises(InputRefused, match="withdrawn"):
        read(folder)


# --- what does not fit -----------------------------------------------------------------------------------------------

Change = Callable[[Path], object]


def _replaced(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def package(change: Callable[[dict[str, Any]], object]) -> Change:
    """A change of the description of the package."""

    def changed(folder: Path) -> None:
        path = folder / "datapackage.json"
        said = json.loads(path.read_text("utf-8"))
        change(said)
        path.write_text(json.dumps(said), "utf-8")

    return changed


def described(change: Callable[[dict[str, Any]], object]) -> Change:
    """A change of the JSON beside a table."""

    def changed(folder: Path) -> None:
        path = folder / f"{TABLE}.json"
        said = json.loads(path.read_text("utf-8"))
        change(said)
        path.write_text(json.dumps(said), "utf-8")

    return changed


def place(**said: Any) -> Change:
    return package(lambda package: package["locality"].update(said))


def resource(**said: Any) -> Change:
    return package(lambda package: package["resources"][0].update(said))


def text(path: str, content: bytes) -> Change:
    return lambda folder: (folder / path).write_bytes(content)


def row(**said: Any) -> Change:
    return described(lambda table: table["rows"][0].update(said))


def dimension(change: Callable[[dict[str, Any]], object]) -> Change:
    return described(lambda table: change(table["dimensions"][0]))


DEEP = b"[" * 100_000 + b"]" * 100_000
HOSTILE: dict[str, Change] = {
    "a count was changed in the table": lambda f: _replaced(f / f"{TABLE}.csv", ",20,", ",21,"),
    "a count was changed in the JSON": row(count=12, status="published"),
    "a hidden count was filled in": described(
        lambda t: [r.update(count=3, status="published") for r in t["rows"] if r["count"] is None]
    ),
    "a count below zero": row(count=-5, status="published"),
    "a count that is no whole number": row(count=1.5, status="published"),
    "a count of 10^308": row(count=1e308, status="published"),
    "a count that is true": row(count=True, status="published"),
    "a count as text": row(count=CANARY, status="published"),
    "hidden and shown at once": row(status="hidden", count=20),
    "a row too many": described(lambda t: t["rows"].append(dict(t["rows"][0]))),
    "a row too few": described(lambda t: t["rows"].pop()),
    "a key too many in a row": row(note=CANARY),
    "rows that are no list": described(lambda t: t.update(rows=CANARY)),
    "no dimensions": described(lambda t: t.pop("dimensions")),
    "dimensions without number": described(lambda t: t.update(dimensions=t["dimensions"] * 9)),
    "a dimension twice": described(lambda t: t.update(dimensions=[t["dimensions"][0]] * 2)),
    "a dimension called count": dimension(lambda d: d.update(name="count")),
    "a category called Total": dimension(lambda d: d["categories"].update(Total="All")),
    "a million categories": dimension(lambda d: d.update(categories={str(n): "x" for n in range(1_000_000 // 100)})),
    "a code in two categories": dimension(lambda d: d["members"].update(image=["image", "talk"])),
    "a label that turns the direction of writing": dimension(lambda d: d["categories"].update(image="a\u202eb")),
    "a label with a zero byte": dimension(lambda d: d["categories"].update(image="a\x00b")),
    "a label of half a letter": dimension(lambda d: d["categories"].update(image="a\ud800b")),
    "a label of a megabyte": dimension(lambda d: d["categories"].update(image="x" * 2**20)),
    "a table under another name": described(lambda t: t.update(name="others")),
    "a name that is a path": described(lambda t: t.update(name="../../x")),
    "invented records that say that they are real": described(lambda t: t.update(provenance="real")),
    "a JSON that is none": text(f"{TABLE}.json", CANARY.encode()),
    "a JSON without end": text(f"{TABLE}.json", DEEP),
    "a JSON in UTF-16": text(f"{TABLE}.json", '{"kind": "counts"}'.encode("utf-16")),
    "a JSON with NaN": text(f"{TABLE}.json", b'{"kind": "counts", "rows": [NaN]}'),
    "a JSON with a key twice": text(f"{TABLE}.json", b'{"kind": "counts", "kind": "listing"}'),
    "no JSON beside a table": lambda f: (f / f"{TABLE}.json").unlink(),
    "a table that nobody described": text("tables/more.csv", CANARY.encode()),
    "a table that isn't there": lambda f: (f / f"{TABLE}.csv").unlink(),
    "another hash": resource(hash=f"sha256:{'0' * 64}"),
    "no hash": resource(hash=None),
    "another size": resource(bytes=1),
    "a path that leads out": resource(path="../../../etc/passwd"),
    "an absolute path": resource(path="/etc/passwd"),
    "an address as a path": resource(path="https://example.org/x.csv"),
    "a path that is no text": resource(path=[CANARY]),
    "the same table twice": package(lambda p: p["resources"].append(p["resources"][0])),
    "a resource that is no object": package(lambda p: p["resources"].append(CANARY)),
    "resources without number": package(lambda p: p.update(resources=p["resources"] * 2_000)),
    "no place": package(lambda p: p.pop("locality")),
    "a place that is a list": package(lambda p: p.update(locality=[CANARY])),
    "an id that is a path": place(id="../../x"),
    "the id of the site": place(id="site"),
    "a name with a line end": place(name=f"{CANARY}\nid: x"),
    "a name of a megabyte": place(name="x" * 2**20),
    "no name": place(name=" "),
    "a month 13": place(period={"from": "2022-13", "to": "2023-04"}),
    "the year 0 backwards": place(period={"from": "2023-04", "to": "0000-01"}),
    "a code with markup": place(area={"code": "<b>", "level": ""}),
    "a package that is a list": text("datapackage.json", b"[]"),
    "a package without end": text("datapackage.json", DEEP),
    "a link out": lambda f: (f / "tables" / "x.csv").symlink_to("/etc/passwd"),
    "a pipe": lambda f: os.mkfifo(f / "pipe"),
    "no tables": lambda f: shutil.rmtree(f / "tables"),
    "two releases in one": lambda f: a_release(f / "other"),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_release_that_does_not_fit_is_refused_in_words_that_repeat_nothing_of_it(
    change: Change, tmp_path: Path, root: Root, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = a_release(tmp_path / "leeds")
    change(folder)
    with pytest.raises(SystemExit) as ended:
        main(["gather", str(folder), "--root", str(root.path)])
    said = "".join(capsys.readouterr())
    assert ended.value.code == 1
    assert "error: " in said
    assert "Traceback" not in said
    assert CANARY not in said
    assert not (root.path / "registry").exists()


def a_zip(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return stream.getvalue()


def _link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("tables/x.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def _locked(data: bytes) -> bytes:
    return data.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
    )


def saying(data: bytes, size: int) -> bytes:
    """The list of entries says of a file of 1 MB that it unpacks to `size`."""
    return data.replace((1 << 20).to_bytes(4, "little"), size.to_bytes(4, "little"))


GOOD = ("datapackage.json", b"{}"), ("tables/t.csv", b"a,b\n")
ZIPS = {
    "no zip": b"PK\x03\x04 not at all",
    "empty": b"",
    "cut short": a_zip(*GOOD)[:-30],
    "a bomb": saying(a_zip(*GOOD, ("tables/b.csv", b"0" * (1 << 20))), size=300 << 20),
    "a path that leads out": a_zip(*GOOD, ("../../x", b"x")),
    "an absolute path": a_zip(*GOOD, ("/etc/x", b"x")),
    "a drive": a_zip(*GOOD, ("C:/x", b"x")),
    "a symbolic link": a_zip(*GOOD, (_link(), b"/etc/passwd")),
    "a password": _locked(a_zip(*GOOD)),
    "twenty thousand files": a_zip(*GOOD, *((f"tables/{n}.csv", b"") for n in range(20_000))),
    "another zip in it": a_zip(("release.zip", a_zip(*GOOD))),
}


@pytest.mark.parametrize("data", ZIPS.values(), ids=ZIPS.keys())
def test_a_zip_that_is_none_or_dangerous_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "release.zip"
    path.write_bytes(data)
    with pytest.raises(InputRefused):
        carried.read(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_two_files_of_one_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "release.zip"
    path.write_bytes(a_zip(*GOOD, GOOD[0]))
    with pytest.raises(InputRefused, match="two files of one name"):
        carried.read(path)


def test_a_release_in_which_small_counts_stand_is_refused_without_telling_them(tmp_path: Path) -> None:
    (item,) = released({"victims_by_form": counts(drawn(1), (FORM, WHO))})
    cells = item.frame.set_index(["form", "responsible"])
    assert cells.loc[("image", "adult"), "status"] == "hidden"
    cells.loc[("image", "adult"), ["count", "status"]] = [7, "published"]
    folder = write(tmp_path / "leeds", "leeds", [replace(item, frame=cells.reset_index())])
    with pytest.raises(InputRefused) as refused:
        read(folder)
    assert str(refused.value).startswith("leeds/victims_by_form: Small counts stand in it, or can be worked out.")
    assert "7" not in str(refused.value)
