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
    "consensus_rules",
    "context",
    "decisions",
    "estimate",
    "evidence",
    "extraction",
    "meta",
    "need",
    "paired",
    "pilot",
    "pilot_effort",
    "places",
    "pools",
    "progression",
    "protocol",
    "ranking",
    "rates",
    "reporting",
    "reliability",
    "repeats",
    "review_flow",
    "scales",
    "screening",
    "services",
    "stability",
    "stakeholders",
    "subgroups",
    "suggestions",
    "survival",
    "taking_part",
    "updates",
    "upkeep",
    "vintages",
    "workshops",
    "youth_ratings",
)


def __getattr__(name: str) -> ModuleType:
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_ROOMS)
