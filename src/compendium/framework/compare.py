"""What differs between two versions of a framework: added, removed, moved, reworded, counted or rated otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from compendium.framework.links import measure
from compendium.framework.schema import Criterion, Standard
from compendium.framework.standards import Framework

Kind = Literal[
    "added", "removed", "moved", "reworded", "counted otherwise", "other levels", "other part", "other links"
]
ALIKE = 0.6  # share of signs in common from which a criterion under another number counts as moved and not as new
_ORDER: tuple[Kind, ...] = (
    *("added", "removed", "moved", "reworded"),
    *("counted otherwise", "other levels", "other part", "other links"),
)
_WORDS = {
    "added": ("was added", "were added"),
    "removed": ("was removed", "were removed"),
    "moved": ("has another number", "have another number"),
    "reworded": ("is worded otherwise", "are worded otherwise"),
    "counted otherwise": ("is counted otherwise", "are counted otherwise"),
    "other levels": ("has other levels", "have other levels"),
    "other part": ("changed between core and adaptable", "changed between core and adaptable"),
    "other links": (
        "rests on other priorities, evidence or guidance",
        "rest on other priorities, evidence or guidance",
    ),
}


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `of`: `S3`, `3.2` or `levels`; `field`: which part of it."""

    of: str
    field: str
    kind: Kind
    before: str = ""
    after: str = ""


def compare(before: Framework, after: Framework) -> tuple[Difference, ...]:
    """Everything that differs, standard by standard in the order of `after`, what was removed last."""
    found = list(_general(before, after))
    gone = {standard.id: standard for standard in before.standards}
    moved = _moved(before, after)
    for standard in after.standards:
        old = gone.pop(standard.id, None)
        if old is None:
            found.append(Difference(standard.id, "standard", "added", "", standard.title))
        found += _standard(old, standard) if old else []
        found += _criteria(before, standard, moved)
    for standard in gone.values():
        found.append(Difference(standard.id, "standard", "removed", standard.title, ""))
    kept = {criterion.id for criterion in after.criteria} | set(moved.values())
    found += [Difference(one.id, "criterion", "removed", one.text) for one in before.criteria if one.id not in kept]
    return tuple(found)


def comparable(before: Framework, after: Framework) -> tuple[str, ...]:
    """Criteria that ask and rate the same in both: only on these do ratings on forms of the two versions compare."""
    old = {one.id: one for one in before.criteria}
    return tuple(
        one.id
        for one in after.criteria
        if one.id in old
        and (one.text, one.plain, one.levels) == (old[one.id].text, old[one.id].plain, old[one.id].levels)
    )


def in_words(before: Framework, after: Framework) -> list[str]:
    """The comparison in sentences, the most telling first."""
    found = compare(before, after)
    if not found:
        return [f"{before.name} and {after.name} say the same."]
    lines = [f"From {before.name} to {after.name}:"]
    for kind in _ORDER:
        names = list(dict.fromkeys(_name(one) for one in found if one.kind == kind))
        if names:
            lines.append(f"{_listed(names)} {_WORDS[kind][len(names) > 1]}.")
    same, all_ids = comparable(before, after), [criterion.id for criterion in after.criteria]
    others = [id for id in all_ids if id not in same]
    if others:
        lines.append(f"Ratings on forms of the two versions do not compare on {_listed(others)}.")
    return lines


def _name(one: Difference) -> str:
    if one.of == "levels":
        return "the general levels"
    return f"standard {one.of[1:]}" if one.of.startswith("S") else f"criterion {one.of}"


def _general(before: Framework, after: Framework) -> Iterator[Difference]:
    for old, new in zip(before.outline.levels, after.outline.levels, strict=True):
        if old != new:
            shown = (f"{one.level} {one.name}: {one.meaning}" for one in (old, new))
            yield Difference("levels", f"level {new.level}", "other levels", *shown)


def _standard(old: Standard, new: Standard) -> Iterator[Difference]:
    for field in ("title", "statement", "rationale", "equality"):
        if getattr(old, field) != getattr(new, field):
            yield Difference(new.id, field, "reworded", getattr(old, field), getattr(new, field))
    if old.audiences != new.audiences:
        for name in type(new.audiences).model_fields:
            said = (getattr(old.audiences, name), getattr(new.audiences, name))
            if said[0] != said[1]:
                yield Difference(new.id, f"for {name}", "reworded", *said)
    for field in ("priority_ids", "evidence_ids", "guidance", "equality_guidance"):
        ids = (getattr(old, field), getattr(new, field))
        if ids[0] != ids[1]:
            yield Difference(new.id, field.replace("_", " "), "other links", ", ".join(ids[0]), ", ".join(ids[1]))
    texts = tuple([one.text for one in standard.measures] for standard in (old, new))
    yield from (Difference(new.id, "measure", "removed", text, "") for text in texts[0] if text not in texts[1])
    yield from (Difference(new.id, "measure", "added", "", text) for text in texts[1] if text not in texts[0])
    for term in sorted({one.term for one in (*old.definitions, *new.definitions)}):
        meant = tuple(
            next((one.meaning for one in standard.definitions if one.term == term), "") for standard in (old, new)
        )
        if meant[0] != meant[1]:
            kind: Kind = "added" if not meant[0] else "removed" if not meant[1] else "reworded"
            yield Difference(new.id, f"definition of {term}", kind, *meant)


def _criteria(before: Framework, standard: Standard, moved: dict[str, str]) -> Iterator[Difference]:
    old = {one.id: one for one in before.criteria}
    for new in standard.criteria:
        was = old.get(moved.get(new.id, new.id))
        if was is None or (new.id in old and was.id != new.id and new.id not in moved):
            yield Difference(new.id, "criterion", "added", "", new.text)
            continue
        if was.id != new.id:
            yield Difference(new.id, "number", "moved", was.id, new.id)
        yield from _criterion(was, new)


def _criterion(old: Criterion, new: Criterion) -> Iterator[Difference]:
    fields: Sequence[tuple[str, Kind, Callable[[Criterion], str]]] = (
        ("text", "reworded", lambda one: one.text),
        ("in plain words", "reworded", lambda one: one.plain),
        ("counted as", "counted otherwise", measure),
        ("where from, how often", "counted otherwise", lambda one: f"{one.source}; {one.frequency}"),
        ("part", "other part", lambda one: one.kind),
    )
    for field, kind, said in fields:
        if said(old) != said(new):
            yield Difference(new.id, field, kind, said(old), said(new))
    for before, after in zip(old.levels, new.levels, strict=True):
        if before != after:
            yield Difference(new.id, f"level {after.level}", "other levels", before.meaning, after.meaning)


def _moved(before: Framework, after: Framework) -> dict[str, str]:
    """New number -> old number of criteria that are there under another number: the same text, or much alike."""
    old = {one.id: one.text for one in before.criteria}
    new = {one.id: one.text for one in after.criteria}
    gone = {id: text for id, text in old.items() if new.get(id) != text and (id not in new or text in new.values())}
    found: dict[str, str] = {}
    for id, text in new.items():
        if old.get(id) == text:
            continue
        same = [was for was, said in gone.items() if said == text and was not in found.values()]
        if not same and id not in old:
            alike = [(SequenceMatcher(None, said, text).ratio(), was) for was, said in gone.items() if was not in new]
            same = [was for ratio, was in sorted(alike, reverse=True) if ratio >= ALIKE and was not in found.values()]
        if same:
            found[id] = same[0]
    return found


def _listed(names: Sequence[str]) -> str:
    text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return text[0].upper() + text[1:] if text.startswith(("standard", "criterion", "the")) else text
