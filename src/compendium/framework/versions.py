"""A released version of a framework is never edited: `framework/released.json` holds the hash of what each one says.

The hash is of the content, so that a comment or another line break changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from compendium.errors import CompendiumError, InputRefused, Problem
from compendium.framework import standards
from compendium.framework.standards import Framework
from compendium.writing import write_whole

RELEASED = "released.json"


def content_hash(framework: Framework) -> str:
    """SHA-256 of everything that the outline and the standards say."""
    said = [record.model_dump(mode="json") for record in (framework.outline, *framework.standards)]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def released(folder: Path) -> dict[str, str]:
    """The hash of each released version, by name."""
    path = folder / RELEASED
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def problems(folder: Path, evidence: Path) -> Iterator[Problem]:
    """Faults of every version, versions that are not released, released ones that were edited or taken away."""
    kept = released(folder)
    for name in standards.versions(folder):
        try:
            framework = standards.load(folder, evidence, name)
        except InputRefused as refused:
            yield from refused.problems
            continue
        place = _place(name)
        if name not in kept:
            message, remedy = f"{name} isn't released yet.", f"When it is decided: compendium framework release {name}"
            yield Problem(place, message=message, remedy=remedy, level="warning")
        elif kept[name] != content_hash(framework):
            yield Problem(place, message=f"{name} was released and has been edited since.", remedy=_REMEDY)
    for name in sorted(set(kept) - set(standards.versions(folder))):
        yield Problem(_place(name), message=f"{name} was released and is gone.", remedy="Restore its folder.")


def release(folder: Path, evidence: Path, name: str) -> str:
    """Write down the hash of a version. Raises `CompendiumError` when another content was released under the name."""
    framework = standards.load(folder, evidence, name)
    kept, found = released(folder), content_hash(framework)
    if kept.get(framework.name, found) != found:
        raise CompendiumError(f"{framework.name} was released with another content.", _REMEDY)
    text = json.dumps({**kept, framework.name: found}, indent=1, sort_keys=True)
    write_whole(folder / RELEASED, f"{text}\n")
    return framework.name


def _place(name: str) -> str:
    return f"framework/{name.replace('@', '/')}"


_REMEDY = "Undo the edit. For a change copy the folder to a new version, change it there and add it to `changes`."
