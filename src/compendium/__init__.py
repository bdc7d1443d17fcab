"""A reproducible research compendium on online child sexual victimisation.

`Study` is what a notebook sees; all else is reached by its room: `compendium.analysis`, `compendium.disclosure`, …
Nothing heavy is imported until it is asked for, so that `compendium --help` starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compendium.study import Study

__version__ = "0.1.0"
__all__ = ["Study", "__version__"]


def __getattr__(name: str) -> object:
    if name == "Study":
        from compendium.study import Study

        return Study
    raise AttributeError(f"module 'compendium' has no attribute {name!r}")
