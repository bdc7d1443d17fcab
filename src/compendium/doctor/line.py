"""One thing that the doctor looked at."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Standing: TypeAlias = Literal["ok", "optional", "MISSING", "MEND"]
OK: Standing = "ok"
LACKING: Standing = "optional"  # it isn't there, and much goes without
MISSING: Standing = "MISSING"  # nothing runs without
MEND: Standing = "MEND"  # something is where it must not be


class Line(NamedTuple):
    """What was looked at, how it stands, and in words what was found and is to be done."""

    what: str
    text: str
    standing: Standing
