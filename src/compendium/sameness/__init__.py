"""Whether two folders of results hold the same bytes and, where they don't, which cell of what differs.

The same inputs give the same bytes: this tells where that broke. Nothing is run and nothing is written.
"""

from compendium.sameness.compare import Compared, compare, differences, published
from compendium.sameness.difference import Difference

__all__ = ["Compared", "Difference", "compare", "differences", "published"]
