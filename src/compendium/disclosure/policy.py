"""Policies of disclosure control: configuration with a source, a version and a date, never code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from compendium.aggregate import Counts, Origin
from compendium.errors import DisclosureRefused, UnknownName, nearest

Zeros = Literal["never", "when_sensitive", "always"]
ZEROS: tuple[Zeros, ...] = ("never", "when_sensitive", "always")  # from loose to strict


@dataclass(frozen=True)
class Policy:
    """Which counts may not be shown.

    `threshold` is the least count that may be shown; `zeros` says when a zero is hidden by the same mark;
    `method` is `suppress` (hide), `round` (redact counts under the threshold, round the others to `base`), `midpoint`
    (round up to `base` and down to its middle) or `none`.
    """

    name: str
    title: str
    source: str
    version: str
    date: str
    method: Literal["suppress", "round", "midpoint", "none"]
    threshold: int
    zeros: Zeros
    note: str = ""
    units: str = "persons"
    base: int = 0  # what counts are rounded to, under `round` and `midpoint`
    areas: bool = True  # whether it may be used for tables by area
    group_disclosure: Zeros = "when_sensitive"  # when a group whose members all fall in one category is hidden
    checked: str = ""  # when the source was read, and how far

    def hides_zeros(self, sensitive: bool) -> bool:
        """Whether a zero is hidden, in a table with (`sensitive`) or without an area or a sensitive attribute."""
        return self.zeros == "always" or (self.zeros == "when_sensitive" and sensitive)

    def hides_groups(self, sensitive: bool) -> bool:
        """Whether a zero is hidden when all others of its group are in one category (`sensitive` as above)."""
        return self.group_disclosure == "always" or (self.group_disclosure == "when_sensitive" and sensitive)

    def at_least_as_strict_as(self, other: Policy) -> bool:
        """Whether everything that `other` hides is hidden by this policy too."""
        stricter = ZEROS.index(self.zeros) >= ZEROS.index(other.zeros)
        own = max(ZEROS.index(self.zeros), ZEROS.index(self.group_disclosure))  # a hidden zero hides its group as well
        groups = own >= ZEROS.index(other.group_disclosure)
        return self.threshold >= other.threshold and stricter and groups


@cache
def policies() -> Mapping[str, Policy]:
    """Every policy, by name. Source: `policies.json` beside this module."""
    text = resources.files(__package__).joinpath("policies.json").read_text(encoding="utf-8")
    return {name: Policy(name=name, **entry) for name, entry in json.loads(text).items()}


def policy(name: str) -> Policy:
    """The policy of that name; `UnknownName` with the nearest one otherwise."""
    known = policies()
    if name not in known:
        raise UnknownName(f"No policy of disclosure control is called '{name}'.", nearest(name, known))
    return known[name]


def floor(origin: Origin) -> Policy:
    """The policy that the dictionary of a table asks for. A sensitive table without one gets the default."""
    if origin.sensitivity == "public":
        return policy("public")
    if origin.policy:
        return policy(origin.policy)
    return policy({"participants": "participants", "services": "services"}.get(origin.units, "threshold-10"))


def policy_for(name: str, counts: Counts, asked: str | None) -> Policy:
    """The floor of a table's dictionary, or a stricter policy that was asked for; a looser one is refused.

    What is asked for a locality is about persons: floors of participants, services and published figures stay.
    """
    least = floor(counts.origin)
    if asked is None or least.units != "persons":
        return _suppressing(least)
    wanted = policy(asked)
    if not wanted.at_least_as_strict_as(least):
        raise DisclosureRefused(
            f"Table '{name}': policy {wanted.name} is looser than {least.name}, the floor of '{counts.origin.table}'.",
            f"Use {least.name} or a stricter policy; only the table's dictionary can change its floor.",
        )
    return _suppressing(wanted)


def _suppressing(chosen: Policy) -> Policy:
    if chosen.method in ("round", "midpoint"):
        raise DisclosureRefused(
            f"Policy {chosen.name} rounds counts; protection with proof is for policies that hide them.",
            "Use threshold-10, sdap-10, ukllc or acro.",
        )
    return chosen
