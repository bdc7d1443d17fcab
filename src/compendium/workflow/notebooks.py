"""The notebooks of the compendium, their declared parameters, and the values a locality gives them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from compendium import bounded
from compendium.errors import CompendiumError, InputRefused, Problem, UnknownName, nearest
from compendium.locality import Locality
from compendium.paths import INJECTED, Root

TYPES: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
FORMAT = 4  # of notebooks
LARGEST = 64 << 20  # bytes of a notebook
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


@dataclass(frozen=True)
class Notebook:
    """A notebook as stored: name without folder and ending, title, source and declared parameters."""

    name: str
    title: str
    text: str
    parameters: Mapping[str, Mapping[str, Any]]

    @cached_property
    def cells(self) -> tuple[tuple[str, str, str], ...]:
        """Type, id and source of each cell: what is executed, without outputs and metadata."""
        stored = json.loads(self.text)["cells"]
        return tuple((str(cell["cell_type"]), str(cell.get("id", "")), _source(cell)) for cell in stored)

    def is_in(self, raw: Path) -> bool:
        """Whether an executed notebook is this one: the same cells, but for the one that a run adds, and what it says
        of itself."""
        try:
            found = json.loads(bounded.text_of(raw, LARGEST))
            cells = [cell for cell in found["cells"] if INJECTED not in cell["metadata"].get("tags", [])]
            ours = tuple((cell["cell_type"], cell.get("id", ""), _source(cell)) for cell in cells)
            said = [one["metadata"].get("compendium") for one in (found, json.loads(self.text))]
        except (InputRefused, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False
        return ours == self.cells and said[0] == said[1] and found.get("nbformat") == FORMAT

    @property
    def sensitive(self) -> frozenset[str]:
        """The parameters whose values are told nowhere: declared `"sensitive": true`."""
        return frozenset(name for name, declared in self.parameters.items() if declared.get("sensitive") is True)


def names(root: Root) -> list[str]:
    """The names of all notebooks, in order, without a look into them."""
    return sorted(path.stem for path in root.notebooks.glob("*.ipynb"))


def load(root: Root) -> dict[str, Notebook]:
    """All notebooks by name, in order. Raises `InputRefused` with what is wrong in any of them."""
    found: dict[str, Notebook] = {}
    problems: list[Problem] = []
    for path in sorted(root.notebooks.glob("*.ipynb")):
        try:
            found[path.stem] = _read(path, root.relative(path))
        except InputRefused as refused:
            problems += refused.problems
    if problems:
        raise InputRefused(problems)
    if not found:
        raise CompendiumError("There are no notebooks in notebooks/.", "Restore the folder from the project.")
    return found


def _read(path: Path, file: str) -> Notebook:
    if not NAME.fullmatch(path.stem):
        message = "A notebook is named with letters, digits and _ only, such as 03_case_files."
        raise InputRefused(Problem(file, message=message, remedy="Rename it."))
    try:
        text = bounded.text_of(path, LARGEST, file)
        stored = json.loads(text)
        cells = [(cell["cell_type"], _source(cell), cell["metadata"].get("tags", [])) for cell in stored["cells"]]
        ours = stored["metadata"].get("compendium", {})
        found = Notebook(path.stem, str(ours.get("title", path.stem)), text, dict(ours.get("parameters", {})))
        readable = stored["nbformat"] == FORMAT
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise InputRefused(_unreadable(file)) from wrong
    if not readable:
        raise InputRefused(_unreadable(file))
    if missing := sorted({"locality", *found.parameters} - _given_in_cell(cells)):
        message = f"Its cell tagged parameters doesn't set {', '.join(missing)}."
        raise InputRefused(Problem(file, message=message, remedy='Write it there, such as locality: str = "".'))
    return found


def valid(notebook: Notebook, file: str) -> Any:
    """The notebook as nbformat reads it. Raises `InputRefused` when its schema isn't kept. Imports a slow library."""
    import nbformat

    try:
        found = nbformat.reads(notebook.text, as_version=FORMAT)
        nbformat.validate(found)
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError, nbformat.ValidationError) as wrong:
        raise InputRefused(_unreadable(file)) from wrong
    return found


def _unreadable(file: str) -> Problem:
    message = "This is not a notebook that can be read."
    return Problem(file, message=message, remedy="Restore it, or save it again in JupyterLab.")


def _source(cell: Mapping[str, Any]) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def _given_in_cell(cells: list[tuple[str, str, list[str]]]) -> set[str]:
    """The names that the cell tagged `parameters` sets; none when there is no such cell or it isn't Python."""
    sources = [source for _, source, tags in cells if "parameters" in tags]
    try:
        body = [line for source in sources for line in ast.parse(source).body]
    except SyntaxError:
        return set()
    targets: list[ast.expr] = [line.target for line in body if isinstance(line, ast.AnnAssign)]
    targets += [target for line in body if isinstance(line, ast.Assign) for target in line.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}


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
