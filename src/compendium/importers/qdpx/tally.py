"""Codings counted: segments of each code by coder, and the passages that several coders coded.

A segment is a stretch of a source. It counts once for a code and coder, however often it was given the code. What was
given to a code below also belongs to the codes above it: `segments_with_below` counts such a stretch once.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from compendium.errors import InputRefused, Problem
from compendium.importers.qdpx.project import Code, Coding, Place

LEAST_OVERLAP = 0.5  # of the longer of two passages: from here on they are the same passage
CODERS = "ABCDEFGH"
MOST_PASSAGES = 3_000  # of one source and coder: each is held against each of the other coder's
UNKNOWN = "not_recorded"
CODES = ("code_id", "label", "parent_id", "coder", "segments", "segments_with_below")
AGREEMENT = ("unit_id", "coder", "code_id")

Places = Mapping[tuple[str, str], frozenset[Place]]  # code, coder -> where


class Passage(NamedTuple):
    """A place that a coder coded, with the codes given there."""

    place: Place
    codes: frozenset[str]


def letters(users: Sequence[str], codings: Iterable[Coding]) -> dict[str, str]:
    """User -> letter, in the order of the list of users, then of appearance. Where one user only is known and codings
    name nobody, they are that user's.
    """
    seen = list(dict.fromkeys(coding.coder for coding in codings))
    coding = [user for user in (*users, *seen) if user and user in seen]
    known = dict(zip(dict.fromkeys(coding), CODERS, strict=False))
    alone = CODERS[0] if not known and len(users) == 1 else UNKNOWN
    return {user: known.get(user, alone) for user in seen}


def places(codings: Iterable[Coding], coder: Mapping[str, str]) -> Places:
    """Where each coder gave each code: a stretch of a source once."""
    found: dict[tuple[str, str], set[Place]] = defaultdict(set)
    for coding in codings:
        found[coding.code, coder[coding.coder]].add(coding.place)
    return {key: frozenset(where) for key, where in found.items()}


def code_table(codes: Sequence[Code], found: Places, ids: Mapping[str, str], labels: Mapping[str, str]) -> pd.DataFrame:
    """One row a code and coder who coded anything, own segments and those with all codes below."""
    coders = sorted({coder for _, coder in found})
    below = _below(codes)
    rows = [
        {
            "code_id": ids[code.guid],
            "label": labels[code.guid],
            "parent_id": ids.get(code.parent, ""),
            "coder": coder,
            "segments": len(found.get((code.guid, coder), ())),
            "segments_with_below": len({place for one in below[code.guid] for place in found.get((one, coder), ())}),
        }
        for code in codes
        for coder in coders
    ]
    return pd.DataFrame(rows, columns=list(CODES))


def _below(codes: Sequence[Code]) -> dict[str, set[str]]:
    """Each code with itself and all codes below it."""
    parents = {code.guid: code.parent for code in codes}
    found: dict[str, set[str]] = {guid: {guid} for guid in parents}
    for guid in parents:
        for above in _above(guid, parents):
            found[above].add(guid)
    return found


def _above(guid: str, parents: Mapping[str, str]) -> Iterable[str]:
    while (guid := parents[guid]) in parents:
        yield guid


def agreement_table(codes: Sequence[Code], found: Places, ids: Mapping[str, str]) -> pd.DataFrame:
    """One row a unit and coder, over the sources that two coders or more coded; `code_id` empty where one gave none.

    Passages of two coders are one when they overlap by half of the longer one at least, the best match first, each
    passage once. Codes that several gave a passage are a unit each; what is left is set side by side in the order of
    the codebook. A passage that one coder only coded has the others' codes empty: whether coders saw the same passages
    is another question than whether they named them alike.
    """
    order = {code.guid: at for at, code in enumerate(codes)}
    by_part: dict[tuple[str, str], dict[str, list[Passage]]] = defaultdict(dict)
    for coder, part, passages in _passages(found):
        by_part[part][coder] = passages
    number, rows = itertools.count(1), []
    for part in sorted(by_part):
        coders = sorted(set(by_part[part]) - {UNKNOWN})
        if len(coders) < 2:
            continue
        if max(map(len, by_part[part].values())) > MOST_PASSAGES:
            message = f"A coder coded more than {MOST_PASSAGES:,} passages of one source."
            raise InputRefused(Problem(message=message, remedy="Split the source, or is the coding automatic?"))
        for unit in _units({coder: by_part[part][coder] for coder in coders}):
            for given in _side_by_side(unit, order):
                name = f"U-{next(number):04d}"
                rows += [(name, coder, ids.get(given.get(coder, ""), "")) for coder in coders]
    return pd.DataFrame(rows, columns=list(AGREEMENT))


def _passages(found: Places) -> Iterable[tuple[str, tuple[str, str], list[Passage]]]:
    at: dict[tuple[str, tuple[str, str]], dict[Place, set[str]]] = defaultdict(lambda: defaultdict(set))
    for (code, coder), where in found.items():
        for place in where:
            at[coder, (place.part, place.kind)][place].add(code)
    for (coder, part), coded in sorted(at.items()):
        yield coder, part, [Passage(place, frozenset(coded[place])) for place in sorted(coded, key=lambda p: p.span)]


def _units(passages: Mapping[str, list[Passage]]) -> list[dict[str, Passage]]:
    units: list[dict[str, Passage]] = []
    for coder, own in passages.items():
        pairs = [
            (share, -at, -number)
            for at, unit in enumerate(units)
            for number, passage in enumerate(own)
            if (share := overlap(next(iter(unit.values())).place, passage.place)) >= LEAST_OVERLAP
        ]
        taken: set[int] = set()
        for _, at, number in sorted(pairs, reverse=True):
            if coder not in units[-at] and -number not in taken:
                units[-at][coder] = own[-number]
                taken.add(-number)
        units += [{coder: passage} for number, passage in enumerate(own) if number not in taken]
    return units


def overlap(one: Place, two: Place) -> float:
    """What two places of one part share, as a share of the larger: characters, time, or area on a page; 0 to 1."""
    if one.span == two.span:
        return 1.0
    if not one.span or not two.span or one.kind != two.kind:
        return 0.0
    first, second = _box(one), _box(two)
    if first[0] != second[0]:  # another page
        return 0.0
    shared, sizes = 1.0, [1.0, 1.0]
    for (low, high), (from_, to) in zip(first[1], second[1], strict=True):
        shared *= max(0, min(high, to) - max(low, from_))
        sizes = [sizes[0] * (high - low), sizes[1] * (to - from_)]
    return shared / max(sizes) if max(sizes) > 0 else 0.0


def _box(place: Place) -> tuple[int, list[tuple[int, int]]]:
    """The page (0 where there are none) and the range along each axis, small end first."""
    page, span = (place.span[0], place.span[1:]) if place.kind == "pdfselection" else (0, place.span)
    half = len(span) // 2
    ends = zip(span[:half], span[half:], strict=True)
    return page, [(min(pair), max(pair)) for pair in ends]


def _side_by_side(unit: Mapping[str, Passage], order: Mapping[str, int]) -> Iterable[dict[str, str]]:
    times: dict[str, list[str]] = defaultdict(list)
    for coder, passage in unit.items():
        for code in passage.codes:
            times[code].append(coder)
    shared = sorted((code for code, coders in times.items() if len(coders) > 1), key=lambda c: order.get(c, 0))
    for code in shared:
        yield dict.fromkeys(sorted(times[code]), code)
    left = {
        coder: sorted(passage.codes - set(shared), key=lambda c: order.get(c, 0)) for coder, passage in unit.items()
    }
    for at in range(max(map(len, left.values()))):
        yield {coder: codes[at] for coder, codes in left.items() if at < len(codes)}
