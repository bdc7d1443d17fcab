"""What the Human Services Data Specification 3.0 and its UK profile ask of the tables that are kept here.

Facts of the published schemas (Open Referral, CC BY-SA 4.0: https://docs.openreferral.org; Open Referral UK 3.0:
https://openreferraluk.org). `required` is what either asks for; a profile may ask for less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "identifier", "number", "date", "moment", "address of a page", "address of a mailbox"]


@dataclass(frozen=True)
class Field:
    """A field of a record: what it holds, whether it must, and the values it may hold (none: any)."""

    kind: Kind = "text"
    required: bool = False
    values: tuple[str, ...] = ()


ID, LINK = Field("identifier", required=True), Field("identifier")
PAGE, MAILBOX = Field("address of a page"), Field("address of a mailbox")
NAME = Field(required=True)
ORGANIZATION = {
    "id": ID,
    "name": NAME,
    "description": Field(),
    "email": MAILBOX,
    "website": PAGE,
    "logo": PAGE,
    "uri": PAGE,
    "parent_organization_id": LINK,
}
SERVICE = {
    "id": ID,
    "organization_id": LINK,
    "name": NAME,
    "description": Field(),
    "url": PAGE,
    "email": MAILBOX,
    "status": Field(required=True, values=("active", "inactive", "defunct", "temporarily closed")),
    "minimum_age": Field("number"),
    "maximum_age": Field("number"),
    "assured_date": Field("date"),
    "assurer_email": MAILBOX,
    "last_modified": Field("moment"),
}
LOCATION = {
    "id": ID,
    "location_type": Field(required=True, values=("physical", "postal", "virtual")),
    "name": Field(),
    "latitude": Field("number"),
    "longitude": Field("number"),
    "organization_id": LINK,
}
SERVICE_AT_LOCATION = {"id": ID, "service_id": LINK, "location_id": LINK}
KEPT = {
    "organization": ORGANIZATION,
    "service": SERVICE,
    "location": LOCATION,
    "service_at_location": SERVICE_AT_LOCATION,
}
PLURALS = {  # names of files -> of tables
    **{"organizations": "organization", "services": "service", "locations": "location"},
    "service_at_locations": "service_at_location",
}
LEFT_OUT = {  # tables of the specification that this project has no use for -> why
    "address": "an address is never kept: a place is known by its area",
    "contact": "names and addresses of persons are never kept",
    "phone": "numbers are looked up where the service publishes them",
    "schedule": "opening hours are looked up where the service publishes them",
    "service_area": "catchments as declared are read by hand",
    "accessibility": "not part of the service map",
    "attribute": "classes of a service come from the file of classes",
    "cost_option": "not part of the service map",
    "funding": "not part of the service map",
    "language": "not part of the service map",
    "meta_table_description": "not part of the service map",
    "metadata": "not part of the service map",
    "organization_identifier": "not part of the service map",
    "program": "not part of the service map",
    "required_document": "not part of the service map",
    "taxonomy": "classes of a service come from the file of classes",
    "taxonomy_term": "classes of a service come from the file of classes",
    "url": "not part of the service map",
    "unit": "not part of the service map",
    "cost": "not part of the service map",
}
