"""Dictionaries: the one description of each table, and everything that is made from it."""

from compendium.dictionary.load import Dictionaries, load
from compendium.dictionary.schema import Dictionary, Field

__all__ = ["Dictionaries", "Dictionary", "Field", "load"]
