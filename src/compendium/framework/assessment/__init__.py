"""Self-assessment: one form made from the standards, what comes back filled in, and how answers become ratings."""

from __future__ import annotations

from compendium.framework.assessment.checking import Answers, checked
from compendium.framework.assessment.form import CANNOT_SAY, RATERS, Form, Item, Rater, form_of, forms_of
from compendium.framework.assessment.merging import Merged, Rating, merged, ratings
from compendium.framework.assessment.reading import Filled, read_filled

__all__ = [
    "CANNOT_SAY",
    "RATERS",
    "Answers",
    "Filled",
    "Form",
    "Item",
    "Merged",
    "Rater",
    "Rating",
    "checked",
    "form_of",
    "forms_of",
    "merged",
    "ratings",
    "read_filled",
]
