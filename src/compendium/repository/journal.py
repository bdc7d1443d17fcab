"""Many files changed as one: all that is to be written is written aside first, and a killed update is finished later.

A step says what a file was and is to be, so that it can be taken twice and never goes over what somebody wrote
meanwhile.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from compendium import jsonfile
from compendium.errors import CompendiumError
from compendium.repository.places import NEW, PENDING, ROOM, content, hash_of, inside, take_away
from compendium.repository.shipped import sha256
from compendium.writing import folder_aside, held, write_whole

PLAN = "plan.json"


def write(root: Path, steps: Mapping[str, bytes | None]) -> None:
    """Write down what is to be written (None: taken away), in this order; from then on it will be done."""
    (root / ROOM).mkdir(exist_ok=True)
    plan = [
        {"path": name, "from": hash_of(root, name), "to": None if data is None else sha256(data)}
        for name, data in steps.items()
    ]
    with folder_aside(root / PENDING) as aside:
        for data in steps.values():
            if data is not None:
                write_whole(aside / sha256(data), data)
        write_whole(aside / PLAN, jsonfile.text_of(plan))


def finish(root: Path) -> list[str]:
    """Do what was written down, if anything was; what to say about it."""
    pending = root / PENDING
    if not pending.is_dir():
        return []
    inside(root, f"{PENDING}/{PLAN}")
    with held(root / ROOM):
        said = [line for step in _plan(pending) if (line := _take(root, pending, step))]
        (pending / PLAN).unlink(missing_ok=True)  # done: what is left is rubbish, whoever clears it away
        shutil.rmtree(pending, ignore_errors=True)
    return said


def _take(root: Path, pending: Path, step: Mapping[str, str | None]) -> str:
    name, before, after = step["path"] or "", step["from"], step["to"]
    now = hash_of(root, name)
    if now == after:
        return ""
    if now != before:  # somebody wrote it while the update went on
        if after is not None:
            write_whole(inside(root, name + NEW), _stored(pending, after))
        return f"{name} was changed meanwhile and stays as it is"
    if after is None:
        take_away(root, name)
    else:
        write_whole(inside(root, name), _stored(pending, after))
    return ""


def _plan(pending: Path) -> list[Mapping[str, str | None]]:
    try:
        said = content(pending, PLAN)
        if said is None:
            return []  # it was finished
        plan = jsonfile.of_stranger(said)
        good = all(isinstance(step["path"], str) and _is_hash(step["from"]) and _is_hash(step["to"]) for step in plan)
    except (ValueError, TypeError, KeyError):
        good = False
    if not good:
        raise CompendiumError(f"{PENDING}/{PLAN} is damaged.", "Delete the folder, and run `compendium update` again.")
    return list(plan)


def _is_hash(said: object) -> bool:
    """Of a file; None where there is none."""
    return said is None or (isinstance(said, str) and re.fullmatch("[0-9a-f]{64}", said) is not None)


def _stored(pending: Path, digest: str) -> bytes:
    data = content(pending, digest)
    if data is None or sha256(data) != digest:
        raise CompendiumError(f"{PENDING} is damaged.", "Delete the folder, and run `compendium update` again.")
    return data
