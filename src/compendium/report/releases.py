"""The page of a locality's releases: when, what, and which were withdrawn. It names no one who approved them."""

from __future__ import annotations

from compendium.disclosure.differencing import months_in_words
from compendium.disclosure.ledger import Entry
from compendium.markdown import escape, pipe_table
from compendium.report import front, protection
from compendium.report.place import Place

NONE_YET = (
    "Nobody has approved a release here yet. These results rest on synthetic records, which are no one's; results that "
    "rest on records of real persons are shown only after two people have checked and approved them."
)
WHAT = (
    "Results that rest on records of real persons are shown here only after two people have checked and approved "
    "them. Each release stays in a ledger in which nothing can be changed later without being "
    "noticed. What was public once may be remembered, so every new release is tested together with all earlier ones, "
    "also with those that were withdrawn."
)


WAY = """\
## How a release comes about {#sec-way}

1. **A candidate.** A run makes tables, figures and pages, hides small numbers, and then plays somebody who wants to
   find them out. What can be found out is never shown.
2. **A pack for the checkers.** Whoever holds the records gets each table with its true numbers, why a number is hidden,
   and what an earlier release would give away. The pack stays where the records are.
3. **Two people.** Neither of them made the results. Each looks alone and signs. Their names stay in the ledger; no page
   shows them.
4. **The ledger.** What was approved is kept for good, each entry chained to the one before. A release that turns out
   wrong is withdrawn, with its reason, and stays in the list.

[What is hidden, and how that is attacked](../../report/privacy.qmd)
"""


def page(place: Place) -> str:
    """The releases of a locality, newest first, what its pages show now, and how a release is made."""
    head = front.matter(f"Releases: {place.locality.name}")
    entries = [entry for entry in place.entries if entry.kind == "release"]
    listed = _listed(place, entries) if entries else f"::: {{.lead}}\n{NONE_YET}\n:::\n"
    return "\n".join([*head, listed, *_now(place), WAY])


def _now(place: Place) -> list[str]:
    """What the pages of a locality show at present, in numbers."""
    if not (place.outputs / "certificate.json").exists():
        return []
    of = place.locality.period
    months = escape(months_in_words((of.first, of.last)))
    said = f"The pages of {escape(place.locality.name)} rest on records of {months}."
    return ["## What is shown now {#sec-now}", "", said, "", protection.attacked([place])]


def _listed(place: Place, entries: list[Entry]) -> str:
    """A row a release, newest first, and the notes on them."""
    gone = {entry.withdraws: entry for entry in place.entries if entry.withdraws}
    rows = [
        [
            str(entry.number),
            entry.date,
            escape(months_in_words(entry.period)),
            f"{len(entry.record['tables'])} tables, {len(entry.record['statistics'])} statistics",
            _state(entry, gone.get(entry.number), place.release),
            f"`{entry.release[:16]}`",
        ]
        for entry in reversed(entries)
    ]
    header = ["Release", "Day", "Records of", "Holds", "State", "Hash begins with"]
    table = pipe_table(header, rows, caption="Releases of this locality", anchor="tbl-releases")
    notes = [
        f"- Release {entry.number}: {escape(entry.record['note'])}" for entry in entries if entry.record.get("note")
    ]
    return "\n".join([WHAT, "", table, "", *notes, ""])


def notice(place: Place) -> str:
    """What the first page of a locality says about the release that it shows."""
    if place.release is None:
        return ""
    number, day = place.release.number, place.release.date
    return (
        f"These pages show [release {number} of {day}](releases.qmd), which two people have checked and approved "
        "before it was published."
    )


def _state(entry: Entry, withdrawn: Entry | None, now: Entry | None) -> str:
    if withdrawn:
        return f"Withdrawn on {withdrawn.date}: {escape(withdrawn.record['reason'])}"
    return "Shown here" if now and now.number == entry.number else "Replaced, or not shown now"
