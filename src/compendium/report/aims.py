"""A page for each of the study's three aims: what the released tables of a locality say to it, and what they can't.

The words stand in `report/_aim_*.md`; here is what follows from the rows of released tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compendium.aggregate import TOTAL
from compendium.framework.standards import Framework
from compendium.markdown import escape
from compendium.paths import Root
from compendium.report import filled, front, helping, numbers, read
from compendium.report.filled import Markdown
from compendium.report.place import Place
from compendium.report.read import Row, rows
from compendium.report.wording import joined

MOST_SAID = 3  # themes that a sentence names
LIGHTS = {"go": "go on", "amend": "amend", "stop": "stop"}
NO_CLASS = "none"


@dataclass(frozen=True)
class Aim:
    """A page: its file, title, the aim in one sentence, its words in `report/`, and what follows from rows."""

    page: str
    title: str
    aim: str
    words: str
    follows: Callable[[Place, Framework], Mapping[str, Any]]


def page(
    aim: Aim, place: Place, root: Root, framework: Framework, shown: Mapping[str, str], lines: Sequence[helping.Line]
) -> str:
    """The page of one aim for one locality."""
    text = filled.page(place, root, aim.words, shown, **aim.follows(place, framework))
    head = front.matter(aim.title, subtitle=aim.aim, quick_exit=True)
    return "\n".join([*head, helping.noted(text), "", helping.short(lines, place.locality), ""])


def _identify(place: Place, framework: Framework) -> dict[str, Any]:
    return {
        "themes": _themes(place),
        "need": _need(place),
        "hidden": hidden(place, "victims_by_route", "victims_by_form", "victims_by_flags", "cases_by_safeguarding"),
    }


def _partners(place: Place, framework: Framework) -> dict[str, Any]:
    services = rows(place, "referral_network")
    alone = sum(row["isolated"] == "yes" for row in services)
    codes = rows(place, "codes_read_abroad")
    unlike = sum(str(row["iccs"]) == NO_CLASS for row in codes)
    return {
        "alone": _of(alone, len(services), "referral_network"),
        "codes": _of(len(codes) - unlike, len(codes), "codes_read_abroad"),
        "police_routes": _routes(place),
        "differ": _differ(place, "police", "charities"),
        "both": _both(place, "police", "charities"),
        "hidden": hidden(place, "victims_by_route", "suspects_by_residence", "cases_by_safeguarding"),
    }


def _standards(place: Place, framework: Framework) -> dict[str, Any]:
    verdicts = Counter((row["group"], row["verdict"]) for row in rows(place, "consensus_by_group"))
    items = len({row["item"] for row in rows(place, "consensus_by_group")})
    gaps = [row for row in rows(place, "self_youth_gap") if row.get("low") is not None and row.get("high") is not None]
    apart = sum(row["low"] > 0 or row["high"] < 0 for row in gaps)
    return {
        "standards": [standard.title for standard in framework.standards],
        "illustrative": framework.outline.status == "illustrative",
        "children_in": _of(verdicts["children", "in"], items, "consensus_by_group"),
        "all_in": _of(verdicts["all", "in"], items, "consensus_by_group"),
        "splits": list(dict.fromkeys(str(row["item_label"]) for row in rows(place, "consensus_splits"))),
        "lights": _lights(place),
        "apart": _of(apart, len(gaps), "self_youth_gap"),
        "orphans": [str(row["from_label"]) for row in rows(place, "voice_orphans") if row["from_kind"] != "evidence"],
        "absent": [str(row["group_label"]) for row in rows(place, "who_was_there") if _was_absent(row)],
        "hidden": hidden(place, "workshop_attendance", "suggestions_by_decision", "pilot_people_asked"),
    }


AIMS = (
    Aim(
        "aim_identify.qmd",
        "How harm is noticed and answered",
        "The first aim: how police, charities and the public identify and address online child sexual victimisation, "
        "and its links with vulnerability",
        "_aim_identify",
        _identify,
    ),
    Aim(
        "aim_partners.qmd",
        "How police work with others",
        "The second aim: how police work with other services, charities, companies and partners in other countries",
        "_aim_partners",
        _partners,
    ),
    Aim(
        "aim_standards.qmd",
        "What good help looks like",
        "The third aim: quality standards made with children, families and professionals, and tried by services",
        "_aim_standards",
        _standards,
    ),
)


def hidden(place: Place, *tables: str) -> Markdown:
    """`10 of 46` numbers of these tables that are hidden; empty where none of them has rows."""
    found = [(name, row) for name in tables for row in rows(place, name) if "status" in row]
    number = sum(row["status"] == "hidden" for _, row in found)
    return _of(number, len(found), found[0][0]) if found else Markdown("")


def _of(part: int, whole: int, table: str) -> Markdown:
    """`3 of 11` as it follows from the rows of a table; empty where it has none."""
    return Markdown(numbers.link(f"{part} of {whole}", table)) if whole else Markdown("")


def _themes(place: Place) -> Markdown:
    """The themes of which most passages speak."""
    name = "fieldwork_by_theme"
    labels = {code: text for each in read.table(place, name)["dimensions"] for code, text in each["categories"].items()}
    counted = [row for row in rows(place, name) if row.get("code", TOTAL) != TOTAL and row.get("count")]
    most = sorted(counted, key=lambda row: -int(row["count"]))[:MOST_SAID]
    return Markdown(joined([f"*{escape(labels[row['code']])}* ({numbers.link(row['count'], name)})" for row in most]))


def _need(place: Place) -> Markdown:
    """Recorded victims per 1,000 children in the most and the least deprived areas, and whether that may be chance."""
    found = [row for row in rows(place, "need_beside_provision") if isinstance(row.get("need_rate"), float)]
    if len(found) < 2 or any(row.get(end) is None for row in found for end in ("low", "high")):
        return Markdown("")
    first, last = found[0], found[-1]
    told = joined([f"{_rate(row)} in the {str(row['group']).lower()}" for row in (first, last)])
    alike = first["low"] <= last["high"] and last["low"] <= first["high"]
    means = "the ranges overlap, so chance may explain it" if alike else "more than chance alone explains"
    return Markdown(f"Victims on record for every 1,000 children: {told}; {means}.")


def _rate(row: Row) -> str:
    return str(numbers.link(f"{row['need_rate']} ({row['low']} to {row['high']})", "need_beside_provision"))


def _routes(place: Place) -> Markdown:
    """Referral routes that begin or end at a service of the police."""
    name = "routes_by_organisation"
    out, arriving = (read.count(place, name, **{end: "police"}) for end in ("from_kind", "to_kind"))
    if out is None or arriving is None:
        return Markdown("")
    leave, come = numbers.link(out, name), numbers.link(arriving, name)
    return Markdown(f"{leave} of these routes begin at a service of the police and {come} lead to one.")


def _verdicts(place: Place, group: str) -> dict[str, str]:
    found = (row for row in rows(place, "consensus_by_group") if row["group"] == group)
    return {str(row["item_label"]): str(row["verdict"]) for row in found}


def _differ(place: Place, one: str, other: str) -> list[str]:
    """Priorities on which two groups reach different verdicts."""
    first, second = _verdicts(place, one), _verdicts(place, other)
    return [item for item in first if item in second and first[item] != second[item]]


def _both(place: Place, one: str, other: str) -> list[str]:
    """Priorities that two groups both put in."""
    first, second = _verdicts(place, one), _verdicts(place, other)
    return [item for item in first if first[item] == second.get(item) == "in"]


def _lights(place: Place) -> Markdown:
    """`3 say go on, 3 amend` over the progression criteria."""
    found = Counter(str(row["verdict"]) for row in rows(place, "pilot_progression"))
    parts = [
        f"{numbers.link(found[word], 'pilot_progression')} say *{text}*" for word, text in LIGHTS.items() if found[word]
    ]
    return Markdown(joined(parts))


def _was_absent(row: Row) -> bool:
    return str(row["preparatory"]) == str(row["joint"]) == "not in the room"
