"""The words of the checker's pack, in markdown: a page a table, what else leaves, the form that two people sign.

What an output checker looks at follows the guidelines of ESSnet SDC (Brandt et al., Guidelines for the checking of
output based on microdata research), the SACRO guide to statistical output checking (2023) and the "safe outputs" of the
Five Safes; the questions are in this project's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from compendium.aggregate import Released
from compendium.charts.words import plural
from compendium.disclosure.ledger import Entry
from compendium.disclosure.policy import policies
from compendium.markdown import escape, pipe_table, slug
from compendium.release.checked import Cell, CheckedCounts, CheckedStatistic
from compendium.release.show import stem

LISTED = 40  # changes of a table that its page lists; the spreadsheet has every cell
PRIVATE = "Private. It shows numbers that may not leave: keep it where the records are kept, and destroy copies."
QUESTIONS = (
    ("I did not make this release, and I looked at it without the other checker.", ""),
    ("Each title says what its numbers count: the unit, the months, who is left out.", "Tables"),
    ("No number of persons from 1 to 9 is shown, and where zero is shown, it tells nothing about anybody.", "Tables"),
    ("No group is described whole: no row or column whose people all fall into one category.", "Tables"),
    ("Each statistic rests on enough people, and nobody's contribution stands out.", "Statistics"),
    (
        "Earlier releases, replies to requests, court and press reports that I know of are listed as known.",
        "What is known already",
    ),
    ("Subtracting an earlier release, or one table from another, leaves no small number.", "What is known already"),
    ("Figures show what their tables show and nothing more.", "What else leaves"),
    (
        "Titles, captions and prose name no child, family, school, street or service, and quote nobody.",
        "What else leaves",
    ),
    ("The words respect children: nobody is blamed, ranked or made to look at fault.", "What else leaves"),
    ("No place or service is put in an order by victims or suspects.", "What else leaves"),
    ("Real and synthetic are told apart wherever numbers stand.", "What else leaves"),
    ("Help lines were rung or looked up, on the day that the page says.", "What else leaves"),
)


def counts_page(table: CheckedCounts, advice: Sequence[str]) -> str:
    """The page of a table of counts: facts, every cell with its certificate, differences, advice."""
    released, hidden = table.released, table.hidden
    chosen = policies().get(released.policy)
    rule = f"{chosen.title} ({chosen.name}; {chosen.source}, {chosen.version})" if chosen else released.policy
    facts = [
        ("Counts", f"{plural(released.unit)}, from the table {released.origin.table} ({released.origin.provenance})"),
        ("By", ", ".join(dimension.title for dimension in released.dimensions) or "nothing: one number"),
        ("Rule", rule),
        ("Shown", f"{len(table.cells) - len(hidden)} of {len(table.cells)} cells and margins"),
        ("Hidden", f"{table.hidden_for('primary')} small themselves, {table.hidden_for('secondary')} for others' sake"),
        ("Caption", released.caption or released.title),
        ("Note", released.note),
    ]
    parts = [
        _heading(released.name, released.title),
        _facts(facts),
        _cells(table),
        *_figure(released),
        *_listed("Beside the last release", table.changes),
        *_listed("What would follow from earlier releases", [f"{each}." for each in table.because_of_earlier]),
        *_listed("Other designs that would show more (each protected alone)", advice),
    ]
    return "\n\n".join(parts)


def statistic_page(table: CheckedStatistic) -> str:
    """The page of a statistic: what was proposed, what would be shown."""
    released = table.released
    facts = [
        ("Kind", released.kind),
        ("From", f"the table {released.origin.table} ({released.origin.provenance})"),
        ("Least contributors", f"{table.contributors} {plural(released.unit)} behind a row"),
        ("Caption", released.caption or released.title),
        ("Note", released.note),
    ]
    parts = [_heading(released.name, released.title), _facts(facts)]
    shown, proposed = _frame(released.frame), _frame(table.proposed)
    parts += ["What would be shown:", shown]
    if shown != proposed:
        parts += ["What was proposed, before rounding and floors:", proposed]
    return "\n\n".join([*parts, *_figure(released), *_listed("Beside the last release", table.changes)])


def front_page(name: str, summary: Sequence[str], facts: Sequence[tuple[str, str]]) -> str:
    """What the pack is about."""
    head = ["---", f'title: "Checker\'s pack: {_title(name)}"', "lang: en-GB", "---", "", f"**{PRIVATE}**", ""]
    return "\n".join([*head, _facts(facts), "", *[f"- {escape(line)}" for line in summary], ""])


def contents(counts: Sequence[CheckedCounts], statistics: Sequence[CheckedStatistic]) -> str:
    """What there is to check, a line a table: where something is hidden, where something changed."""
    rows = [
        [
            _link(item.released.name, item.released.title),
            plural(item.released.unit),
            f"{len(item.hidden)} of {len(item.cells)}" if item.hidden else "none",
            _since(item.changes),
        ]
        for item in counts
    ]
    rows += [
        [_link(item.released.name, item.released.title), item.released.kind, "", _since(item.changes)]
        for item in statistics
    ]
    return pipe_table(["Table", "Counts, or kind", "Hidden", "Since the last release"], rows)


def known_page(entries: Iterable[Entry], outside: Sequence[str], gone: Sequence[str]) -> str:
    """What an intruder has beside the candidate."""
    lines = ["# What is known already {.page}", "Everything listed here was attacked together with the candidate."]
    releases = [
        [str(e.number), e.date, f"withdraws {e.withdraws}: {e.record['reason']}" if e.withdraws else e.release[:12]]
        for e in entries
    ]
    lines += [
        pipe_table(["Entry", "Day", "What"], [[escape(cell) for cell in row] for row in releases])
        if releases
        else "No earlier release."
    ]
    lines += ["**From outside:** " + ("; ".join(escape(text) for text in outside) or "nothing was listed.")]
    lines += [
        "Add what you know of (replies to requests, court and press reports) to the locality's file of outside "
        "knowledge, run again, and check that pack instead."
    ]
    if gone:
        names = ", ".join(escape(name) for name in gone)
        lines.append(f"In the last release and not in this candidate: {names}. They stay known.")
    return "\n\n".join(lines)


def leaves_page(files: Mapping[str, int], public: Sequence[str], values: int) -> str:
    """Everything that would leave, by file."""
    rows = [[escape(name), f"{size:,}"] for name, size in files.items()]
    return "\n\n".join(
        [
            "# What else leaves {.page}",
            f"{len(files)} files. {values:,} values are there for prose; each is a function of numbers in the tables.",
            f"Published figures, of which nothing is hidden: {', '.join(escape(name) for name in public) or 'none'}.",
            "Look at the figures and read the notebooks in outputs/ before you sign.",
            pipe_table(["File", "Bytes"], rows, right=[1]),
        ]
    )


def form(locality: str, release: str) -> str:
    """The form that two people sign."""
    rows = [[f"{number}. {escape(text)}", "", ""] for number, (text, _) in enumerate(QUESTIONS, 1)]
    rows += [
        ["Decision: release / release after changes / refuse", "", ""],
        ["What has to change", "", ""],
        ["Name", "", ""],
        ["Day", "", ""],
        ["Signature", "", ""],
    ]
    command = (
        f'compendium release {locality} --approve --by "First name" --and "Second name" --date YEAR-MONTH-DAY '
        f"--candidate {release[:12]}"
    )
    return "\n\n".join(
        [
            "# Sign-off {.page}",
            f"Candidate `{release[:12]}`. Two people who did not make it fill in a column each: yes, no or a remark.",
            f"::: {{.form}}\n{pipe_table(['', 'First checker', 'Second checker'], rows)}\n:::",
            "When both have decided to release, one command writes it into the ledger:",
            f"    {command}",
            "Keep the signed form with the records. Names and day go into the ledger; the site doesn't show the names.",
        ]
    )


def _heading(name: str, title: str) -> str:
    return f"# {escape(title)} {{#{slug(name).replace('_', '-')} .page}}"


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    return pipe_table(["", ""], [[f"**{escape(key)}**", escape(value)] for key, value in facts if value])


def _cells(table: CheckedCounts) -> str:
    header = [escape(dimension.title) for dimension in table.released.dimensions]
    header += ["Count", "Shown", "Why not", "An intruder can tell", "Verdict"]
    rows = [
        [
            *(escape(label) for label in cell.labels),
            f"{cell.count:,}",
            "hidden" if cell.shown is None else f"{cell.shown:,}",
            cell.why,
            _interval(cell),
            cell.verdict,
        ]
        for cell in table.cells
    ]
    first = len(table.released.dimensions)
    return pipe_table(header, rows, right=[first, first + 1])


def _interval(cell: Cell) -> str:
    if cell.shown is not None or not cell.verdict:
        return ""
    return f"{cell.lowest} to {cell.highest}" if cell.highest is not None else f"{cell.lowest} or more"


def _frame(frame: pd.DataFrame) -> str:
    rows = [["" if pd.isna(value) else escape(value) for value in row] for row in frame.itertuples(index=False)]
    return pipe_table([escape(column) for column in frame.columns], rows)


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    more = [f"- … and {len(lines) - LISTED} more, in the spreadsheet"] if len(lines) > LISTED else []
    return [f"**{title}**", "\n".join([*(f"- {escape(line)}" for line in lines[:LISTED]), *more])]


def _link(name: str, title: str) -> str:
    return f"[{escape(title)}](#{slug(name).replace('_', '-')})"


def _since(changes: Sequence[str]) -> str:
    return escape(changes[0]) if len(changes) == 1 else f"{len(changes)} changes"


def _figure(released: Released) -> list[str]:
    """The figure as it would leave."""
    if not released.chart:
        return []
    return [f"![Figure: {escape(released.title)}](figures/{stem(released)}.svg){{.figure}}"]


def _title(name: str) -> str:
    return name.replace("\\", "").replace('"', "'")
