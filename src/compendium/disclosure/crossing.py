"""One cross-classification behind all tables of a unit: which cells of which tables are the same, and which add up.

Every cell and margin of every table is a *region*: for each variable, the set of its finest categories that the cell
holds. Cells of different tables with the same region are one cell and carry one status.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

import numpy as np
from scipy import sparse

from compendium.aggregate import TOTAL, Dimension
from compendium.disclosure.cliques import junction_tree, maximal_cliques
from compendium.errors import DisclosureRefused, Problem

Region = tuple[tuple[int, int], ...]  # (variable, bit mask of its atoms), sorted; a whole variable is left out
NOTHING: Region = ((-1, 0),)  # two dimensions of one variable that exclude each other
CLIQUE_LIMIT = 200_000
TABLE_LIMIT = 200_000  # cells and margins of one table
LARGEST_COUNT = 10**12  # programs in floating point still tell one from the next


@dataclass(frozen=True)
class Shape:
    """The name and the dimensions of one table.

    `within`: variable -> codes, when the table counts only the records that have one of them, such as the months of a
    period. `cells`: the cells and margins of interest; None: all. `partial`: its dimensions may lack categories that
    others have, such as codes that came later; its totals count them all the same.
    """

    name: str
    dimensions: tuple[Dimension, ...]
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cells: tuple[tuple[str, ...], ...] | None = None
    partial: bool = False

    def labels(self) -> Iterator[tuple[str, ...]]:
        """The labels of every cell and margin, in the order of publication."""
        if self.cells is not None:
            return iter(self.cells)
        return product(*((*dimension.categories, TOTAL) for dimension in self.dimensions))

    @property
    def variables(self) -> frozenset[str]:
        return frozenset((*(dimension.variable for dimension in self.dimensions), *self.within))


@dataclass(frozen=True)
class Crossing:
    """All regions of linked tables, and the unknowns (cells of cliques) that they are sums of.

    `where[table][labels]` is the number of a region; `shown[region]` the tables and labels that show it.
    """

    variables: tuple[str, ...]
    sizes: tuple[int, ...]  # atoms a variable
    regions: tuple[Region, ...]
    where: tuple[Mapping[tuple[str, ...], int], ...]
    shown: tuple[tuple[tuple[int, tuple[str, ...]], ...], ...]
    cliques: tuple[tuple[int, ...], ...]
    tree: tuple[tuple[int, int, tuple[int, ...]], ...]
    offsets: tuple[int, ...]
    odd_atoms: tuple[tuple[int, ...], ...]  # by variable: atoms that are no category of any table
    codes: tuple[Mapping[str, int], ...]  # by variable: the atom of each code
    _cache: dict[tuple[int, int], np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    @property
    def unknowns(self) -> int:
        """How many cells the cliques have together."""
        return self.offsets[-1]

    def sums(self, regions: Sequence[int]) -> sparse.csr_matrix:
        """A row a region: 1 for every unknown that it adds up. Shape (regions, unknowns)."""
        rows = [self._unknowns_of(self.regions[number]) for number in regions]
        starts = np.cumsum([0, *(len(row) for row in rows)])
        columns = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
        return sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(rows), self.unknowns))

    def consistency(self) -> sparse.csr_matrix:
        """A row a separator cell: neighbouring cliques agree on it. Each row is equal to 0."""
        blocks = [sparse.csr_matrix((0, self.unknowns))]
        for a, b, separator in self.tree:
            blocks.append(self._margin(a, separator) - self._margin(b, separator))
        return sparse.csr_matrix(sparse.vstack(blocks))

    def _margin(self, clique: int, separator: tuple[int, ...]) -> sparse.csr_matrix:
        members = self.cliques[clique]
        shape = [self.sizes[v] for v in members]
        cells = np.arange(prod(shape))
        index = np.unravel_index(cells, shape) if shape else ()
        row = np.zeros(len(cells), dtype=np.int64)
        for variable in separator:
            row = row * self.sizes[variable] + index[members.index(variable)]
        height = prod(self.sizes[v] for v in separator)
        return sparse.csr_matrix(
            (np.ones(len(cells)), (row, cells + self.offsets[clique])), shape=(height, self.unknowns)
        )

    def _unknowns_of(self, region: Region) -> np.ndarray:
        if region == NOTHING:
            return np.zeros(0, dtype=np.int64)
        masks = dict(region)
        number = next(i for i, clique in enumerate(self.cliques) if masks.keys() <= set(clique))
        at = np.zeros(1, dtype=np.int64)
        for variable in self.cliques[number]:
            size = self.sizes[variable]
            at = (at[:, None] * size + self._atoms(variable, masks.get(variable, (1 << size) - 1))[None, :]).ravel()
        return at + self.offsets[number]

    def _atoms(self, variable: int, mask: int) -> np.ndarray:
        key = (variable, mask)
        if key not in self._cache:
            self._cache[key] = np.array([a for a in range(self.sizes[variable]) if mask >> a & 1], dtype=np.int64)
        return self._cache[key]


def cross(shapes: Sequence[Shape], *, limit: int = CLIQUE_LIMIT) -> Crossing:
    """The cross-classification of which all these tables are margins.

    Raises `DisclosureRefused` when two tables cover different categories of a variable, or when the tables close a
    cycle whose clique has more than `limit` cells.
    """
    for shape in shapes:
        if shape.cells is None:
            refuse_if_wide(shape.name, [len(dimension.categories) for dimension in shape.dimensions])
    codes = _codes(shapes)
    names = tuple(sorted(codes))
    atoms = _atoms_of(shapes, names, codes)
    sizes = tuple(max(atoms[variable].values(), default=-1) + 1 for variable in names)
    masks = _masks_of(shapes, names, atoms, sizes)
    inside = [
        {names.index(v): sum({1 << atoms[v][code] for code in held}) for v, held in shape.within.items()}
        for shape in shapes
    ]
    where, regions, shown = _regions(shapes, names, masks, sizes, inside)
    groups = [frozenset(names.index(v) for v in shape.variables) for shape in shapes]
    found = maximal_cliques(dict(enumerate(sizes)), groups) or [frozenset()]
    found.sort(key=lambda clique: (prod(sizes[v] for v in clique), sorted(clique)))
    for clique in found:
        _refuse_if_large(clique, names, sizes, shapes, limit)
    ordered = tuple(tuple(sorted(clique)) for clique in found)
    offsets = np.cumsum([0, *(prod(sizes[v] for v in clique) for clique in ordered)])
    tree = tuple((a, b, tuple(sorted(separator))) for a, b, separator in junction_tree(found))
    odd = _odd_atoms(shapes, names, masks, sizes, inside)
    held = tuple(atoms[name] for name in names)
    return Crossing(names, sizes, regions, where, shown, ordered, tree, tuple(int(o) for o in offsets), odd, held)


def _codes(shapes: Sequence[Shape]) -> dict[str, tuple[str, ...]]:
    """The finest categories of every variable; refused when a dimension leaves some of them out."""
    codes: dict[str, dict[str, None]] = {}
    for dimension in (d for shape in shapes for d in shape.dimensions):
        for members in dimension.members.values():
            codes.setdefault(dimension.variable, {}).update(dict.fromkeys(members))
    for shape in shapes:
        for variable, inside in shape.within.items():
            codes.setdefault(variable, {}).update(dict.fromkeys(inside))
    problems = []
    for shape in shapes:
        for dimension in shape.dimensions:
            held = [code for members in dimension.members.values() for code in members]
            wanted = shape.within.get(dimension.variable, codes[dimension.variable])
            missing = [code for code in wanted if code not in set(held) and not shape.partial]
            if missing or len(held) != len(set(held)) or set(dimension.members) != set(dimension.categories):
                said = f"leaves out {', '.join(missing)}" if missing else "holds a category twice or names unlike ones"
                problems.append(
                    Problem(
                        file=shape.name,
                        column=dimension.name,
                        message=f"of '{dimension.variable}' {said}; linked tables must cover the same records.",
                        remedy="Give every category of the variable a place in the dimension.",
                    )
                )
    if problems:
        raise DisclosureRefused(problems)
    return {variable: tuple(sorted(found)) for variable, found in codes.items()}


def _atoms_of(
    shapes: Sequence[Shape], names: Sequence[str], codes: Mapping[str, tuple[str, ...]]
) -> dict[str, dict[str, int]]:
    """By variable, the atom of each code: codes that every table keeps together are one atom."""
    placed: dict[str, list[dict[str, str]]] = {variable: [] for variable in names}
    for shape in shapes:
        for dimension in shape.dimensions:
            placed[dimension.variable].append(
                {code: label for label, members in dimension.members.items() for code in members}
            )
        for variable, inside in shape.within.items():
            placed[variable].append(dict.fromkeys(inside, "inside"))
    atom_of: dict[str, dict[str, int]] = {}
    for variable in names:
        seen: dict[tuple[str | None, ...], int] = {}
        atom_of[variable] = {
            code: seen.setdefault(tuple(place.get(code) for place in placed[variable]), len(seen))
            for code in codes[variable]
        }
    return atom_of


def _masks_of(
    shapes: Sequence[Shape], names: Sequence[str], atoms: Mapping[str, Mapping[str, int]], sizes: Sequence[int]
) -> dict[tuple[int, int], dict[str, int]]:
    """(table, dimension) -> label -> mask of its atoms."""
    masks: dict[tuple[int, int], dict[str, int]] = {}
    for t, shape in enumerate(shapes):
        for d, dimension in enumerate(shape.dimensions):
            atom = atoms[dimension.variable]
            masks[t, d] = {
                label: sum({1 << atom[code] for code in members}) for label, members in dimension.members.items()
            }
            masks[t, d][TOTAL] = (1 << sizes[names.index(dimension.variable)]) - 1
    return masks


def _odd_atoms(
    shapes: Sequence[Shape],
    names: Sequence[str],
    masks: Mapping[tuple[int, int], Mapping[str, int]],
    sizes: Sequence[int],
    inside: Sequence[Mapping[int, int]],
) -> tuple[tuple[int, ...], ...]:
    """Atoms that no category of any table equals: they can only be had by subtraction."""
    categories: list[set[int]] = [set() for _ in names]
    for (t, d), here in masks.items():
        categories[names.index(shapes[t].dimensions[d].variable)].update(here.values())
    for variable, mask in (pair for held in inside for pair in held.items()):
        categories[variable].add(mask)
    return tuple(tuple(atom for atom in range(size) if 1 << atom not in categories[v]) for v, size in enumerate(sizes))


def _regions(
    shapes: Sequence[Shape],
    names: Sequence[str],
    masks: Mapping[tuple[int, int], Mapping[str, int]],
    sizes: Sequence[int],
    inside: Sequence[Mapping[int, int]],
) -> tuple[
    tuple[Mapping[tuple[str, ...], int], ...], tuple[Region, ...], tuple[tuple[tuple[int, tuple[str, ...]], ...], ...]
]:
    number: dict[Region, int] = {}
    shown: list[list[tuple[int, tuple[str, ...]]]] = []
    where = []
    for t, shape in enumerate(shapes):
        variables = [names.index(dimension.variable) for dimension in shape.dimensions]
        here = {}
        for labels in shape.labels():
            held = dict(inside[t])
            for d, (variable, label) in enumerate(zip(variables, labels, strict=True)):
                held[variable] = held.get(variable, -1) & masks[t, d][label]
            region = tuple(sorted((v, mask) for v, mask in held.items() if mask != (1 << sizes[v]) - 1))
            if any(mask == 0 for _, mask in region):
                region = NOTHING
            here[labels] = number.setdefault(region, len(number))
            if len(number) > len(shown):
                shown.append([])
            shown[here[labels]].append((t, labels))
        where.append(here)
    return tuple(where), tuple(number), tuple(tuple(places) for places in shown)


def refuse_if_wide(name: str, categories: Sequence[int]) -> None:
    """Refuse a table of too many cells and margins before it is laid out. `categories`: how many each dimension has."""
    cells = prod(number + 1 for number in categories)
    if cells > TABLE_LIMIT:
        raise DisclosureRefused(
            f"{name[:1].upper()}{name[1:]} would have {cells:,} cells and margins; at most {TABLE_LIMIT:,} "
            "can be protected.",
            "Leave a column of labels out, or merge categories.",
        )


def _refuse_if_large(
    clique: frozenset[int], names: Sequence[str], sizes: Sequence[int], shapes: Sequence[Shape], limit: int
) -> None:
    cells = prod(sizes[v] for v in clique)
    if cells <= limit:
        return
    members = {names[v] for v in clique}
    closing = [shape.name for shape in shapes if len(shape.variables & members) > 1]
    raise DisclosureRefused(
        f"Tables {', '.join(closing)} link {', '.join(sorted(members))} in a cycle of {cells:,} cells; "
        f"at most {limit:,} can be attacked exactly.",
        "Leave one of these tables out, or merge categories in one of them.",
    )
