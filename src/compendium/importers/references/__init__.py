"""What bibliographic databases and reference managers export: one table of records, whatever the file.

Every importer gives the columns of `record.COLUMNS`; what has no column of its own stays in `other`, so that nothing of
a file is lost.
"""

from compendium.importers.layout import layout
from compendium.importers.references.endnote import endnote_xml
from compendium.importers.references.nbib import pubmed_nbib
from compendium.importers.references.ris import ris
from compendium.importers.references.spreadsheet import asreview_csv, embase_csv, scopus_csv

# How files as CSV are told apart; what is read of them stands in `spreadsheet`.
EMBASE = layout("Author Names", "Source")
SCOPUS = layout("Source title", "Title")
ASREVIEW_TITLES = layout("title", also={"title": ["Title", "primary_title"]})

__all__ = [
    "ASREVIEW_TITLES",
    "EMBASE",
    "SCOPUS",
    "asreview_csv",
    "embase_csv",
    "endnote_xml",
    "pubmed_nbib",
    "ris",
    "scopus_csv",
]
