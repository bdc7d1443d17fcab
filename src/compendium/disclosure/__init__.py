"""Disclosure control: what may be shown, and the proof. `protect`, `attack`, `settle_counts`, `settle_statistic`."""

from compendium.disclosure.addition import WITNESSES
from compendium.disclosure.addition import compact as witnesses_text
from compendium.disclosure.advice import Advice, advise, explain_csv
from compendium.disclosure.attack import attack
from compendium.disclosure.audit import Audit, audit_dir, protect_csv
from compendium.disclosure.between_units import without_numbers_told
from compendium.disclosure.competing import beside_counts
from compendium.disclosure.designs import MOST_HIDDEN, ladder, pick
from compendium.disclosure.known import KnownTable
from compendium.disclosure.passing import Way, shows_cells, ways_that_pass
from compendium.disclosure.protect import ProtectedTable, protect
from compendium.disclosure.settle import Protected, settle_counts
from compendium.disclosure.statistics import check_together, settle_statistic

__all__ = [
    "MOST_HIDDEN",
    "WITNESSES",
    "Advice",
    "Audit",
    "KnownTable",
    "Protected",
    "ProtectedTable",
    "Way",
    "advise",
    "attack",
    "audit_dir",
    "beside_counts",
    "check_together",
    "explain_csv",
    "ladder",
    "pick",
    "protect",
    "protect_csv",
    "settle_counts",
    "settle_statistic",
    "shows_cells",
    "ways_that_pass",
    "without_numbers_told",
    "witnesses_text",
]
