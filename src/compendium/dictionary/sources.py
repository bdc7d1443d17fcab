"""Whose figures these are: the table of sources and licences, from the dictionaries of public tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compendium.dictionary.schema import Dictionary
from compendium.markdown import escape, pipe_table

OGL = "Open Government Licence v3.0"
LICENCES: Mapping[str, str] = {  # as `source.licence` of a dictionary names it -> its text
    OGL: "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
}
# sentences that a licence asks for, word for word
ATTRIBUTION: Mapping[str, str] = {OGL: f"Contains public sector information licensed under the {OGL}."}
BOUNDARIES = (
    f"Source: Office for National Statistics licensed under the {OGL}. "
    "Contains OS data © Crown copyright and database right {years}."
)
BOUNDARY_YEARS = "2011, 2013 and 2024"  # of the outlines and lookups that are carried over


def sources_markdown(dictionaries: Mapping[str, Dictionary]) -> str:
    """Sources and licences of every public table that names a publisher: a table, then the sentences they ask for.

    Rows are in order of publisher and title. Text of a dictionary is escaped; only its `url` becomes a link.
    """
    public = [table for table in dictionaries.values() if not table.sensitive and table.source.publisher]
    rows = sorted(public, key=lambda table: (table.source.publisher, table.source.title, table.name))
    listed = pipe_table(
        ("Table", "Source", "Publisher", "Date", "Licence"),
        [_cells(table) for table in rows],
        caption="Public tables, their publishers and licences",
    )
    return "\n".join([listed, "", *_sentences(rows)]).rstrip() + "\n"


def _cells(table: Dictionary) -> tuple[str, ...]:
    source = table.source
    return (
        escape(table.title),
        _linked(source.title or table.title, source.url),
        escape(source.publisher),
        escape(source.date or source.accessed) or "not stated",
        _linked(source.licence, LICENCES.get(source.licence, "")) if source.licence else "not stated",
    )


def _linked(text: str, url: str) -> str:
    """A link, when the address is a plain web address without what could end the link early."""
    plain = url.startswith("https://") and not set(url) & set(" ()<>|`\"'\\")
    return f"[{escape(text)}]({url})" if plain else escape(text)


def _sentences(tables: Iterable[Dictionary]) -> Iterator[str]:
    """What licences ask a page to say, once each, then the notes of the publishers."""
    listed = list(tables)
    for licence in sorted({table.source.licence for table in listed} & set(ATTRIBUTION)):
        yield ATTRIBUTION[licence]
        yield ""
    if any(table.source.licence == OGL for table in listed):
        yield BOUNDARIES.format(years=BOUNDARY_YEARS)
        yield ""
    for note in sorted({f"{table.title}: {table.source.note}" for table in listed if table.source.note}):
        yield f"- {escape(note)}"
