"""How a town begins: a folder that works at once on invented records, and what to put in next."""

from compendium.beginning.folder import Wanted, begin, fill
from compendium.beginning.next_step import Step, next_step

__all__ = ["Step", "Wanted", "begin", "fill", "next_step"]
