"""Words in the name or description of a service that say: its place must not be known, whatever its record says."""

from __future__ import annotations

import re

KEPT_SECRET = re.compile(
    r"\b(refuges?|safe ?houses?|women'?s aid|sanctuary|children'?s homes?|residential (child ?care|homes?)|secure unit|"
    r"special schools?|sarc|sexual assault referral)\b",
    re.IGNORECASE,
)
