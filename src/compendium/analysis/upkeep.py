"""What somebody has to do so that the service map is true: records to check again, services that nobody refers to."""

from __future__ import annotations

import pandas as pd

from compendium.aggregate import Statistic, TableGroup
from compendium.analysis.services import MONTHS_FRESH, RUNNING, day_of

STALE = {
    "service_code": "Service",
    "status": "Status on record",
    "checked": "Last checked",
    "months": "Whole months ago",
    "to_do": "What to do",
}
NEVER = "never, or not recorded"
ENDED = "defunct"
ASK = "Ask the organisation whether the record is still true, and enter the day of asking"
ASK_OPEN = "Ask whether it will open again; if not, mark it as closed for good"


def stale(service_map: TableGroup, *, as_of: str, months: int = MONTHS_FRESH) -> Statistic:
    """Records that nobody has checked for `months` before `as_of`, by code (kind `upkeep`); not those that ended.

    Columns: service_code, status, checked (month), months (whole, since; text), to_do. Codes in their order, no names.
    """
    services = service_map["services"]
    day = day_of(as_of)
    rows = services.frame[services.frame["status"] != ENDED]
    checked = pd.to_datetime(rows["assured_date"])
    old = rows[~checked.ge(day - pd.DateOffset(months=months))].sort_values("id")
    labels = services.dimensions["status"].categories
    found = [
        (row.id, labels[str(row.status)], *_since(row.assured_date, day), ASK if row.status == RUNNING else ASK_OPEN)
        for row in old.itertuples(index=False)
    ]
    return Statistic("upkeep", pd.DataFrame(found, columns=list(STALE)), STALE, "service", 0, services.origin)


def _since(assured: object, day: pd.Timestamp) -> tuple[str, str]:
    """The month of the last check, and how many whole months lie between it and the day."""
    if pd.isna(assured):  # type: ignore[call-overload]
        return NEVER, ""
    then = pd.Timestamp(assured)  # type: ignore[arg-type]
    whole = (day.year - then.year) * 12 + day.month - then.month - (day.day < then.day)
    return then.strftime("%B %Y"), str(whole)
