"""Why a notebook runs or not, and why a locality is settled anew: as data; the sentences are made from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Kind = Literal["unchanged", "never run", "never settled", "forced", "changed", "waits"]
What = Literal["changed", "added", "removed", "missing", "moved"]
_MISSING = "missing"  # as the hash of a file that isn't there
LISTED = 4  # pieces in a sentence; the data has all


@dataclass(frozen=True)
class Change:
    """One piece that is not what it was. `before` and `after` only where a value may be told."""

    kind: str  # source, parameter, setting, input, module, library, result; see docs/reference/runs.md
    piece: str
    change: What = "changed"
    before: Any = None
    after: Any = None

    def record(self) -> dict[str, Any]:
        """As `run --explain --json` gives it."""
        values = {"before": self.before, "after": self.after}
        told = {key: value for key, value in values.items() if value is not None}
        return {"kind": self.kind, "piece": self.piece, "change": self.change, **told}


@dataclass(frozen=True)
class Reason:
    """Why something is done or not. `changes` when its kind is `changed`, or `waits` (for notebooks)."""

    kind: Kind
    changes: tuple[Change, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether nothing has to be done."""
        return self.kind == "unchanged"

    def record(self) -> dict[str, Any]:
        """As `run --explain --json` gives it."""
        return {"kind": self.kind, "text": str(self), "changes": [change.record() for change in self.changes]}

    def __str__(self) -> str:
        if self.kind != "changed":
            return _WHOLE[self.kind]
        kinds = dict.fromkeys(change.kind for change in self.changes)
        return "; ".join(_sentence(kind, [one for one in self.changes if one.kind == kind]) for kind in kinds)


_WHOLE: Mapping[Kind, str] = {
    "unchanged": "nothing it rests on has changed",
    "never run": "it has not been run here yet",
    "never settled": "it has not been settled here yet",
    "forced": "you asked for it",
    "waits": "its notebooks run first, and what they propose may change",
}
_NAMES = {  # one, several
    "source": ("", ""),
    "parameter": ("the parameter ", "the parameters "),
    "setting": ("in locality.yml ", "in locality.yml "),
    "input": ("the input ", "the inputs "),
    "module": ("the imported module ", "the imported modules "),
    "library": ("", ""),
    "result": ("what its last run left is damaged: ", "what its last run left is damaged: "),
    "proposal": ("the proposal ", "the proposals "),
    "ledger": ("the ledger: ", "the ledger: "),
    "outside knowledge": ("what is known outside: ", "what is known outside: "),
    "secret": ("the secret of the locality", "the secret of the locality"),
    "notebook": ("the text of the notebook ", "the text of the notebooks "),
    "output": ("outputs/ isn't what settling made: ", "outputs/ isn't what settling made: "),
}


def _sentence(kind: str, changes: list[Change]) -> str:
    one, several = _NAMES[kind]
    told = [_piece(change) for change in changes[:LISTED]]
    more = f" and {len(changes) - LISTED} more" if len(changes) > LISTED else ""
    return f"{several if len(changes) > 1 else one}{', '.join(told)}{more}"


def _piece(change: Change) -> str:
    if change.before is not None and change.after is not None:
        return f"{change.piece} was {_short(change.before)} and is {_short(change.after)}"
    return f"{change.piece} {_VERBS[change.change]}".strip()


_VERBS: Mapping[What, str] = {
    "changed": "changed",
    "added": "is new",
    "removed": "is gone",
    "missing": "is missing",
    "moved": "stands elsewhere",
}


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def between(
    kind: str, before: Mapping[str, Any], now: Mapping[str, Any], *, values: bool = False, untold: Iterable[str] = ()
) -> list[Change]:
    """What differs between two mappings from piece to content. `values`: these may be told, but those of `untold`."""
    found = []
    for piece in sorted({*before, *now}):
        old, new = before.get(piece), now.get(piece)
        if old == new and (piece in before) == (piece in now):
            continue
        what: What = "added" if piece not in before else "removed" if piece not in now else "changed"
        if new == _MISSING or (kind in ("result", "output") and what == "removed"):
            what = "missing"
        told = (old, new) if values and piece not in untold else (None, None)
        found.append(Change(kind, piece, what, *told))
    return found


Cells = tuple[tuple[str, str, str], ...]  # type, id, digest


def between_cells(before: Cells, now: Cells) -> list[Change]:
    """Which cells differ: `code cell 4` as JupyterLab counts them when all are run, `text cell 2`.

    A cell that got another id and nothing else is the same.
    """
    old, new = ([(kind, digest) for kind, _, digest in cells] for cells in (before, now))
    if old == new:
        return []
    was, is_now = ({id_: digest for _, id_, digest in cells if id_} for cells in (before, now))
    names, old_names = _numbered(now), _numbered(before)
    found, left = list[Change](), list[int]()
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        left += range(a, b)
        gone = [i for i in range(a, b) if before[i][1] not in is_now]
        for j in range(c, d):
            kind, id_, digest = now[j]
            if id_ in was:
                found.append(Change("source", names[j], "moved" if was[id_] == digest else "changed"))
            elif gone and before[gone[0]][0] == kind:  # written anew in its place
                found.append(Change("source", names[j]))
                del gone[0]
            else:
                found.append(Change("source", names[j], "added"))
        found += [Change("source", f"{old_names[i]} of before", "removed") for i in gone]
    # a cell is gone, and another one goes by its id now
    return found or [Change("source", f"{old_names[i]} of before", "removed") for i in left]


def _numbered(cells: Cells) -> list[str]:
    counts: dict[str, int] = {}
    names = []
    for kind, _, _ in cells:
        counts[kind] = counts.get(kind, 0) + 1
        names.append(f"{'code' if kind == 'code' else 'text'} cell {counts[kind]}")
    return names
