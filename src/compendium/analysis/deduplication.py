"""Duplicate records of a literature search: found by stated rules, listed with the rule, never deleted.

A pair is compared when it shares a DOI, a title, a place (year, volume, first page), or lies side by side among the
sorted titles (sorted neighbourhood: Hernández & Stolfo 1995). The rules follow what reviewers do by hand (author, year,
title, pages, with care for page ranges: Bramer et al. 2016, J Med Libr Assoc 104:240). What a rule can't decide is
listed as a question; people's own decisions overrule it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from compendium.analysis.record_keys import NEEDED, Key, agree, key_of, marked, near
from compendium.errors import InputRefused, Problem

MERGES = ("record_id", "same_as", "rule", "similarity")
NEIGHBOURS = 6  # titles on either side that a title is compared with
EQUAL, ALIKE, NEARLY, UNLIKE = 99.0, 96.0, 88.0, 60.0  # similarity of two titles, 0 to 100
LARGEST_GROUP = 60  # records of one title or place compared each with each; more are compared with their neighbours
PERSON = "by_hand"
Verdict = Literal["same", "ask", "apart"]


@dataclass(frozen=True)
class Deduplicated:
    """`merges`: a row a record that repeats another: `record_id`, `same_as` (the one kept), `rule`
    (`doi`, `title_year_page`, `title_year_author`, `title_alone`, `by_hand`), `similarity` of the titles (0 to 1).
    `questions`: pairs a person has to decide on, same columns, the rule in words. Nothing is removed: `kept` is a view.
    """

    records: pd.DataFrame
    merges: pd.DataFrame
    questions: pd.DataFrame

    @property
    def kept(self) -> pd.DataFrame:
        """The records without those that repeat another."""
        return self.records[~self.records["record_id"].isin(self.merges["record_id"])].reset_index(drop=True)


class Pair(NamedTuple):
    first: int
    second: int
    verdict: Verdict
    rule: str
    score: float


def deduplicate(
    records: pd.DataFrame, decisions: pd.DataFrame | None = None, *, settled: Container[str] = ()
) -> Deduplicated:
    """Find duplicates among `records` (a row a record, text; columns `NEEDED`, empty where not recorded).

    `decisions` (columns `record_id`, `same_as`, `decision`: `same` | `apart`) come before every rule; a pair said to be
    apart never ends in one group. `settled`: ids of records that were screened before; they are kept, and two of them
    that a new record would join become a question. The order of the rows changes nothing but which of two equally full
    records is kept.
    Raises `InputRefused` for missing columns, doubled ids and decisions about records that are not there.
    """
    _check(records, decisions)
    keys = [key_of(row) for row in records[[*NEEDED]].fillna("").astype(str).itertuples(index=False, name=None)]
    number = {record: i for i, record in enumerate(records["record_id"].astype(str))}
    decided = _decided(decisions, number)
    pairs = [pair for pair in _compared(keys, decided) if pair.verdict != "apart"]
    pairs += [Pair(*at, "same", PERSON, 1.0) for at, same in sorted(decided.items()) if same]
    groups = _Groups(len(keys), {at for at, same in decided.items() if not same})
    for pair in sorted((p for p in pairs if p.verdict == "same"), key=lambda p: (p.rule != PERSON, -p.score, p)):
        groups.join(pair)
    ids = list(number)
    before = {i for record, i in number.items() if record in settled}
    merges = sorted(groups.merges(keys, before), key=lambda pair: pair[:2])
    asked = [
        (p.second, p.first, p.rule, p.score)
        for p in sorted(pairs)
        if p.verdict == "ask" and groups.find(p.first) != groups.find(p.second)
    ]
    asked += [(a, b, f"screened as two before ({rule})", score) for a, b, rule, score in merges if a in before]
    merges = [merge for merge in merges if merge[0] not in before]
    return Deduplicated(records, _listed(merges, ids), _listed(asked, ids))


def precision_and_recall(found: Iterable[str], labelled: Iterable[str]) -> tuple[float, float]:
    """Share of the records `found` that are `labelled`, and share of the labelled that were found."""
    these, those = set(found), set(labelled)
    right = len(these & those)
    return (right / len(these) if these else 1.0, right / len(those) if those else 1.0)


def _check(records: pd.DataFrame, decisions: pd.DataFrame | None) -> None:
    absent = [column for column in NEEDED if column not in records.columns]
    if absent:
        raise InputRefused([Problem(column=column, message="The column is missing.") for column in absent])
    twice = records["record_id"][records["record_id"].duplicated()].unique()
    problems = [Problem(column="record_id", message=f"{one} stands in the table twice.") for one in twice]
    if decisions is not None:
        known = set(records["record_id"].astype(str))
        for row, (one, other, verdict) in enumerate(
            decisions[["record_id", "same_as", "decision"]].itertuples(index=False, name=None), start=2
        ):
            problems += [
                Problem("decisions", row, "record_id", f"No record is called {name}.")
                for name in (one, other)
                if name not in known
            ]
            if verdict not in ("same", "apart"):
                problems.append(Problem("decisions", row, "decision", "A decision is `same` or `apart`."))
    if problems:
        raise InputRefused(problems)


def _decided(decisions: pd.DataFrame | None, number: dict[str, int]) -> dict[tuple[int, int], bool]:
    if decisions is None:
        return {}
    rows = decisions[["record_id", "same_as", "decision"]].itertuples(index=False, name=None)
    return {
        (min(number[one], number[other]), max(number[one], number[other])): verdict == "same"
        for one, other, verdict in rows
    }


def _candidates(keys: Sequence[Key]) -> Iterator[tuple[int, int]]:
    """Every pair worth comparing, once."""
    seen: set[tuple[int, int]] = set()
    for pair in _blocks(keys):
        if pair not in seen:
            seen.add(pair)
            yield pair


def _blocks(keys: Sequence[Key]) -> Iterator[tuple[int, int]]:
    shared: dict[Hashable, list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        if key.doi:
            shared["doi", key.doi].append(i)
        if key.title:
            shared["title", key.title.replace(" ", "")].append(i)
        if key.page and key.volume and key.year:
            shared["place", key.volume, key.page, key.year].append(i)
    for members in shared.values():
        yield from combinations(members, 2) if len(members) <= LARGEST_GROUP else _windows(members, NEIGHBOURS)
    forwards = sorted((i for i, key in enumerate(keys) if key.title), key=lambda i: keys[i].title)
    by_words = sorted(forwards, key=lambda i: sorted(keys[i].title.split(), key=lambda word: (-len(word), word)))
    backwards = sorted(forwards, key=lambda i: keys[i].title[::-1])
    for order in (forwards, by_words, backwards):
        yield from _windows(order, NEIGHBOURS)


def _windows(order: Sequence[int], reach: int) -> Iterator[tuple[int, int]]:
    for at, i in enumerate(order):
        for j in order[at + 1 : at + 1 + reach]:
            yield (i, j) if i < j else (j, i)


def _compared(keys: Sequence[Key], decided: Container[tuple[int, int]]) -> Iterator[Pair]:
    """The verdict on every candidate pair that is not decided; similarities of all titles at once, in C."""
    from rapidfuzz import fuzz, process

    pairs = [at for at in _candidates(keys) if at not in decided]
    sorted_words = [" ".join(sorted(key.title.split())) for key in keys]

    def alike(titles: Sequence[str]) -> np.ndarray:
        one, two = ([titles[pair[side]] for pair in pairs] for side in (0, 1))
        return np.asarray(process.cpdist(one, two, scorer=fuzz.ratio, dtype=np.float64))

    if not pairs:
        return
    scores = np.maximum(alike([key.title for key in keys]), alike(sorted_words))
    for (a, b), score in zip(pairs, scores.tolist(), strict=True):
        if score >= NEARLY or (keys[a].doi and keys[a].doi == keys[b].doi):
            yield Pair(a, b, *_verdict(keys[a], keys[b], score), round(score / 100, 3))


def _verdict(one: Key, two: Key, score: float) -> tuple[Verdict, str]:
    """What the rules say of two records whose titles are `score` alike."""
    if one.doi and one.doi == two.doi:
        same = score >= UNLIKE or not (one.title and two.title)
        return ("same", "doi") if same else ("ask", "same DOI, unlike titles")
    if score < NEARLY or marked(one.title) != marked(two.title):
        return "apart", ""
    same_place = bool(one.page) and one.page == two.page and agree(one.volume, two.volume) and near(one, two)
    same_author = bool(one.surname) and one.surname == two.surname
    if one.doi and two.doi:
        return ("ask", "like titles, other DOI") if same_place or same_author else ("apart", "")
    if same_place and (score >= ALIKE or same_author or agree(one.surname, two.surname)):
        return "same", "title_year_page"
    if score < ALIKE:
        return ("ask", "nearly the same title, author and year") if same_author and near(one, two) else ("apart", "")
    return _same_title(one, two, score, same_author)


def _same_title(one: Key, two: Key, score: float, same_author: bool) -> tuple[Verdict, str]:
    """Two records of (almost) the same title, without a DOI or a place that they share."""
    if not any((one.surname, two.surname, one.year, two.year, one.page, two.page)):
        return ("same", "title_alone") if score >= EQUAL else ("ask", "like titles, no more")
    if not (near(one, two) and agree(one.surname, two.surname)):
        return ("ask", "same title") if same_author else ("apart", "")
    if agree(one.page, two.page) and agree(one.volume, two.volume):
        return "same", "title_year_author"
    return "ask", "title, author and year, but another place"


class _Groups:
    """Records that are one, joined pair by pair; a pair that would join two said to be apart is left out."""

    def __init__(self, size: int, apart: set[tuple[int, int]]) -> None:
        self.members = {i: [i] for i in range(size)}
        self.group = list(range(size))
        self.apart = apart
        self.why: dict[int, list[Pair]] = defaultdict(list)

    def find(self, record: int) -> int:
        return self.group[record]

    def join(self, pair: Pair) -> None:
        one, two = self.find(pair.first), self.find(pair.second)
        if one != two:
            if any((min(a, b), max(a, b)) in self.apart for a in self.members[one] for b in self.members[two]):
                return
            self.members[one] += self.members.pop(two)
            for record in self.members[one]:
                self.group[record] = one
        self.why[pair.first].append(pair)
        self.why[pair.second].append(pair)

    def merges(self, keys: Sequence[Key], before: Container[int]) -> Iterator[tuple[int, int, str, float]]:
        """For each record that goes: record, the one that stays, the strongest rule that tied it to its group."""
        for members in self.members.values():
            kept = max(members, key=lambda i: (i in before, keys[i].filled, -i))
            for record in members:
                if record != kept:
                    best = max(self.why[record], key=lambda pair: (kept in pair[:2], pair.score, pair.rule))
                    yield record, kept, best.rule, best.score


def _listed(rows: Iterable[tuple[int, int, str, float]], ids: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        [(ids[record], ids[same], rule, score) for record, same, rule, score in rows], columns=list(MERGES)
    )
