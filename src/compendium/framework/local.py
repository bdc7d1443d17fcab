"""The framework that holds in a locality: adopted as it stands, adapted, or written anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from compendium.errors import InputRefused, Problem
from compendium.framework import standards
from compendium.framework.adapting import Adapted, adapt
from compendium.framework.reading import read_record
from compendium.framework.schema import Adaptation
from compendium.framework.standards import Framework
from compendium.locality import Locality
from compendium.paths import Root
from compendium.yamlfile import read_yaml


@dataclass(frozen=True)
class Local:
    """The framework, and how it came here. `adapted` only where it was made from another."""

    framework: Framework
    adapted: Adapted | None = None
    written: bool = False

    @property
    def how(self) -> str:
        if self.adapted:
            return f"Adapted from {self.adapted.base.name}"
        return "Written here" if self.written else f"Adopted as it stands: {self.framework.name}"


def framework_of(root: Root, locality: Locality) -> Local:
    """The framework that `framework:` in locality.yml names; nothing named: the newest illustrative one.

    Raises `UnknownName`, `InputRefused` with every fault.
    """
    chosen, home = locality.framework, f"localities/{locality.id}"
    if chosen.adapt:
        return _adapted(root, locality.folder / chosen.adapt, f"{home}/{chosen.adapt}")
    if chosen.write:
        path = locality.folder / chosen.write
        _inside(root, path, f"{home}/{chosen.write}")
        return Local(standards.read(path, f"{home}/{chosen.write}", root.framework, root.evidence), written=True)
    return Local(standards.load(root.framework, root.evidence, chosen.adopt or standards.DEFAULT))


def _adapted(root: Root, path: Path, label: str) -> Local:
    _inside(root, path, label)
    problems: list[Problem] = []
    record = read_record(path, label, Adaptation, problems)
    if record is None:
        raise InputRefused(problems)
    base = standards.load(root.framework, root.evidence, record.base)
    made = adapt(record, base, read_yaml(path, label), root.framework, root.evidence)
    return Local(made.framework, made)


def _inside(root: Root, path: Path, label: str) -> None:
    if not path.resolve().is_relative_to(root.path.resolve()):
        raise InputRefused(
            Problem(label, message="It leads out of the compendium.", remedy="Copy it; links are refused.")
        )
