"""Disclosure control: what may be shown, and the proof. `protect`, `attack`, `settle_counts`, `settle_statistic`."""

from compendium.disclosure.settle import Protected, settle_counts
from compendium.disclosure.statistics import settle_statistic

__all__ = ["Protected", "settle_counts", "settle_statistic"]
