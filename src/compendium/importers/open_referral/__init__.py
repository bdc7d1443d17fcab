"""Services as published by Open Referral (HSDS 3.0) and Open Referral UK, in CSV and JSON.

Read, checked against the specification, and turned into the tables of the service map. What the specification does not
say (setting, kind of organisation, whether a place may be known) comes from a file of classes; without it a place is
taken to be one that must not be known.
"""

from compendium.importers.open_referral.service_map import ServiceMap, open_referral, service_map

__all__ = ["ServiceMap", "open_referral", "service_map"]
