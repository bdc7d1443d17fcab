"""The evidence register: what it is, how each report was read, where evidence is and where there is none.

The register was compiled by hand by one coder from abstracts, first pages and press reports. It is not the result of a
search, and nothing here says otherwise: the flow starts at the register, and no study is appraised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.aggregate import CheckedTable, Counts, Statistic
from compendium.analysis.citation import short_names
from compendium.analysis.counting import counted
from compendium.analysis.pools import read_sets
from compendium.errors import UnknownName, nearest

NOT_APPRAISED = "Not appraised: full text not read"
NOT_PREVENTION = "na"
NOT_NAMED = "Not named"
FORMS = {
    "grooming_solicitation": "Online solicitation of a child",
    "image_abuse": "Image of the child taken, kept or shared",
    "self_generated": "Image a child took (“self-generated” in the sources)",
    "extortion": "Sexual extortion",
    "exploitation": "Sexual exploitation",
    "exposure": "Exposure to sexual material",
    "general": "No single form",
}
SHORT_FORMS = {
    "grooming_solicitation": "solicitation",
    "image_abuse": "image",
    "self_generated": "image a child took",
    "extortion": "extortion",
    "exploitation": "exploitation",
    "exposure": "exposure",
    "general": "no single form",
}
SETTINGS = {  # setting on the map -> settings of the register
    "School": ("school", "school and community", "university"),
    "Family and community": ("family", "household", "community", "community service", "general population"),
    "Local services together": ("local authority", "multi-agency", "multi-agency service", "multi-sector"),
    "Health service": ("health service",),
    "Police and justice": ("police", "police and justice"),
    "Online and helplines": ("online", "online recruitment", "helpline", "helpline, charity and law enforcement"),
    NOT_NAMED: ("",),
}
EMMIE = {
    "effect_summary": "Effect",
    "mechanism": "Mechanism",
    "moderators": "Moderators",
    "implementation": "Implementation",
    "cost": "Economics",
}


def counts(studies: CheckedTable, reading: CheckedTable, by: Sequence[str]) -> Counts:
    """How many reports of the register there are by `read_as`, `publication_type` or `prevention_level`."""
    known = {**studies.dimensions, **reading.dimensions}
    for name in by:
        if name not in known:
            raise UnknownName(f"A report of the register has no dimension {name}.", nearest(name, known))
    rows = studies.frame.merge(reading.frame, on="study_id", how="left", validate="1:1")
    dimensions = tuple(known[name] for name in by)
    return counted(studies, rows, dimensions, "report")


def flow(studies: CheckedTable, reading: CheckedTable, prevalence: CheckedTable, sets: CheckedTable) -> Statistic:
    """From the register to the pools (kind `flow`), counted from the tables. Not a PRISMA flow: there was no search.

    Columns: box, label, count (reports), column (`main` | `side`), note.
    """
    pools = read_sets(sets, prevalence)
    pooled = {pool.set_id for pool in pools if pool.pooled}
    judged = sets.frame.merge(prevalence.frame, on=["study_id", "outcome"], how="left", validate="m:1")
    with_n = judged[judged["n"].notna()]
    chosen = with_n[with_n["set_id"].isin(pooled) & (with_n["use"] == "yes")]
    with_percentage = prevalence.frame.loc[prevalence.frame["estimate_percent"].notna(), "study_id"]
    read_as = reading.dimensions["read_as"].categories
    by_kind = reading.frame["read_as"].value_counts()
    in_sets, weighable, in_pools = (frame["study_id"].nunique() for frame in (judged, with_n, chosen))
    rows = [
        (
            "register",
            "Reports, papers and records in the register",
            len(studies),
            "main",
            "By hand, one coder; no search",
        ),
        *(
            (f"read_{code}", f"Read as: {label[:1].lower()}{label[1:]}", int(by_kind.get(code, 0)), "side", "")
            for code, label in read_as.items()
        ),
        ("full_text", "Read in full and appraised", 0, "side", NOT_APPRAISED),
        ("figures", "With a figure of any kind", prevalence.frame["study_id"].nunique(), "main", ""),
        ("percentages", "With a percentage", with_percentage.nunique(), "main", ""),
        ("in_a_set", "With one in a set of like outcomes", in_sets, "main", ""),
        ("without_n", "The number asked was not read", in_sets - weighable, "side", ""),
        ("with_n", "Number asked was read", weighable, "main", ""),
        (
            "ranges",
            "Shown in ranges only",
            weighable - in_pools,
            "side",
            "Recall periods or definitions differ, or too few",
        ),
        ("pooled", "In a pool", in_pools, "main", "Three or more, one recall period, one definition"),
    ]
    columns = {"label": "Step", "count": "Reports", "note": "Note"}
    frame = pd.DataFrame(rows, columns=["box", "label", "count", "column", "note"])
    return Statistic("flow", frame, columns, "report", 0, studies.origin)


def gap_map(studies: CheckedTable, reading: CheckedTable) -> Statistic:
    """Reports about prevention by form of harm, level and setting, empty cells included (kind `gap_map`).

    A report on two forms stands in two cells. `read` says how they were read: no mark of quality. `members` are ids,
    `names` what the reports are called, in the same order.
    """
    levels = {k: v for k, v in studies.dimensions["prevention_level"].categories.items() if k != NOT_PREVENTION}
    labels = reading.dimensions["read_as"].categories
    rows = studies.frame[studies.frame["prevention_level"].isin(levels)].merge(reading.frame, on="study_id")
    setting_of = {member: setting for setting, members in SETTINGS.items() for member in members}
    called = short_names(studies)
    rows = rows.assign(
        place=rows["setting"].fillna("").map(setting_of).fillna(NOT_NAMED),
        form=rows["ocsv_form"].str.split(","),
    ).explode("form")
    settings = [setting for setting in SETTINGS if setting != NOT_NAMED or (rows["place"] == setting).any()]
    cells: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for *place, id, read_as in rows[["form", "prevention_level", "place", "study_id", "read_as"]].itertuples(
        index=False
    ):
        cells[tuple(place)].append((id, read_as))
    found = []
    for form, form_label in FORMS.items():
        for level, level_label in levels.items():
            for setting in settings:
                cell = sorted(cells[form, level, setting])
                names = "; ".join(called[member] for member, _ in cell)
                read, members = _read_as([code for _, code in cell], labels), "; ".join(member for member, _ in cell)
                found.append((form_label, level_label, setting, len(cell), read, names, members))
    columns = {
        "form": "Form of harm",
        "level": "Level of prevention",
        "setting": "Setting",
        "studies": "Reports",
        "read": "How they were read",
        "names": "Which",
    }
    return Statistic(
        "gap_map", pd.DataFrame(found, columns=[*columns, "members"]), columns, "report", 0, studies.origin
    )


def _read_as(codes: Sequence[str], labels: Mapping[str, str]) -> str:
    numbers = {label: codes.count(code) for code, label in labels.items()}
    return ", ".join(f"{label.lower()} {number}" for label, number in numbers.items() if number)


def register(studies: CheckedTable, reading: CheckedTable, prevalence: CheckedTable) -> Statistic:
    """The register itself, a row a report (kind `listing`): what it is about, how it was read, where."""
    labels = studies.dimensions["publication_type"].categories
    rows = studies.frame.merge(reading.frame, on="study_id", how="left", validate="1:1")
    figures = prevalence.frame["study_id"].value_counts()
    frame = pd.DataFrame(
        {
            "study": rows["study_id"].map(short_names(studies)),
            "study_id": rows["study_id"],
            "forms": rows["ocsv_form"].str.split(",").map(lambda forms: ", ".join(SHORT_FORMS[form] for form in forms)),
            "kind": rows["publication_type"].map(labels),
            "country": rows["country"].fillna("not printed"),
            "figures": rows["study_id"].map(figures).fillna(0).astype(int),
            "read_as": rows["read_as"].map(reading.dimensions["read_as"].categories),
            "appraisal": NOT_APPRAISED,
            "source": rows["doi"].fillna(rows["source_locator"]),
            "anchor": "report-" + rows["study_id"],
        }
    )
    columns = {
        "study": "Report",
        "forms": "Forms of harm",
        "kind": "Kind",
        "figures": "Figures",
        "read_as": "Read as",
        "source": "DOI, or where it was read",
    }
    return Statistic("listing", frame.sort_values("study_id", ignore_index=True), columns, "report", 0, studies.origin)


def contradictions(noted: CheckedTable, studies: CheckedTable) -> Statistic:
    """Figures that are printed in two ways, as noted by the coder (kind `listing`)."""
    names = short_names(studies)
    frame = noted.frame.assign(study=noted.frame["study_id"].map(names)).fillna("")
    columns = {
        "study": "Report",
        "what": "What",
        "printed_a": "Printed",
        "printed_b": "Also printed, or computed",
        "note": "What follows",
    }
    return Statistic("listing", frame[["study_id", *columns]], columns, "figure", 0, noted.origin)


def printed_against_counts(prevalence: CheckedTable, studies: CheckedTable) -> Statistic:
    """Every printed percentage that its own printed count and number asked do not give (kind `listing`).

    Compared at the digits printed; both stand in the register as they were read.
    """
    rows = prevalence.frame.dropna(subset=["estimate_percent", "events", "n"])
    names = short_names(studies)
    found = []
    for row in rows.to_dict("records"):
        printed = f"{row['estimate_percent']:g}"
        decimals = len(printed.partition(".")[2])
        computed = f"{100 * row['events'] / row['n']:.{decimals}f}"
        if float(computed) != float(printed):
            counted = f"{int(row['events']):,} of {int(row['n']):,}"
            found.append((names[row["study_id"]], row["outcome"], f"{printed}%", counted, f"{computed}%"))
    columns = {
        "study": "Report",
        "outcome": "Outcome",
        "printed": "Printed",
        "counted": "Printed count",
        "computed": "That count gives",
    }
    return Statistic("listing", pd.DataFrame(found, columns=list(columns)), columns, "figure", 0, prevalence.origin)


# Words in a coder's paraphrase that the Luxembourg guidelines (2025) advise against, and what is meant.
OTHER_WORDS = {r"\bsexting\b": "the sharing of sexual images", r"\brisky (?:online )?behaviour\b": "behaviour online"}


def interventions(programmes: CheckedTable) -> Statistic:
    """What one source reports of each programme (kind `listing`): for whom, what changed, how it was carried out."""
    columns = {
        "programme": "Programme",
        "target_group": "For whom",
        "effect_summary": "What the source reports",
        "implementation": "How it was carried out",
    }
    frame = programmes.frame[["study_id", *columns]].fillna("").replace(OTHER_WORDS, regex=True)
    return Statistic("listing", frame, columns, "programme", 0, programmes.origin)


def emmie(programmes: CheckedTable) -> Statistic:
    """For how many programmes anything was read under each heading of EMMIE (kind `listing`): headings, not scores.

    EMMIE-Q scores are for reviews only (Johnson et al. 2015).
    """
    frame, total = programmes.frame, len(programmes)
    said = {heading: int(frame[column].notna().sum()) for column, heading in EMMIE.items()}
    rows = [{"measure": heading, "value": f"{number} of {total}"} for heading, number in said.items()]
    columns = {"measure": "Heading of EMMIE", "value": "Programmes with anything read under it"}
    return Statistic("listing", pd.DataFrame(rows, columns=list(columns)), columns, "programme", 0, programmes.origin)
