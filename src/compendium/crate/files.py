"""What each file of a crate is called, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from compendium import __version__
from compendium.crate.contents import CODE, MADE_ON, MADE_WITH, PROJECT
from compendium.crate.graph import LICENCES, Described, Graph

PYTHON = "https://www.python.org/"
LOCK = f"{PROJECT}/requirements/core.lock"
_WHAT = {
    "datapackage.json": ("Data Package", "Every released table, column by column (Data Package 2.0, Table Schema)."),
    "values.json": ("Numbers for sentences", "Each number that a page may say, a function of the released tables."),
    "certificate.json": ("Certificate", "For each hidden cell, what an intruder can tell of it at best."),
    "certificate-witnesses.json": ("Witnesses", "Tables that agree with all that is public, to be added up by anyone."),
    "lineage.json": ("Lineage", "For each table its notebook, cell, inputs and code."),
    "README.md": ("Read me", "What this is, how to cite it, check it and run it again."),
    "CITATION.cff": ("Citation", "How to cite this release (Citation File Format 1.2.0)."),
    "zenodo.json": ("Deposit", "The same for a deposit in Zenodo."),
    "CC-BY-4.0.txt": ("CC BY 4.0", "The licence of text and of made-up tables."),
    "MIT.txt": ("MIT", "The licence of code."),
    "LICENSE": ("Licences", "Which licence holds for what in the project."),
}


def describe(graph: Graph) -> None:
    """Every released file by itself; of the project, notebooks and environment by themselves, the rest by folder."""
    release = graph.release
    tables = {PurePosixPath(item["path"]).stem: item for item in release.package["resources"]}
    for name in sorted(release.files):
        if not name.startswith(f"{PROJECT}/"):
            graph.file(name, _released(graph, PurePosixPath(name), tables))
    parts = []
    for name in sorted(release.files):
        if name.startswith(f"{PROJECT}/notebooks/"):
            parts.append(graph.file(name, _notebook_to_run(graph, PurePosixPath(name).stem)))
        elif name == LOCK:
            said = {"name": "Environment", "description": "Every package with version and hash, for pip."}
            parts.append(graph.file(name, said))
    for folder, said in _folders(graph).items():
        if any(file.startswith(f"{folder}/") for file in release.files):
            parts.append(graph.folder(folder, said))
    again = "All that runs it again" if release.reruns else "Code and notebooks, without records of persons"
    words = "A compendium of one locality: README.md of the crate says how to run it."
    graph.folder(PROJECT, {"name": again, "description": words, "hasPart": parts})


def _released(graph: Graph, path: PurePosixPath, tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    narrow = ".narrow" in path.name
    item = tables.get(path.name.removesuffix(path.suffix).removesuffix(".narrow"))
    if path.parts[0] == "tables" and item:
        form = "" if path.suffix == ".csv" else " (JSON)"
        return {"name": f"{item['title']}{form}", "description": item["description"], **_licensed(graph, item)}
    if path.parts[0] == "figures" and item:
        return {
            "@type": ["File", "ImageObject"],
            "name": f"Chart: {item['title']}{' (narrow)' if narrow else ''}",
            "description": f"Drawn from {item['path']}.",
            "isBasedOn": graph.here(item["path"]),
            **_licensed(graph, item),
        }
    if path.parts[0] == "notebooks":
        words = "As published: prose, code and released tables, no output that was not released."
        return {"name": f"Notebook: {_title(graph.release, path.stem)}", "description": words}
    name, description = _WHAT.get(path.name, (path.name, f"{path.name} of the release."))
    return {"name": name, "description": description}


def _licensed(graph: Graph, item: Mapping[str, Any]) -> dict[str, Any]:
    """The licence of a table where it is another than that of the release."""
    names = [str(licence["name"]) for licence in item.get("licenses", []) if licence["name"] in LICENCES]
    return {"license": graph.licence(names[0])} if names and names[0] != graph.release.cited.licence else {}


def _notebook_to_run(graph: Graph, stem: str) -> dict[str, Any]:
    made_on = str(graph.release.entry.record[MADE_WITH][MADE_ON])
    python = graph.add(
        PYTHON,
        "ComputerLanguage",
        name="Python",
        url=PYTHON,
        version=made_on.partition(",")[0].removeprefix("Python "),
    )
    return {
        "@type": ["File", "SoftwareSourceCode"],
        "name": f"Notebook to run: {_title(graph.release, stem)}",
        "description": "As it is run: parameters, prose and calls, stored without outputs.",
        "programmingLanguage": python,
        "version": __version__,
    }


def _folders(graph: Graph) -> dict[str, dict[str, Any]]:
    inputs = "The locality's settings, and the inputs that may travel."
    return {
        f"{PROJECT}/{CODE}": {
            "name": "Program",
            "description": f"The package that made the release, version {__version__}.",
            "license": graph.licence("MIT"),
        },
        f"{PROJECT}/data_dictionaries": {
            "name": "Data dictionaries",
            "description": "One description a table: its columns, and what was checked.",
        },
        f"{PROJECT}/evidence": {"name": "Evidence register", "description": "Published figures, compiled by hand."},
        f"{PROJECT}/localities": {"name": "Settings and inputs", "description": inputs},
    }


def _title(release: Described, notebook: str) -> str:
    return str(release.lineage["notebooks"].get(notebook, {}).get("title") or notebook)
