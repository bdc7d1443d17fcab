"""How a town begins: a folder that works at once on invented records, and what to put in next."""

from compendium.beginning.blanks import blanks_again
from compendium.beginning.folder import Wanted, begin, fill
from compendium.beginning.next_step import Step, help_of_another_country, next_step, stale_twin

__all__ = ["Step", "Wanted", "begin", "blanks_again", "fill", "help_of_another_country", "next_step", "stale_twin"]
