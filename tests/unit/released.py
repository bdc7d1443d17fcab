"""Small released tables for tests."""

from __future__ import annotations

import pandas as pd

from compendium.aggregate import Counts, Dimension, Origin, Released

FORM = Dimension("form", "Form of harm", {"image": "Image of the child", "other": "Other | <b>"}, missing=("other",))
WHO = Dimension("responsible", "Person responsible", {"adult": "An adult", "child": "A child"})
ORIGIN = Origin("victims", "Victims", "sensitive", "synthetic", "threshold-10", "records made for a test", file="v.csv")


def counts() -> Counts:
    """Four cells: 20, 30, 12, 18."""
    rows = [("image", "adult", 20), ("image", "child", 30), ("other", "adult", 12), ("other", "child", 18)]
    return Counts(pd.DataFrame(rows, columns=["form", "responsible", "count"]), "victim", (FORM, WHO), ORIGIN)


def released() -> Released:
    """The same with its margins; two cells and the margin of `other` hidden."""
    rows = [
        ("image", "adult", 20),
        ("image", "child", 30),
        ("image", "Total", 50),
        ("other", "adult", None),
        ("other", "child", None),
        ("other", "Total", None),
        ("Total", "adult", 32),
        ("Total", "child", 48),
        ("Total", "Total", 80),
    ]
    frame = pd.DataFrame(rows, columns=["form", "responsible", "count"]).astype({"count": "Int64"})
    frame["status"] = ["hidden" if missing else "published" for missing in frame["count"].isna()]
    return Released(
        name="victims_by_form",
        title="Victims by form",
        caption="Victims by form",
        frame=frame,
        unit="victim",
        kind="counts",
        dimensions=(FORM, WHO),
        columns={"form": "Form of harm", "responsible": "Person responsible"},
        origin=ORIGIN,
        policy="threshold-10",
    )
