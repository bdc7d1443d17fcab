"""A drawing as a picture: the SVG itself, rasterised by Typst in the fonts of this package and in no others."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from compendium.charts import fonts, theme

if TYPE_CHECKING:
    import typst

_PAGE = """#set page(width: {width}pt, height: auto, margin: 0pt, fill: rgb("{ground}"))
#image(bytes(sys.inputs.drawing), format: "svg", width: 100%)
"""


def png(svg: bytes, width: float) -> bytes:
    """A picture of `theme.DPI` dots an inch of a drawing `width` points wide."""
    import typst

    page = _PAGE.format(width=width, ground=theme.GROUND).encode()
    inputs = {"drawing": svg.decode()}
    root: Any = fonts.FOLDER  # nothing is read there; without one the folder that a command was typed in has to exist
    return bytes(typst.compile(page, root=root, font_paths=_fonts(), sys_inputs=inputs, format="png", ppi=theme.DPI))


@cache
def _fonts() -> typst.Fonts:
    import typst

    folders = [fonts.FOLDER, fonts.shipped()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
