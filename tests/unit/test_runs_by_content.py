"""For each kind of change exactly those notebooks run again that rest on it; and the reason names what changed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from compendium.cli import main
from compendium.paths import Root
from compendium.progress import Event, Progress
from compendium.release import key
from compendium.seen import versions
from compendium.workflow import content, finished, glance
from compendium.workflow.cache import Cache
from compendium.workflow.plan import plan, settling
from compendium.workflow.reasons import Reason, between_cells
from compendium.workflow.run import run
from tests.acceptance.toy import LOCALITY, OPEN, PUBLISH, SETTINGS, VICTIMS, copy_toy

CASES, REGISTER = "01_cases", "02_register"
BOTH, NONE = {CASES, REGISTER}, set[str]()
READS = [
    'import sys\nsys.path.insert(0, "")\nimport own\nfrom compendium import Study\nstudy = Study.open(locality)',
    "register = study.table('studies')",
    "text = (study.root.path / 'evidence' / 'references.bib').read_text('utf-8')",
]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compendium of two notebooks that has been run, and a copy of the package beside it to be changed."""
    folder = copy_toy(tmp_path_factory.mktemp("ran") / "toy", {CASES: [OPEN, PUBLISH], REGISTER: READS})
    (folder / "notebooks" / "own.py").write_text("ONE = 1\n", "utf-8")
    path = folder / "notebooks" / f"{REGISTER}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][0]["source"] = 'locality: str = ""\nrounds: int = 5\npassword: str = ""'
    declared = notebook["metadata"]["compendium"]["parameters"]
    declared |= {"rounds": {"type": "integer"}, "password": {"type": "string", "sensitive": True}}
    text = {"cell_type": "markdown", "id": "words", "metadata": {}, "source": "What stands in the register."}
    notebook["cells"].insert(1, text)
    path.write_text(json.dumps(notebook), "utf-8")
    with (folder / SETTINGS).open("a", encoding="utf-8") as stream:
        stream.write(f"notebooks:\n  {REGISTER}: {{rounds: 7, password: fox}}\n")
    root = Root(folder)
    cache = Cache.open(folder / ".private" / "cache", root)
    assert run(root, plan(root, [LOCALITY], cache=cache), jobs=2).problems == []
    return folder


@pytest.fixture(scope="module")
def own_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, to be changed and changed back."""
    folder = tmp_path_factory.mktemp("own") / "package"
    return Path(shutil.copytree(content.PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__", "assets")))


@pytest.fixture
def toy(ran: Path, own_package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of it in another folder, which rests on the copy of the package."""
    folder = Path(shutil.copytree(ran, tmp_path / "a copy"))
    for module in (content, key, glance):
        monkeypatch.setattr(module, "PACKAGE", own_package)
    key._modules.cache_clear()
    yield folder
    key._modules.cache_clear()
    while EDITED:
        path, before = EDITED.pop()
        path.write_text(before, "utf-8")


EDITED: list[tuple[Path, str]] = []


def reasons(toy: Path) -> dict[str, Reason]:
    return {task.notebook.name: task.reason for task in plan(Root(toy), [LOCALITY])}


def running(toy: Path) -> set[str]:
    return {name for name, reason in reasons(toy).items() if not reason.stands}


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text("utf-8")
    path.write_text(change(before), "utf-8")
    assert path.read_text("utf-8") != before
    if path.is_relative_to(content.PACKAGE):
        EDITED.append((path, before))


def edit_notebook(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), "utf-8")


def package() -> Path:
    return content.PACKAGE


CHANGES: dict[str, tuple[Callable[[Path], object], set[str], str]] = {
    "every file touched": (lambda toy: [os.utime(path) for path in toy.rglob("*")], NONE, ""),
    "a module that no notebook imports": (
        lambda toy: edit(package() / "doctor" / "line.py", lambda text: text + "# a comment\n"),
        NONE,
        "",
    ),
    "a comment in a module that one imports": (
        lambda toy: edit(package() / "analysis" / "cases.py", lambda text: text + "# a comment\n"),
        {CASES},
        "the imported module compendium/analysis/cases.py changed",
    ),
    "a module deep below": (
        lambda toy: edit(package() / "dictionary" / "raw.py", lambda text: text + "\n"),
        BOTH,
        "the imported module compendium/dictionary/raw.py changed",
    ),
    "a module beside the notebooks": (
        lambda toy: edit(toy / "notebooks" / "own.py", lambda text: "ONE = 2\n"),
        {REGISTER},
        "the imported module notebooks/own.py changed",
    ),
    "an input of one": (
        lambda toy: edit(toy / VICTIMS, lambda text: text + "\n"),
        {CASES},
        f"the input {VICTIMS.as_posix()} changed",
    ),
    "an input that is looked up": (
        lambda toy: edit(toy / VICTIMS.with_name("areas.synthetic.csv"), lambda text: text + "\n"),
        {CASES},
        "areas.synthetic.csv changed",
    ),
    "an input that is gone": (lambda toy: (toy / VICTIMS).unlink(), {CASES}, f"{VICTIMS.as_posix()} is missing"),
    "an input that none reads": (
        lambda toy: edit(toy / VICTIMS.with_name("ratings.synthetic.csv"), lambda text: text + "\n"),
        NONE,
        "",
    ),
    "a file that a cell opened by hand": (
        lambda toy: edit(toy / "evidence" / "references.bib", lambda text: text + "\n"),
        {REGISTER},
        "the input evidence/references.bib changed",
    ),
    "a dictionary of one": (
        lambda toy: edit(toy / "data_dictionaries" / "studies.yml", lambda text: text + "\n"),
        {REGISTER},
        "the input data_dictionaries/studies.yml changed",
    ),
    "a parameter": (
        lambda toy: edit(toy / SETTINGS, lambda text: text.replace("rounds: 7", "rounds: 9")),
        {REGISTER},
        "the parameter rounds was 7 and is 9",
    ),
    "a sensitive parameter": (
        lambda toy: edit(toy / SETTINGS, lambda text: text.replace("fox", "owl")),
        {REGISTER},
        "the parameter password changed",
    ),
    "what no notebook can see of locality.yml": (
        lambda toy: edit(toy / SETTINGS, lambda text: text.replace("Childline", "Another line") + "# a comment\n"),
        NONE,
        "",
    ),
    "a setting that all can see": (
        lambda toy: edit(toy / SETTINGS, lambda text: text.replace("to: 2023-04", "to: 2023-03")),
        BOTH,
        "in locality.yml period",
    ),
    "the file of a table of one": (
        lambda toy: edit(
            toy / SETTINGS, lambda text: text.replace("data/synthetic/victims", "./data/synthetic/victims")
        ),
        {CASES},
        "in locality.yml sources.victims",
    ),
    "a code cell": (
        lambda toy: edit_notebook(
            toy / "notebooks" / f"{CASES}.ipynb", lambda found: found["cells"][1].update(source=OPEN + "\n")
        ),
        {CASES},
        "code cell 2 changed",
    ),
    "a text cell": (
        lambda toy: edit_notebook(
            toy / "notebooks" / f"{REGISTER}.ipynb", lambda found: found["cells"][1].update(source="Other words.")
        ),
        {REGISTER},
        "text cell 1 changed",
    ),
    "outputs and metadata of a stored notebook": (
        lambda toy: edit_notebook(
            toy / "notebooks" / f"{CASES}.ipynb",
            lambda found: found["cells"][1].update(execution_count=4, metadata={"collapsed": True}),
        ),
        NONE,
        "",
    ),
    "a proposal damaged": (
        lambda toy: (toy / ".private" / LOCALITY / "proposals" / CASES / "victims_by_form.json").write_text("{}"),
        {CASES},
        "what its last run left is damaged: victims_by_form.json changed",
    ),
    "a raw notebook gone": (
        lambda toy: (toy / ".private" / LOCALITY / "notebooks" / f"{REGISTER}.ipynb").unlink(),
        {REGISTER},
        f"{REGISTER}.ipynb is missing",
    ),
    "the lock file cut short": (
        lambda toy: edit(toy / ".private" / LOCALITY / "lock.json", lambda text: text[:200]),
        BOTH,
        "it has not been run here yet",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_exactly_what_rests_on_a_change_runs_again(toy: Path, what: str) -> None:
    assert running(toy) == NONE
    change, expected, words = CHANGES[what]
    change(toy)
    found = reasons(toy)
    assert {name for name, reason in found.items() if not reason.stands} == expected
    for name in expected:
        assert words in str(found[name])
        assert "fox" not in json.dumps(found[name].record()) and "owl" not in json.dumps(found[name].record())


def test_another_version_of_a_library_or_of_python_runs_all_again(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = dict(versions.installed())
    monkeypatch.setattr(versions, "installed", lambda: {**now, "pandas": "0.1", "python": "3.99"})
    for reason in reasons(toy).values():
        assert f"pandas was {now['pandas']} and is 0.1" in str(reason)
        assert f"python was {now['python']} and is 3.99" in str(reason)
    monkeypatch.setattr(versions, "installed", lambda: {**now, "never_imported": "9"})
    assert running(toy) == NONE


def test_several_changes_are_all_told(toy: Path) -> None:
    for what in ("an input of one", "a comment in a module that one imports", "a code cell"):
        CHANGES[what][0](toy)
    assert [change.kind for change in reasons(toy)[CASES].changes] == ["source", "input", "module"]


def test_settling_tells_why_too(toy: Path) -> None:
    def why() -> str:
        root = Root(toy)
        planned = plan(root, [LOCALITY])
        (locality,) = planned.localities
        return str(settling(root, planned, locality))

    assert why() == "nothing it rests on has changed"
    table = toy / "outputs" / LOCALITY / "tables" / "victims_by_form.synthetic.csv"
    written = table.read_bytes()
    table.write_bytes(written + b"\n")
    assert why() == f"outputs/ isn't what settling made: tables/{table.name} changed"
    table.unlink()
    assert why() == f"outputs/ isn't what settling made: tables/{table.name} is missing"
    table.write_bytes(written)
    edit(package() / "charts" / "theme.py", lambda text: text + "# a comment\n")
    assert why() == "the imported module charts/theme.py changed"
    CHANGES["an input of one"][0](toy)
    assert why() == "its notebooks run first, and what they propose may change"
    (toy / ".private" / LOCALITY / "settled.json").write_text("{", "utf-8")
    (toy / VICTIMS).write_text((toy / VICTIMS).read_text("utf-8").removesuffix("\n"), "utf-8")
    assert why() == "it has not been settled here yet"


def test_the_explanation_is_data_for_programs(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    CHANGES["a parameter"][0](toy)
    CHANGES["a sensitive parameter"][0](toy)
    with pytest.raises(SystemExit) as ended:
        main(["run", "--explain", "--json", "--root", str(toy)])
    assert ended.value.code == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = {(line["stage"], line.get("notebook")): line for line in lines if line["event"] == "plan"}
    assert told["notebooks", CASES]["runs"] is False
    assert told["notebooks", CASES]["reason"]["kind"] == "unchanged"
    assert told["notebooks", REGISTER]["runs"] is True
    assert told["notebooks", REGISTER]["reason"]["changes"] == [
        {"kind": "parameter", "piece": "password", "change": "changed"},
        {"kind": "parameter", "piece": "rounds", "change": "changed", "before": 7, "after": 9},
    ]
    assert told["settle", None]["reason"]["changes"] == [
        {"kind": "notebook", "piece": REGISTER, "change": "changed"},
    ]


def colleague(toy: Path) -> tuple[Root, Cache]:
    """Another checkout, in which nothing was run, and the cache that they share."""
    shared = toy.parent / "shared"
    shutil.move(toy / ".private" / "cache", shared)
    shutil.rmtree(toy / ".private")
    shutil.rmtree(toy / "outputs")
    root = Root(toy)
    root.private_room(LOCALITY)
    cache = Cache.open(shared, root)
    assert cache
    return root, cache


def test_what_a_colleague_ran_is_taken_and_runs_no_more(toy: Path) -> None:
    before = {
        path.name: path.read_bytes()
        for path in (toy / ".private" / LOCALITY).rglob("*.json")
        if path.parent.name == CASES
    }
    root, cache = colleague(toy)
    planned = plan(root, [LOCALITY], cache=cache)
    assert [task.runs for task in planned] == [False, False]
    assert finished.fetch_all(root, planned, Progress()) == []
    assert running(toy) == NONE
    assert {path.name: path.read_bytes() for path in (root.proposals(LOCALITY) / CASES).iterdir()} == before


def test_what_of_it_is_damaged_is_told_and_runs(toy: Path) -> None:
    root, cache = colleague(toy)
    planned = plan(root, [LOCALITY], cache=cache)
    for path in (cache.folder / "files").rglob("*"):
        if path.is_file() and b"victims_by_form" in path.read_bytes():
            path.write_bytes(path.read_bytes().replace(b"1", b"2"))
    said: list[Event] = []
    assert [task.notebook.name for task in finished.fetch_all(root, planned, Progress(said.append))] == [CASES]
    assert any("01_cases is damaged, so it runs" in str(event) for event in said)
    assert running(toy) == {CASES}


def cell(kind: str, name: str, digest: str) -> tuple[str, str, str]:
    return kind, name, digest


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (["a1", "b2", "c3"], []),
        (["a1", "b9", "c3"], [("code cell 2", "changed")]),
        (["a1", "n7", "b2", "c3"], [("code cell 2", "added")]),
        (["a1", "c3"], [("code cell 2 of before", "removed")]),
        (["a1", "c3", "b2"], [("code cell 2", "moved")]),
        (["a1", "n7", "c3"], [("code cell 2", "changed")]),  # written anew in its place
        (["x1", "y2", "z3"], []),  # other ids, the same cells
        (["a1", "b9", "n7", "c3"], [("code cell 2", "changed"), ("code cell 3", "added")]),
    ],
)
def test_the_cell_that_changed_is_named(now: list[str], expected: list[tuple[str, str]]) -> None:
    before = tuple(cell("code", name[0], name[1]) for name in ("a1", "b2", "c3"))
    after = tuple(cell("code", name[0], name[1]) for name in now)
    found = {(change.piece, change.change) for change in between_cells(before, after)}
    assert found == set(expected)
