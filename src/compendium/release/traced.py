"""How a notebook's source makes what it publishes: which cell, from which tables, by which modules.

Read from the source alone: nothing is run, and nothing but the names of tables and modules is looked for. A notebook
is prose and a few calls, so what a call rests on is found by following its names back to where they were given.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from compendium.paths import INJECTED, PACKAGE

PUBLISH, DERIVE = "publish", "derive"
AGGREGATE = 1  # place of the aggregate in a call of publish, when it isn't named


@dataclass(frozen=True)
class Rests:
    """What an expression rests on: tables that the notebook asked for, modules of the project."""

    tables: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()

    def with_(self, others: Iterable[Rests]) -> Rests:
        every = [self, *others]
        return Rests(
            frozenset(name for one in every for name in one.tables),
            frozenset(name for one in every for name in one.modules),
        )


@dataclass(frozen=True)
class Call:
    """One call of `publish` or `derive`: the cell it stands in (the first has number 1), and what it rests on."""

    name: str
    kind: str  # publish or derive
    cell: int
    source: str  # of the aggregate, on one line; empty for what is derived
    rests: Rests


def calls(notebook: NotebookNode) -> Iterator[Call]:
    """Every call whose name is typed, in the order of the cells."""
    known: dict[str, Rests] = {}
    cells = (cell for cell in notebook.cells if INJECTED not in cell.metadata.get("tags", []))
    for number, cell in enumerate(cells, 1):
        if cell.cell_type != "code":
            continue
        try:
            tree = ast.parse(cell.source)
        except (SyntaxError, ValueError):  # a cell of magics publishes nothing
            continue
        for statement in tree.body:
            yield from _published(statement, number, known)
            known |= _imported(statement) | _given(statement, known)


def _published(statement: ast.stmt, cell: int, known: Mapping[str, Rests]) -> Iterator[Call]:
    for node in ast.walk(statement):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name = _word(node, 0, "name")
        if node.func.attr in (PUBLISH, DERIVE) and isinstance(name, ast.Constant):
            aggregate = _word(node, AGGREGATE, "aggregate") if node.func.attr == PUBLISH else None
            said = ast.unparse(aggregate) if aggregate else ""
            rests = _rests(aggregate, known) if aggregate else Rests()
            yield Call(str(name.value), node.func.attr, cell, said, rests)


def _word(call: ast.Call, place: int, name: str) -> ast.expr | None:
    if len(call.args) > place:
        return call.args[place]
    return next((word.value for word in call.keywords if word.arg == name), None)


def _imported(statement: ast.stmt) -> dict[str, Rests]:
    """Names that a statement imports from the project: each rests on its module."""
    found = {}
    if isinstance(statement, ast.ImportFrom) and (statement.module or "").split(".")[0] == PACKAGE.name:
        for alias in statement.names:
            module = module_file([*str(statement.module).split(".")[1:], alias.name])
            if module:
                found[alias.asname or alias.name] = Rests(modules=frozenset({module}))
    return found


def _given(statement: ast.stmt, known: Mapping[str, Rests]) -> dict[str, Rests]:
    """Names that a statement assigns to, and what they then rest on."""
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign) and statement.value is not None:
        targets, value = [statement.target], statement.value
    else:
        return {}
    found: dict[str, Rests] = {}
    for target in targets:
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            pairs = list(zip(target.elts, value.elts, strict=True))
        for names, given in pairs:
            for node in ast.walk(names):
                if isinstance(node, ast.Name):
                    before = [known[node.id]] if isinstance(statement, ast.AugAssign) and node.id in known else []
                    found[node.id] = _rests(given, known).with_(before)
    return found


def _rests(expression: ast.expr, known: Mapping[str, Rests]) -> Rests:
    parts = []
    for node in ast.walk(expression):
        if isinstance(node, ast.Name) and node.id in known:
            parts.append(known[node.id])
        elif isinstance(node, ast.Attribute) and (module := _attribute(node, known)):
            parts.append(Rests(modules=frozenset({module})))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "table":
            asked = _word(node, 0, "name")
            if isinstance(asked, ast.Constant):
                parts.append(Rests(tables=frozenset({str(asked.value)})))
    found = Rests().with_(parts)
    rooms = {str(Path(name).parent) for name in found.modules if Path(name).name != "__init__.py"}
    return Rests(found.tables, frozenset(name for name in found.modules if not _only_on_the_way(name, rooms)))


def _only_on_the_way(module: str, rooms: Iterable[str]) -> bool:
    """A room's own file, named only to reach a module in it."""
    path = Path(module)
    return path.name == "__init__.py" and str(path.parent) in rooms


def _attribute(node: ast.Attribute, known: Mapping[str, Rests]) -> str:
    """`analysis.evidence`, or a function that a room brings in from one of its modules: the file of that module."""
    if isinstance(node.value, ast.Name) and node.value.id in known:
        for module in known[node.value.id].modules:
            if Path(module).name == "__init__.py":
                file = module_file([*Path(module).parent.parts, node.attr])
                return file or _brought_in(module).get(node.attr, "")
    return ""


@cache
def _brought_in(room: str) -> Mapping[str, str]:
    """What the file of a room imports from modules of the project: name -> file of the module."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse((PACKAGE / room).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE.name:
            file = module_file(str(node.module).split(".")[1:])
            found |= {alias.asname or alias.name: file for alias in node.names if file}
    return found


def module_file(parts: Iterable[str]) -> str:
    """The file of a module of the project, relative to the package; empty when there is none."""
    path = Path(*parts)
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if (PACKAGE / file).is_file():
            return file.as_posix()
    return ""
