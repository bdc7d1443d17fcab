"""One theme for every chart: colours by what they mean, type sizes, spacing. Lengths are points (1/72 inch).

Every mark colour keeps 3:1 against the ground and text 4.5:1 (WCAG 2.2, 1.4.3 and 1.4.11); colours that stand side by
side also differ in lightness, so that a grey print keeps them apart. Words or shapes always say the same again.
"""

from __future__ import annotations

WIDTH = 504.0  # 7 inches
NARROW = 270.0  # the drawing for telephones: 360 pixels of a screen, letters as large as on the wide one
DPI = 160
MARGIN = 12.0

# type: 16, 14 and 21 pixels of a screen
TITLE = 16.0
BODY = 12.0
SMALL = 10.5
LEADING = 1.28  # line height over type size
FALLBACK_FAMILY = "'DejaVu Sans', Verdana, sans-serif"  # Verdana is as wide, the rest narrower: nothing overflows
FAMILY = f"'Source Sans 3', {FALLBACK_FAMILY}"

# ground and ink
GROUND = "#fffdf8"
INK = "#20262c"
QUIET = "#59606a"  # second-rank text
GRID = "#ddd4c3"
AXIS = "#8a8375"
TEXTURE = "#ece5d6"  # the repeated word: light enough to read over

# marks
MAIN = "#1f5673"
ACCENT = "#b4501e"
SOFT = "#dbe6ec"  # a band or an interval's area; always with an edge or beside words
REST = "#8d877a"  # not recorded, not known; everything that isn't the point
END = "#4a5158"  # where a flow ends: a place has no colour of its own
HIDDEN = "#e6e0d3"
HIDDEN_EDGE = "#8a8375"
SERIES = ("#1f5673", "#c0601f", "#5b3a78", "#3f8f83", "#8c1c3c", REST)
_DARKER = {"#c0601f": "#a5480f", "#3f8f83": "#1d6b60", REST: QUIET, "#a2670b": "#855200"}  # for words

# verdicts: colour, shape (see `Sheet.mark`), word
VERDICTS = {
    "in": (MAIN, "disc"),
    "out": (ACCENT, "cross"),
    "none": (REST, "ring"),
    "go": ("#1b6e5a", "disc"),
    "amend": ("#a2670b", "diamond"),
    "stop": ("#9b2226", "square"),
}

GAP = 8.0
ROW = 22.0  # a line of a table-like chart
BAR = 14.0
SWATCH = 30.0  # the width of a hidden mark: the same wherever it stands

# more of something, light to dark; from `TINTS_DARK` on, words on it are in the ground's colour
TINTS = ("#dbe6ec", "#a9c4d2", "#6c9bb4", "#1f5673")
TINTS_DARK = 3


def words_in(colour: str) -> str:
    """The colour of words that belong to a mark: its own, or a darker one where that gives less than 4.5:1."""
    return _DARKER.get(colour, colour)
