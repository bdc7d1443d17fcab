"""The proof of a release as a file, and its check: no linear program, nothing but adding whole numbers up.

For each unit: the variables with their finest categories (codes that no table tells apart stand together), the cliques
of variables, and witness tables. A witness table gives a count for every cell of every clique; cells run through the
categories of the clique's variables in their order, the last variable fastest, clique after clique. The first table is
given whole, the others as `[place, count]` where they differ from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from compendium.aggregate import TOTAL
from compendium.disclosure.cliques import junction_tree
from compendium.disclosure.crossing import Crossing, Shape
from compendium.disclosure.witnesses import Proof
from compendium.errors import InputRefused, Problem

if TYPE_CHECKING:
    from compendium.disclosure.attack import ReleasedTable

Labels = tuple[str, ...]
HOW = (
    "Each table agrees with every published count of its unit when the cells are added up, and neighbouring cliques "
    "agree on the variables that they share. In one table of a cell's pair the cell is 0, in the other it reaches the "
    "threshold; or both reach it and differ."
)
LISTED = 5
MOST = 100_000_000  # counts of all witness tables together
SURE = 2**63  # sums of whole numbers below this are exact
WITNESSES = "certificate-witnesses.json"  # the name of the file beside the certificate


def written(
    unit: str,
    crossing: Crossing,
    proof: Proof,
    shapes: Sequence[Shape],
    hidden: Sequence[Sequence[Labels]],
    within: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """The proof of one unit, JSON-able. `hidden`: by shape, its hidden cells; `within`: what all records have."""
    variables = {}
    for name, size, codes in zip(crossing.variables, crossing.sizes, crossing.codes, strict=True):
        variables[name] = [sorted(code for code, atom in codes.items() if atom == number) for number in range(size)]
    cells = [
        [shape.name, *labels, *proof.pairs[region]]
        for number, shape in enumerate(shapes)
        for labels in hidden[number]
        if (region := crossing.where[number][labels]) in proof.pairs
    ]
    return {
        "unit": unit,
        "variables": variables,
        "within": {name: list(codes) for name, codes in sorted(within.items())},
        "cliques": [[crossing.variables[v] for v in clique] for clique in crossing.cliques],
        "first": proof.base.tolist(),
        "changes": [
            [[int(place), int(count)] for place, count in zip(*change, strict=True)] for change in proof.changes
        ],
        "cells": cells,
    }


def document(units: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The file of witnesses of a release."""
    return {"how": HOW, "units": list(units)}


def compact(said: Mapping[str, Any]) -> str:
    """The file as text: a changed table or a cell a line."""
    units = ["{" + ",\n".join(_line(key, value) for key, value in unit.items()) + "}" for unit in said["units"]]
    return "{" + f'"how": {json.dumps(said["how"])},' + '\n"units": [' + ",\n".join(units) + "]}\n"


def _line(key: str, value: Any) -> str:
    if key not in ("changes", "cells") or not value:
        return f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
    rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in value)
    return f"{json.dumps(key)}: [\n" + rows + "\n]"


@dataclass(frozen=True)
class Checked:
    """What adding up came to: hidden cells with a proof that holds, and what is wrong."""

    cells: int
    wrong: tuple[str, ...]


def check(said: Mapping[str, Any], tables: Sequence[ReleasedTable]) -> Checked:
    """Add up the witnesses of one unit against its released tables. Raises `InputRefused`: damaged, or too large."""
    try:
        system = _System(said)
        wrong = system.faults()
        cells = {table.shape.name: table for table in tables}
        pairs: dict[str, dict[Labels, tuple[int, int]]] = {name: {} for name in cells}
        for name, *labels, low, high in said["cells"]:
            pairs.setdefault(name, {})[tuple(labels)] = (int(low), int(high))
        wrong += [f"{name}: the proof names a table that is not there" for name in sorted(pairs.keys() - cells.keys())]
        proved = 0
        for name, table in sorted(cells.items()):
            good, faults = system.check_table(table, pairs[name])
            proved += good
            wrong += faults
        return Checked(proved, tuple(wrong))
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError, StopIteration):
        raise InputRefused(
            Problem(WITNESSES, message="The file of witnesses is damaged.", remedy="Settle again.")
        ) from None


class _System:
    """Variables, cliques and witness tables of one unit, as the file gives them."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.atoms = {name: [frozenset(codes) for codes in atoms] for name, atoms in said["variables"].items()}
        self.within = {name: frozenset(codes) for name, codes in said["within"].items()}
        self.cliques = [list(clique) for clique in said["cliques"]]
        self.sizes = [[len(self.atoms[name]) for name in clique] for clique in self.cliques]
        self.offsets = np.cumsum([0, *(prod(size) for size in self.sizes)])
        first = np.array(said["first"], dtype=np.int64)
        if len(first) * (1 + len(said["changes"])) > MOST:
            message = f"The tables of its witnesses hold more than {MOST:,} counts together: too many to be added up."
            raise InputRefused(Problem(WITNESSES, message=message, remedy="Release fewer tables of a unit together."))
        self.tables = np.tile(first, (1 + len(said["changes"]), 1))
        for number, change in enumerate(said["changes"], 1):
            if change:
                places, counts = np.array(change, dtype=np.int64).T
                self.tables[number, places] = counts

    def faults(self) -> list[str]:
        """Counts below 0, categories that stand twice, cliques that do not agree or do not hang together."""
        wrong = []
        if self.tables.shape[1] != self.offsets[-1] or (self.tables < 0).any():
            wrong.append("a witness table has a count below 0, or too few or too many counts")
            return wrong
        if int(self.tables.max(initial=0)) * self.tables.shape[1] >= SURE:
            wrong.append("a witness table has counts too large to be added up")
            return wrong
        if any(len(frozenset().union(*atoms)) != sum(map(len, atoms)) for atoms in self.atoms.values() if atoms):
            wrong.append("a category stands twice among those of its variable")
        for a, b in combinations(range(len(self.cliques)), 2):
            shared = [name for name in self.cliques[a] if name in self.cliques[b]]
            if (self._margin(a, shared) != self._margin(b, shared)).any():
                wrong.append(f"witness tables do not agree on what cliques {a + 1} and {b + 1} share")
        if not _hang_together([frozenset(clique) for clique in self.cliques]):
            wrong.append("the cliques do not belong to a triangulated graph of variables")
        return wrong

    def _margin(self, clique: int, names: Sequence[str]) -> np.ndarray:
        """The witness tables of a clique summed down to some of its variables."""
        part = self.tables[:, self.offsets[clique] : self.offsets[clique + 1]]
        full = part.reshape((len(self.tables), *self.sizes[clique]))
        gone = tuple(1 + place for place, name in enumerate(self.cliques[clique]) if name not in names)
        left = [name for name in self.cliques[clique] if name in names]
        order = [0, *(1 + left.index(name) for name in names)]
        return np.asarray(full.sum(axis=gone).transpose(order)).reshape(len(self.tables), -1)

    def check_table(self, table: ReleasedTable, pairs: Mapping[Labels, tuple[int, int]]) -> tuple[int, list[str]]:
        """How many hidden cells of a released table are proved, and what does not add up."""
        name = table.shape.name
        shown, hidden = list(table.counts), list(table.hidden)
        sums = self._sums(table.shape, [*shown, *hidden]) @ self.tables.T
        printed = np.array([table.counts[labels] for labels in shown], dtype=np.int64)
        off = np.flatnonzero((sums[: len(shown)] != printed[:, None]).any(axis=1))
        wrong = [f"{name}: a witness table does not give {', '.join(shown[i])}" for i in off[:LISTED]]
        proved = 0
        for labels, counts in zip(hidden, sums[len(shown) :], strict=True):
            if labels not in pairs:
                continue
            low, high = counts[pairs[labels][0]], counts[pairs[labels][1]]
            if (low == 0 and high >= table.threshold) or (min(low, high) >= table.threshold and low != high):
                proved += 1
            else:
                wrong.append(f"{name}: the tables named do not show {', '.join(labels)} protected")
        return proved, wrong

    def _sums(self, shape: Shape, rows: Sequence[Labels]) -> sparse.csr_matrix:
        """A row a cell or margin: 1 for every count of a clique that it adds up."""
        needed = shape.variables | self.within.keys()
        clique = next(n for n, names in enumerate(self.cliques) if needed <= set(names))
        found = [self.offsets[clique] + self._places(shape, clique, labels) for labels in rows]
        starts = np.cumsum([0, *map(len, found)])
        columns = np.concatenate([np.zeros(0, dtype=np.int64), *found])  # also where there is no row
        return sparse.csr_matrix(
            (np.ones(len(columns), dtype=np.int64), columns, starts), shape=(len(rows), self.tables.shape[1])
        )

    def _places(self, shape: Shape, clique: int, labels: Labels) -> np.ndarray:
        at = np.zeros(1, dtype=np.int64)
        for name, size in zip(self.cliques[clique], self.sizes[clique], strict=True):
            held = [n for n, codes in enumerate(self.atoms[name]) if self._holds(shape, labels, name, codes)]
            at = (at[:, None] * size + np.array(held, dtype=np.int64)[None, :]).ravel()
        return at

    def _holds(self, shape: Shape, labels: Labels, name: str, codes: frozenset[str]) -> bool:
        """Whether a cell holds some codes of a variable. Codes of which it holds a part are no category: an error."""
        kept = codes & self.within.get(name, codes)
        for dimension, label in zip(shape.dimensions, labels, strict=True):
            if dimension.variable == name and label != TOTAL:
                kept = kept & frozenset(dimension.members[label])
        if kept and kept != codes:
            raise ValueError(name)
        return bool(kept)


def _hang_together(cliques: Sequence[frozenset[str]]) -> bool:
    """Whether the cliques that hold a variable are connected along a tree of greatest separators.

    With this running intersection, tables of cliques that agree on the separators are margins of one table.
    """
    numbers = {name: number for number, name in enumerate(sorted(frozenset().union(*cliques)))} if cliques else {}
    tree = junction_tree([frozenset(numbers[name] for name in clique) for clique in cliques])
    return all(
        sum(number in separator for _, _, separator in tree) == sum(name in clique for clique in cliques) - 1
        for name, number in numbers.items()
    )
