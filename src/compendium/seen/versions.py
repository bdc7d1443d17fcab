"""Versions of what is installed, read from the names of its folders: no package is asked, nothing is imported."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

PYTHON, MACHINE = "python", "platform"
END = ".dist-info"
GONE = "missing"
OURS = "ocsv_compendium"  # known by its modules


def of(names: Iterable[str]) -> dict[str, str]:
    """The version now of each distribution named; `missing` where there is none."""
    now = installed()
    return {name: now.get(name, GONE) for name in names}


def imported(modules: Iterable[str]) -> dict[str, str]:
    """Python, the kind of machine, and the version of each distribution that these top-level modules come from."""
    now, wanted = installed(), {PYTHON, MACHINE}
    for module in modules:
        plain = _normal(module)
        wanted |= {plain} if plain in now else set(_providers().get(module, ()))
    return {name: now[name] for name in sorted(wanted - {OURS})}


@cache
def _folders() -> Mapping[str, str]:
    """The metadata of each distribution by its normal name; the first on the path counts, as for Python."""
    found: dict[str, str] = {}
    for entry in sys.path:
        names = sorted(os.listdir(entry)) if entry and os.path.isdir(entry) else ()  # noqa: PTH112, PTH208 (at each start)
        for name in names:
            if name.endswith(END):
                found.setdefault(_normal(name.partition("-")[0]), f"{entry}/{name}")
    return found


@cache
def installed() -> Mapping[str, str]:
    """The version of each distribution by its normal name, of Python, and the kind of machine."""
    versions = {name: path.removesuffix(END).rpartition("-")[2] for name, path in _folders().items()}
    return {**versions, PYTHON: platform.python_version(), MACHINE: f"{sys.platform} {platform.machine()}"}


@cache
def _providers() -> Mapping[str, tuple[str, ...]]:
    """Which distributions a top-level module comes from, where no folder has the distribution's name: yaml, pyyaml."""
    found: dict[str, list[str]] = {}
    for name, path in _folders().items():
        listed = Path(path) / "RECORD"
        if (Path(path).parent / name).exists() or not listed.exists():
            continue
        for top in {line.partition(",")[0].partition("/")[0] for line in listed.read_text("utf-8").splitlines()}:
            module = top.partition(".")[0]
            if module and not top.endswith((END, ".data")):
                found.setdefault(module, []).append(name)
    return {module: tuple(sorted(names)) for module, names in found.items()}


def _normal(name: str) -> str:
    return name.replace("-", "_").replace(".", "_").lower()
