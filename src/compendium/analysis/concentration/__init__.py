"""How unevenly events lie over places, always beside what chance alone would give.

`measures` (Gini, generalised and unbiased Gini, Lorenz curve, share of the highest places, location quotient), `chance`
(the same number of events dealt out by an exposure), `places` (events and exposure of each place), `tables` (measures
beside chance, for publishing) and `incidents` (public figures by kind, month and year).
"""

from __future__ import annotations

from compendium.analysis.concentration.chance import (
    beyond_own_band,
    by_chance,
    chance_alone,
    gini_by_chance,
    rate_range_by_chance,
)
from compendium.analysis.concentration.incidents import beyond_chance, by_month, by_type, by_year
from compendium.analysis.concentration.measures import (
    gini,
    gini_generalised,
    gini_unbiased,
    location_quotient,
    lorenz,
    top_share,
)
from compendium.analysis.concentration.places import (
    CHILDREN,
    Places,
    area_parents,
    case_places,
    incident_places,
    residents,
)
from compendium.analysis.concentration.tables import beside_chance, lorenz_beside_chance, lorenz_in_full

__all__ = [
    "CHILDREN",
    "Places",
    "area_parents",
    "beside_chance",
    "beyond_chance",
    "beyond_own_band",
    "by_chance",
    "by_month",
    "by_type",
    "by_year",
    "case_places",
    "chance_alone",
    "gini",
    "gini_by_chance",
    "gini_generalised",
    "gini_unbiased",
    "incident_places",
    "location_quotient",
    "lorenz",
    "lorenz_beside_chance",
    "lorenz_in_full",
    "rate_range_by_chance",
    "residents",
    "top_share",
]
