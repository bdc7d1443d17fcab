"""Pure functions from checked tables to aggregates. A submodule is imported when it is first asked for."""

from __future__ import annotations

import importlib
from types import ModuleType

_ROOMS = (
    "agreement",
    "appraisal",
    "cases",
    "concentration",
    "conformance",
    "consensus",
    "context",
    "decisions",
    "estimate",
    "evidence",
    "extraction",
    "meta",
    "need",
    "paired",
    "pilot",
    "places",
    "pools",
    "progression",
    "protocol",
    "rates",
    "reliability",
    "repeats",
    "review_flow",
    "screening",
    "services",
    "subgroups",
    "survival",
    "updates",
    "upkeep",
    "vintages",
    "workshops",
)


def __getattr__(name: str) -> ModuleType:
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_ROOMS)
