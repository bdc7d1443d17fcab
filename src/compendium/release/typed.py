"""What a notebook says about a table is typed in its source, never computed.

A computed title or caption could hold a record's value, or a number that nobody protected: a count in a caption would
give away what is hidden in the table below it. So what was proposed must stand, word for word, in a call of `publish`.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from compendium.errors import Problem
from compendium.proposals import Derivation, Proposal

SAID = ("title", "chart", "caption", "note", "options", "designs", "kind", "of")
CALLS = ("publish", "derive")
REMEDY = "Write it out in the call of publish: a computed text could hold a record or an unprotected number."


def problems(notebook: NotebookNode, name: str, found: Mapping[str, Proposal | Derivation]) -> list[Problem]:
    """What `notebook` proposed in words that its source doesn't hold."""
    calls = [call for cell in notebook.cells if cell.cell_type == "code" for call in _calls(cell.source)]
    said = {(call["name"], word, _plain(call[word])) for call in calls for word in SAID if word in call}
    names = {call["name"] for call in calls}
    wrong = []
    for proposal in (found[key] for key in sorted(found) if found[key].notebook == name):
        file = f"notebooks/{name}.ipynb"
        if proposal.name not in names:
            wrong.append(Problem(file, message="The name of a published table is computed.", remedy=REMEDY))
            continue
        computed = [
            word
            for word in SAID
            if getattr(proposal, word, None) and (proposal.name, word, _plain(getattr(proposal, word))) not in said
        ]
        wrong += [
            Problem(file, message=f"{proposal.name}: its {word} is computed.", remedy=REMEDY) for word in computed
        ]
    return wrong


def _calls(source: str) -> Iterator[dict[str, Any]]:
    """Every call of `publish` or `derive` whose name is typed, with those of its words that are."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # a cell of magics publishes nothing
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            words = dict(zip(("name", *("kind",) * (node.func.attr == "derive")), node.args, strict=False))
            words |= {word.arg: word.value for word in node.keywords if word.arg in (*SAID, "name")}
            call = {word: value for word, node in words.items() if (value := _typed(node)) is not None}
            if "name" in call:
                yield call


def _typed(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
