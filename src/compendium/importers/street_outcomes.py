"""Outcomes of police.uk: the published file of a month, a row a decision on a crime of that or an earlier month."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from compendium.importers.layout import layout, rows_of
from compendium.importers.reading import Reading, Row, importer
from compendium.importers.street_crime import LSOA, MONTH, NOT_KEPT, counted, remark_on_places

TYPES = {
    "Action to be taken by another organisation": "other_organisation",
    "Awaiting court outcome": "court_awaited",
    "Court case unable to proceed": "court_unable",
    "Court result unavailable": "court_unknown",
    "Defendant found not guilty": "not_guilty",
    "Defendant sent to Crown Court": "crown_court",
    "Formal action is not in the public interest": "formal_action_not_public_interest",
    "Further action is not in the public interest": "further_action_not_public_interest",
    "Further investigation is not in the public interest": "further_investigation_not_public_interest",
    "Investigation complete; no suspect identified": "no_suspect",
    "Local resolution": "local_resolution",
    "Offender deprived of property": "deprived_of_property",
    "Offender fined": "fined",
    "Offender given a caution": "caution",
    "Offender given a drugs possession warning": "drugs_warning",
    "Offender given absolute discharge": "absolute_discharge",
    "Offender given community sentence": "community_sentence",
    "Offender given conditional discharge": "conditional_discharge",
    "Offender given penalty notice": "penalty_notice",
    "Offender given suspended prison sentence": "suspended_sentence",
    "Offender ordered to pay compensation": "compensation",
    "Offender otherwise dealt with": "otherwise",
    "Offender sent to prison": "prison",
    "Status update unavailable": "status_unknown",
    "Suspect charged": "charged",
    "Suspect charged as part of another case": "charged_elsewhere",
    "Unable to prosecute suspect": "unable_to_prosecute",
    "Under investigation": "under_investigation",
}
OUTCOMES = layout("Crime ID", "Month", "LSOA code", "Outcome type", left_out=NOT_KEPT)
COLUMNS = ["area_code", "month", "outcome_type", "outcomes"]


@importer
def police_uk_outcomes(reading: Reading, path: Path) -> pd.DataFrame:
    """The outcomes file of one month and force, counted by LSOA and type of outcome.

    Columns: `area_code` (LSOA), `month` (of the outcome, not of the crime), `outcome_type` (a code of `TYPES`, which
    are not the Home Office's types 1 to 22), `outcomes`. A crime may have several outcomes, in one month too: these
    are decisions, never crimes. Rows without location can't be counted by area; how many is said in a remark, as is
    how many crimes stand there more than once.
    """
    records: list[tuple[str, str, str]] = []
    identifiers: list[str] = []
    without_place: list[str] = []
    for row in rows_of(reading, path, OUTCOMES):
        kind = _type(reading, row)
        month = reading.code(row, "Month", MONTH, "a month such as 2020-01")
        identifiers.append(row["Crime ID"])
        if not row["LSOA code"]:
            without_place.append(row["Outcome type"])
            continue
        records.append((reading.code(row, "LSOA code", LSOA, "a code of a Lower layer Super Output Area"), month, kind))
    remark_on_places(reading, without_place, len(identifiers))
    again = len(identifiers) - len(set(identifiers))
    if again:
        reading.remark(f"{again} rows are further outcomes of a crime that stands above them.", column="Crime ID")
    return counted(records, COLUMNS)


def _type(reading: Reading, row: Row) -> str:
    kind = TYPES.get(row["Outcome type"], "")
    if not kind:
        reading.code(row, "Outcome type", "|".join(map(re.escape, TYPES)), "an outcome of police.uk")
    return kind
