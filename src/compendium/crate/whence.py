"""Where a release comes from: inputs by hash, a run of each notebook, disclosure control, the approval.

A run is a `CreateAction` as the profile Process Run Crate 0.6 asks. Nobody's clock is read, so a run has no time.
"""

from __future__ import annotations

from collections.abc import Mapping

from compendium.crate.contents import PROJECT
from compendium.crate.graph import Graph, Ref

_STAYS = "Records of persons: they stay with the data holder and are not in this crate."


def describe(graph: Graph, software: Ref, publisher: Ref) -> None:
    """All actions, named by the root."""
    inputs = {table: _input(graph, table, said) for table, said in graph.release.lineage["inputs"].items()}
    actions = [
        *(
            _run(graph, notebook, inputs, software, publisher)
            for notebook in sorted(graph.release.lineage["notebooks"])
        ),
        _settling(graph, software, publisher),
        _approval(graph, publisher),
    ]
    graph.root["mentions"] = actions


def _input(graph: Graph, table: str, said: Mapping[str, str]) -> Ref:
    """An input: its file where it travels, else what may be known of it."""
    name = f"{PROJECT}/{said['file']}"
    words = {"name": said["title"], "description": f"Input ({said['provenance']}). Source: {said['source']}"}
    if said["file"] and name in graph.release.files:
        return graph.file(name, words)
    kind, _, _ = said["hash"].partition(":")
    hash_ = graph.add(f"#input-{table}-hash", "PropertyValue", name="Hash", propertyID=kind, value=said["hash"])
    closed = said["sensitivity"] == "sensitive" and said["provenance"] == "real"
    withheld = {"conditionsOfAccess": _STAYS} if closed else {}
    return graph.add(f"#input-{table}", "Dataset", **words, identifier=hash_, **withheld)


def _run(graph: Graph, notebook: str, inputs: Mapping[str, Ref], software: Ref, publisher: Ref) -> Ref:
    lineage = graph.release.lineage
    made = sorted(name for name, said in lineage["tables"].items() if said["notebook"] == notebook)
    used = sorted({table for name in made for table in lineage["tables"][name]["inputs"] if table in inputs})
    paths = {item["name"]: item["path"] for item in graph.release.package["resources"]}
    tables = [paths[name.replace("_", "-")] for name in made if name.replace("_", "-") in paths]
    return graph.add(
        f"#run-{notebook}",
        "CreateAction",
        name=f"Notebook: {lineage['notebooks'][notebook]['title'] or notebook}",
        description=f"compendium run {graph.release.locality.id} --only {notebook}",
        agent=publisher,
        instrument=[*graph.here(f"{PROJECT}/notebooks/{notebook}.ipynb"), software],
        object=[inputs[table] for table in used],
        result=graph.here(*tables, f"notebooks/{notebook}.ipynb"),
    )


def _settling(graph: Graph, software: Ref, publisher: Ref) -> Ref:
    return graph.add(
        "#settle",
        "CreateAction",
        name="Disclosure control of all tables together",
        description="Small counts hidden, the release attacked from what is public, charts drawn from what is shown.",
        agent=publisher,
        instrument=software,
        result=graph.here("datapackage.json", "values.json", "certificate.json", "lineage.json"),
    )


def _approval(graph: Graph, publisher: Ref) -> Ref:
    """Who approved it stands in the ledger; a crate travels further and names nobody who didn't ask for it."""
    entry = graph.release.entry
    people = len(entry.record["by"])
    return graph.add(
        "#approval",
        "AuthorizeAction",
        name="Approval of the release",
        description=f"Checked by {people} people before it left: entry {entry.number} of the ledger.",
        agent=publisher,
        object={"@id": "./"},
        endTime=entry.date,
    )
