"""Released figures again on another page: as the chapter that published them stores them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from compendium.report.place import Place

_LABEL = re.compile(r"\{#(fig-[a-z0-9-]+)[ }]")


def of(place: Place) -> Mapping[str, str]:
    """Markdown of every figure in a locality's chapters, with the numbers behind it, by its label `fig-…`."""
    found = dict[str, str]()
    for name, _ in place.notebooks:
        record = json.loads((place.outputs / "notebooks" / f"{name}.ipynb").read_text("utf-8"))
        for output in (output for cell in record["cells"] for output in cell.get("outputs", ())):
            text = "".join(output.get("data", {}).get("text/markdown", ""))
            if label := _LABEL.search(text):
                found.setdefault(label[1], text.strip("\n"))
    return found
