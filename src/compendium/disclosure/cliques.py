"""Cliques of the triangulated graph of dimensions: where an attack over linked tables is exact and still small.

Two variables are joined when a table holds both. After triangulation, tables that agree on the separators of the
junction tree are margins of one whole table, in real and in whole numbers (Dobra & Fienberg 2000, PNAS 97:11885), so
the attacker needs one unknown for each cell of each clique instead of one for each cell of the whole crossing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import prod


def maximal_cliques(sizes: Mapping[int, int], groups: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Maximal cliques after min-fill triangulation; ties by the smaller clique, then by the variable's number.

    `sizes`: variable -> number of categories. `groups`: the variables of each table.
    """
    near: dict[int, set[int]] = {variable: set() for variable in sizes}
    for group in groups:
        for a, b in combinations(sorted(group), 2):
            near[a].add(b)
            near[b].add(a)
    found: list[frozenset[int]] = []
    left = set(sizes)
    while left:
        chosen = min(left, key=lambda v: (_fill(near, v), prod(sizes[w] for w in near[v] | {v}), v))
        clique = frozenset(near[chosen] | {chosen})
        if not any(clique <= other for other in found):
            found.append(clique)
        for a, b in combinations(sorted(near[chosen]), 2):
            near[a].add(b)
            near[b].add(a)
        for other in near.pop(chosen):
            near[other].discard(chosen)
        left.discard(chosen)
    return found


def _fill(near: Mapping[int, set[int]], variable: int) -> int:
    return sum(b not in near[a] for a, b in combinations(sorted(near[variable]), 2))


def junction_tree(cliques: Sequence[frozenset[int]]) -> list[tuple[int, int, frozenset[int]]]:
    """Edges (clique, clique, separator) of a spanning tree of greatest separators (Kruskal).

    Cliques that share no variable are joined by an empty separator: they share the grand total.
    """
    edges = sorted(
        combinations(range(len(cliques)), 2), key=lambda edge: (-len(cliques[edge[0]] & cliques[edge[1]]), edge)
    )
    part = list(range(len(cliques)))
    tree = []
    for a, b in edges:
        if part[a] != part[b]:
            tree.append((a, b, cliques[a] & cliques[b]))
            old, new = part[b], part[a]
            part = [new if p == old else p for p in part]
    return tree
