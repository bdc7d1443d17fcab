"""What people rated and voted for, in the shapes in which coordinators have it, as the tables `ratings` and `votes`.

CSV or spreadsheet; a row an answer, or a row a person with a column an item; one round or several. `sheet` reads cells,
`people` looks at who answered, `answers` finds each answer, `ratings` and `votes` say what it means.
"""

from __future__ import annotations

from compendium.importers.workshop.ratings import Ratings, read_ratings
from compendium.importers.workshop.votes import Votes, read_votes

__all__ = ["RATINGS", "VOTES", "Ratings", "Votes", "read_ratings", "read_votes"]

RATINGS = (
    "ratings",
    "Ratings of priorities by one or several rounds (Delphi, RAND/UCLA)",
    "a row a person or a rating",
)
VOTES = (
    "votes",
    "Votes of the nominal group technique: points, ranks, or first to fifth choice",
    "a row a person or vote",
)
