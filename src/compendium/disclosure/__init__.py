"""Disclosure control: what may be shown, and the proof. `protect`, `attack`, `settle_counts`, `settle_statistic`."""

from compendium.disclosure.addition import WITNESSES
from compendium.disclosure.addition import compact as witnesses_text
from compendium.disclosure.attack import attack
from compendium.disclosure.audit import Audit, audit_dir, protect_csv
from compendium.disclosure.known import KnownTable
from compendium.disclosure.protect import ProtectedTable, protect
from compendium.disclosure.settle import Protected, settle_counts
from compendium.disclosure.statistics import check_together, settle_statistic

__all__ = [
    "WITNESSES",
    "Audit",
    "KnownTable",
    "Protected",
    "ProtectedTable",
    "attack",
    "audit_dir",
    "check_together",
    "protect",
    "protect_csv",
    "settle_counts",
    "settle_statistic",
    "witnesses_text",
]
