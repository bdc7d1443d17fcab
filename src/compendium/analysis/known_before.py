"""What else a file records of a child: three flags as one variable, because they are told together or not at all.

With each flag alone and the number of flags, the children who have all three can be worked out. So every table by a
flag is a grouping of the same 27 combinations, and disclosure control sees what they tell together.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from itertools import product
from operator import add

import pandas as pd

from compendium.aggregate import Dimension, with_coarser

VARIABLE = "known_before"
FLAGS: Mapping[str, str] = {
    "flag_send": "A special educational need or disability",
    "flag_care": "Looked after by the local authority",
    "flag_missing": "Reported missing",
}
MARKS = {"yes": "y", "no": "n", "not_recorded": "-"}  # one sign a flag, in the order of FLAGS
CODES = tuple("".join(signs) for signs in product(MARKS.values(), repeat=len(FLAGS)))
TWO_OR_MORE = "Two or all three of these"
NONE = "None of the three, and all three recorded"
NOT_ALL = "None known, but not all three recorded"


def codes(rows: pd.DataFrame) -> pd.Series[str]:
    """The combination of each victim's flags, such as `yn-`; a blank is not recorded, nor is a flag without column."""
    told = rows.reindex(columns=list(FLAGS))
    signs = [told[flag].map(MARKS).fillna(MARKS["not_recorded"]) for flag in FLAGS]
    joined: pd.Series[str] = reduce(add, signs)
    return joined


def dimensions() -> dict[str, Dimension]:
    """Groupings of the combinations: which flag alone, how many flags, any flag; and each flag by its own name."""
    alone = {flag: "".join("y" if one == flag else "n" for one in FLAGS) for flag in FLAGS}
    apart = {flag: (label, _with(alone[flag])) for flag, label in FLAGS.items()}
    one = tuple(code for _, held in apart.values() for code in held)
    more = tuple(code for code in CODES if code.count("y") > 1)
    ends = {"none": (NONE, ("nnn",)), "not_recorded": (NOT_ALL, tuple(c for c in CODES if "y" not in c and "-" in c))}
    found = {
        "known_before": _grouping("known_before", {**apart, "two_or_more": (TWO_OR_MORE, more), **ends}),
        "known_before_number": _grouping(
            "known_before_number", {"one": ("One of the three", one), "two_or_more": (TWO_OR_MORE, more), **ends}
        ),
        "known_before_any": _grouping(
            "known_before_any", {"any": ("At least one of the three", (*one, *more)), **ends}
        ),
    }
    return with_coarser(found) | {flag: _by_itself(flag, at) for at, flag in enumerate(FLAGS)}


def _with(wanted: str) -> tuple[str, ...]:
    """The combinations in which only the flag that `wanted` has is known to apply; others may be unrecorded."""
    return tuple(code for code in CODES if [sign == "y" for sign in code] == [sign == "y" for sign in wanted])


def _grouping(name: str, held: Mapping[str, tuple[str, tuple[str, ...]]]) -> Dimension:
    labels = {code: label for code, (label, _) in held.items()}
    members = {code: codes for code, (_, codes) in held.items()}
    title = "What else the file records of the child"
    return Dimension(name, title, labels, VARIABLE, members, ("not_recorded",), sensitive=True)


def _by_itself(flag: str, at: int) -> Dimension:
    members = {answer: tuple(code for code in CODES if code[at] == sign) for answer, sign in MARKS.items()}
    labels = {"yes": "Yes", "no": "No", "not_recorded": "Not recorded"}
    return Dimension(flag, FLAGS[flag], labels, VARIABLE, members, ("not_recorded",), sensitive=True)
