"""Pages on paper: pandoc to Typst through our own template; tagged, with the fonts that come along, the same bytes.

Nothing of the machine enters: no system font, no clock, no network, no package. Typst sees a folder of its own with
the text and the pictures of the pages, and no other file.
"""

from compendium.site.pdf.books import BOOK, print_books, site_books
from compendium.site.pdf.document import Chapter, printed
from compendium.site.pdf.pages import page_pdf, pdf_name

__all__ = ["BOOK", "Chapter", "page_pdf", "pdf_name", "print_books", "printed", "site_books"]
