"""The notebooks of the compendium, their declared parameters, and the values a locality gives them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compendium.errors import CompendiumError, InputRefused, Problem, UnknownName, nearest
from compendium.locality import Locality
from compendium.paths import Root

TYPES: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}


@dataclass(frozen=True)
class Notebook:
    """A notebook as stored: name without folder and ending, title, source and declared parameters."""

    name: str
    title: str
    text: str
    parameters: Mapping[str, Mapping[str, Any]]

    @property
    def sources(self) -> str:
        """What is executed: the sources of its cells, without outputs and metadata."""
        return json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in json.loads(self.text)["cells"]])


def load(root: Root) -> dict[str, Notebook]:
    """All notebooks by name, in order."""
    found = {}
    for path in sorted(root.notebooks.glob("*.ipynb")):
        text = path.read_text("utf-8")
        try:
            ours = json.loads(text)["metadata"].get("compendium", {})
        except (ValueError, KeyError) as wrong:
            raise InputRefused(
                Problem(root.relative(path), message="This is not a notebook.", remedy="Restore it.")
            ) from wrong
        found[path.stem] = Notebook(path.stem, ours.get("title", path.stem), text, ours.get("parameters", {}))
    if not found:
        raise CompendiumError("There are no notebooks in notebooks/.", "Restore the folder from the project.")
    return found


def choose(notebooks: Mapping[str, Notebook], wanted: list[str]) -> list[str]:
    """Names of the notebooks that `wanted` means: `case_files`, `03` and `03_case_files` are the same one."""
    chosen = []
    for word in wanted:
        hits = [name for name in notebooks if word in (name, name.split("_", 1)[-1], name.split("_", 1)[0])]
        if not hits:
            raise UnknownName(f"No notebook is called {word}.", nearest(word, notebooks))
        chosen += hits
    return [name for name in notebooks if name in chosen] if wanted else list(notebooks)


def parameters(notebook: Notebook, locality: Locality) -> dict[str, Any]:
    """The parameters of one run, checked against what the notebook declares, before any kernel starts."""
    given = dict(locality.notebooks.get(notebook.name, {}))
    file = f"localities/{locality.id}/locality.yml"
    problems = []
    for name, value in given.items():
        declared = notebook.parameters.get(name)
        message = "" if declared is None else _wrong(declared, value)
        if declared is None:
            message = f"{notebook.name} has no parameter {name}. {nearest(name, notebook.parameters)}"
        if message:
            problems.append(Problem(file, column=f"notebooks.{notebook.name}.{name}", message=message))
    if problems:
        raise UnknownName(problems)
    return {**given, "locality": locality.id}


def _wrong(declared: Mapping[str, Any], value: Any) -> str:
    kind = TYPES.get(declared.get("type", "string"), str)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        return f"The value must be of type {declared.get('type', 'string')}."
    if "choices" in declared and value not in declared["choices"]:
        return f"The value must be one of {', '.join(map(str, declared['choices']))}."
    if "minimum" in declared and value < declared["minimum"]:
        return f"The value must be at least {declared['minimum']}."
    if "maximum" in declared and value > declared["maximum"]:
        return f"The value must be at most {declared['maximum']}."
    return ""
