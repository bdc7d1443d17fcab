"""No way leads from records to the twin: it reads its parameters, the dictionaries and the locality's few facts."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from compendium.dictionary import load, twin
from compendium.dictionary.twin_adversarial import write_adversarial
from compendium.paths import Root
from tests.unit.test_twin import LOCALITIES, PERIOD, ROOT, committed

PACKAGE = Path(twin.__file__).parents[1]
MAY_IMPORT = {  # of ours; none of these reads a table of a locality
    "compendium.declared",
    "compendium.dictionary.load",
    "compendium.dictionary.schema",
    "compendium.errors",
    "compendium.markdown",
    "compendium.paths",
    "compendium.writing",
    "compendium.yamlfile",
}
READS = {"open", "read_csv", "read_text", "read_bytes", "read_table", "read_tables", "scan_csv", "load_locality"}
watching: list[list[str]] = []  # the list that a test gives, or none


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if watching and event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        watching[0].append(os.fsdecode(arguments[0]))


sys.addaudithook(_watch)  # can't be taken away again; silent while nobody watches


@pytest.fixture
def files_opened() -> Iterator[list[str]]:
    watching.append([])
    yield watching[0]
    watching.clear()


@pytest.fixture
def poisoned(tmp_path: Path) -> Root:
    """A root whose localities have records that would break whoever reads them, here and in a `data_root`."""
    poison = b"\xff\x00 not a record: nobody may read this"
    (tmp_path / "data_dictionaries").symlink_to(ROOT.dictionaries)
    for locality in LOCALITIES:
        source, folder = ROOT.localities / locality, tmp_path / "localities" / locality
        for path in [*source.rglob("*.csv"), source / "data" / "real" / "cases.csv"]:
            there = folder / path.relative_to(source)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(poison)
    parameters = twin.parameters_path(ROOT).read_bytes()
    (tmp_path / "localities" / "twin_parameters.yml").write_bytes(parameters)
    return Root(tmp_path)


@pytest.mark.parametrize("locality", LOCALITIES)
def test_the_twin_is_the_same_bytes_when_every_record_of_the_locality_is_poisoned(
    poisoned: Root, locality: str
) -> None:
    written = twin.write(poisoned, locality, area_level=LOCALITIES[locality], period=PERIOD)
    assert {path.name: path.read_bytes() for path in written} == {
        path.name: path.read_bytes() for path in committed(locality)
    }


@pytest.mark.parametrize("adversarial", [False, True])
def test_the_twin_opens_its_parameters_and_the_dictionaries_and_no_other_file_to_read(
    poisoned: Root, tmp_path: Path, files_opened: list[str], adversarial: bool
) -> None:
    if adversarial:
        write_adversarial(poisoned, "blackpool", tmp_path / "edges", area_level="zone", period=PERIOD)
    else:
        parameters = twin.load_parameters(twin.parameters_path(poisoned))
        twin.make("blackpool", parameters, load(poisoned.dictionaries), area_level="zone", period=PERIOD)
    ours = {Path(name) for name in files_opened if name.startswith(str(tmp_path))}
    read = {path for path in ours if not path.is_relative_to(tmp_path / "edges")}
    assert tmp_path / "localities" / "twin_parameters.yml" in read
    others = {path for path in read if not path.is_relative_to(tmp_path / "data_dictionaries")}
    assert others == {tmp_path / "localities" / "twin_parameters.yml"}


def modules() -> list[Path]:
    return sorted((PACKAGE / "dictionary").glob("twin*.py"))


@pytest.mark.parametrize("module", modules(), ids=lambda path: path.stem)
def test_no_module_of_the_twin_imports_or_calls_what_reads_records(module: Path) -> None:
    tree = ast.parse(module.read_text("utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    ours = {name for name in imported if name.split(".")[0] == "compendium"}
    # `from compendium.dictionary import twin_edge_records` names the package, whose other members stay unused
    allowed = {*MAY_IMPORT, "compendium.dictionary", *(f"compendium.dictionary.{path.stem}" for path in modules())}
    assert ours <= allowed
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    called = {getattr(call, "attr", getattr(call, "id", "")) for call in calls}
    assert not called & READS
