"""What rates are for and stand beside: the children of a locality, and official figures, which are no comparators."""

from __future__ import annotations

import re

import pandas as pd

from compendium.aggregate import COUNT, CheckedTable, Counts, Statistic

COMPARATORS = {
    "measure": "Offence group of the official table",
    "place": "Where",
    "period": "When",
    "value": "Recorded crimes",
    "table": "Table",
    "comparable": "Why it can't be compared with case files",
}
OFFENCE_GROUPS = {
    "sexual_offences": (
        "Sexual offences",
        "it counts victims of every age, online and offline, and holds no offences with images of children (86)",
    ),
    "miscellaneous": (
        "Miscellaneous crimes against society",
        "offences with images of children (86) stand here among much else, such as perverting the course of justice",
    ),
    "theft": (
        "Theft offences",
        "blackmail (35), and so extortion with a sexual image, stands here among much else",
    ),
    "violence": (
        "Violence against the person",
        "malicious communications (8R) stand here among much else, to people of every age",
    ),
}


def children(population: CheckedTable) -> Counts:
    """Children of the whole locality by band of age: what rates are for. Whose figure they are stands in the origin."""
    band = population.dimensions["age_band"]
    counted = population.frame.groupby("age_band")["persons"].sum()
    found = counted.reindex(list(band.categories), fill_value=0) if len(population.frame) else counted
    frame = pd.DataFrame({band.name: found.index, COUNT: found.to_numpy(dtype="int64")})
    return Counts(frame, "child", (band,), population.origin)


def comparators(area_crime: CheckedTable, *, district: str) -> Statistic:
    """What the official table says of the partnership of `district` and of its police force area (kind `listing`).

    A row a group and place, each with the reason why it is no comparator: image offences are not sexual offences there.
    """
    rows = area_crime.frame
    here = rows[(rows["district_code"] == district) & rows["level"].isin(["csp", "csp_and_force"])]
    force = rows[rows["force_code"].isin(here["force_code"]) & rows["level"].isin(["force", "csp_and_force"])]
    found = [
        {
            "measure": title,
            "place": str(row["area_name"]).strip()
            + (" (partnership)" if row["level"] == "csp" else " (police force area)"),
            "period": f"year ending {pd.Period(str(row['period']), 'M').strftime('%B %Y')}",
            "value": int(row[column]),
            "table": _table(area_crime.origin.source),
            "comparable": f"Not comparable, because {why}",
        }
        for column, (title, why) in OFFENCE_GROUPS.items()
        for _, row in pd.concat([here.head(1), force.head(1)]).drop_duplicates().iterrows()
        if not pd.isna(row[column])
    ]
    frame = pd.DataFrame(found, columns=list(COMPARATORS))
    return Statistic("listing", frame, COMPARATORS, "crime", 0, area_crime.origin)


def _table(source: str) -> str:
    """`Table C2` where the source names its table, else the whole of it."""
    found = re.search(r"Table \w+", source)
    return found[0] if found else source
