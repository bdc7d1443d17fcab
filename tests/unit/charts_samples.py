"""Releases to draw: one for each kind of chart, small and made up."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from compendium.aggregate import TOTAL, Dimension, Origin, Provenance, Released
from compendium.release.derived.case_flow import case_flow

RESPONSIBLE = Dimension(
    "responsible", "Person responsible", {"adult": "Adult", "child": "Child", "nk": "Not known"}, missing=("nk",)
)
FORM = Dimension(
    "form",
    "Form of harm",
    {
        "communication": "Sexual communication with a child",
        "image": "Image of the child",
        "other": "Extortion, exposure and other",
        "not_recorded": "Not recorded",
    },
    missing=("not_recorded",),
)
MONTH = Dimension("month", "Month", {f"2022-{m:02d}": f"2022-{m:02d}" for m in range(5, 13)}, ordered=True)
ZONE = Dimension("zone", "Zone", {f"Z{n:02d}": f"Zone {n:02d}" for n in range(1, 9)}, area=True)
HIDDEN_CELLS = (("communication", "child"), ("other", "child"), ("communication", "nk"), ("other", "nk"))


def origin(provenance: Provenance = "synthetic", sensitivity: str = "sensitive") -> Origin:
    return Origin("cases", "Case files", sensitivity, provenance, "threshold-10", "Case files of the tests")  # type: ignore[arg-type]


def counts(
    dimensions: Sequence[Dimension],
    values: Iterable[int],
    *,
    hide: Iterable[tuple[str, ...]] = (),
    chart: str = "bars",
    provenance: Provenance = "synthetic",
    title: str = "Victims by form of harm",
    **options: Any,
) -> Released:
    """Cells in the order of the crossing, all margins; those of `hide` empty."""
    inner = dict(zip(itertools.product(*[d.categories for d in dimensions]), values, strict=True))
    rows = []
    for key in itertools.product(*[[*d.categories, TOTAL] for d in dimensions]):
        fits = [n for cell, n in inner.items() if all(b in (a, TOTAL) for a, b in zip(cell, key, strict=True))]
        hidden = key in set(hide)
        rows.append([*key, pd.NA if hidden else sum(fits), "hidden" if hidden else "published"])
    frame = pd.DataFrame(rows, columns=[*[d.name for d in dimensions], "count", "status"])
    frame["count"] = frame["count"].astype("Int64")
    where = origin(provenance)
    return Released(
        "by_form", title, "", frame, "victim", "counts", tuple(dimensions), {}, where, where.policy, chart, options
    )


def statistic(kind: str, columns: str, rows: Sequence[tuple[Any, ...]], chart: str = "", **options: Any) -> Released:
    names = columns.split()
    where = origin("real" if chart == "map" else "synthetic", "public" if chart == "map" else "sensitive")
    frame = pd.DataFrame(rows, columns=names)
    return Released(
        kind, f"About {kind}", "", frame, "case", kind, (), dict.fromkeys(names, ""), where, "", chart, options
    )


def flow(source: Released) -> Released:
    """The flow through the dimensions of a table."""
    frame, columns = case_flow([source], {"stages": [dimension.name for dimension in source.dimensions]})
    return replace(source, frame=frame, columns=columns, kind="case_flow", chart="case_flow", dimensions=(), options={})


TWO_WAY = (48, 3, 5, 22, 41, 14, 12, 4, 5, 13, 11, 12)
WEST = "POLYGON ((-3.0 53.8, -3.0 53.9, -2.9 53.9, -2.9 53.8, -3.0 53.8))"
EAST = "MULTIPOLYGON (((-2.9 53.8, -2.9 53.9, -2.8 53.9, -2.8 53.8, -2.9 53.8)))"
NONE = float("nan")

SAMPLES: dict[str, Released] = {
    "areas": counts([ZONE], (12, 15, 3, 18, 20, 4, 11, 19), hide=[("Z03",), ("Z06",)], chart="areas"),
    "bars": counts([FORM, RESPONSIBLE], TWO_WAY, hide=HIDDEN_CELLS),
    "beside": statistic(
        "need_beside_provision",
        "group children need need_rate low high provision provision_rate",
        [
            ("Most deprived areas", "10,000", "70", 7.0, 5.5, 8.8, "4", 0.4),
            ("Areas between", "8,000", "hidden", NONE, NONE, NONE, "6", 0.75),
            ("Least deprived areas", "4,000", "10", 2.5, 1.2, 4.6, "0", 0.0),
        ],
    ),
    "bounds": statistic(
        "bounds",
        "label of recorded left_out value known low high",
        [
            ("An adult was responsible", "203 victims", "57% of 136", "67", "between 38% and 72%", 0.57, 0.38, 0.72),
            ("The victim is a girl", "203 victims", "not shown", "48", "between 76% and 100%", NONE, 0.76, 1.0),
            ("A child or family told", "203 victims", "", "", "not shown", NONE, NONE, NONE),
        ],
    ),
    "case_flow": flow(counts([FORM, RESPONSIBLE], TWO_WAY, hide=HIDDEN_CELLS)),
    "competing": statistic(
        "competing",
        "group outcome outcome_label month at_risk events incidence",
        [
            ("all", code, label, month, 99 - 24 * month, NONE, share)
            for code, label, shares in (
                ("charged", "Charged or summonsed", (0.03, 0.06, 0.06)),
                ("evidential", "No suspect, or not enough evidence", (0.2, 0.3, 0.41)),
                ("none", "No outcome (open, or record withdrawn)", (0.77, 0.64, 0.53)),
            )
            for month, share in enumerate(shares, 1)
        ],
    ),
    "concentration": statistic(
        "concentration",
        "measure observed chance low high places events",
        [
            ("Gini", 0.41, 0.41, 0.35, 0.46, 94, 185),
            ("Share of the five highest areas", 0.2, 0.146, 0.124, 0.178, 94, 185),
        ],
    ),
    "consensus": statistic(
        "consensus",
        "item item_label group group_label n_text median share_high share_low verdict",
        [
            ("P01", "One calm first response", group, label, "fewer than 10", median, NONE, NONE, verdict)
            for group, label, median, verdict in [
                ("children", "Children", 8.0, "in"),
                ("police", "Police", 5.0, "no consensus"),
                ("health", "Health", 7.5, "in"),
                ("charities", "Charities", 8.0, "in"),
                ("all", "Everyone together", 7.0, "in"),
            ]
        ],
    ),
    "coverage": statistic(
        "coverage",
        "form level age_band services text",
        [("image", "primary", "0-9", 3, ""), ("image", "tertiary", "0-9", 0, ""), ("other", "primary", "0-9", 1, "")],
    ),
    "flow": statistic(
        "flow",
        "box label count column note",
        [
            ("a", "Records found", 214, "main", ""),
            ("b", "Duplicates", 12, "side", ""),
            ("c", "Read", 202, "main", "One coder"),
        ],
    ),
    "forest": statistic(
        "estimates",
        "label group k_or_n estimate low high weight role",
        [
            ("Madigan 2018", "Solicitation", "k = 31", 0.114, 0.094, 0.134, 12.0, "study"),
            ("Fry 2025", "Solicitation", "k = 64", 0.125, 0.105, 0.147, 40.0, "study"),
            ("Pooled", "Solicitation", "", 0.121, 0.1, 0.142, NONE, "pooled"),
            ("Prediction interval", "Solicitation", "", NONE, 0.05, 0.29, NONE, "prediction"),
            ("Not pooled", "Exposure", "2 estimates", NONE, 0.203, 0.36, NONE, "range"),
        ],
    ),
    "gap_map": statistic(
        "gap_map",
        "form level setting studies read members",
        [("image_abuse", "primary", "school", 7, "", ""), ("extortion", "tertiary", "school", 0, "", "")],
    ),
    "missing": statistic(
        "missing",
        "label of says missing value share",
        [
            ("Platform", "230 crimes", "Not recorded", "171", "74%", 0.7435),
            ("Form of harm", "203 victims", "Not recorded", "hidden", "hidden", NONE),
            ("Sex of the victim", "203 victims", "Not recorded", "merged with others", "merged with others", NONE),
        ],
    ),
    "lorenz": statistic(
        "lorenz",
        "quintile share_of_places share_of_events chance_low chance_high",
        [(0, 0.0, 0.0, 0.0, 0.0), (2, 0.4, 0.26, 0.21, 0.28), (4, 0.8, 0.68, 0.62, 0.7), (5, 1.0, 1.0, 1.0, 1.0)],
    ),
    "map": statistic(
        "listing",
        "area_code value outline",
        [("E1", 3, WEST), ("E2", 12, EAST)],
        "map",
    ),
    "months": counts(
        [MONTH],
        (14, 18, 11, 3, 21, 17, 16, 2),
        hide=[("2022-08",), ("2022-12",)],
        chart="months",
        break_marks=[{"at": "2022-10", "label": "New flag"}],
    ),
    "network": statistic(
        "network",
        "service_code degree_in degree_out betweenness isolated",
        [("S01", 3, 1, 0.25, False), ("S02", 1, 1, 0.0, False), ("S03", 0, 0, 0.0, True)],
    ),
    "paired": statistic(
        "paired",
        "area measure pairs before after shift low high p_text",
        [("Pilot area 1", "1.1 Plans reviewed", 9, 1.0, 1.5, 0.5, -0.1, 1.0, "p = 0.42")],
    ),
    "periods": counts([MONTH, RESPONSIBLE], range(10, 34), chart="periods"),
    "prisma": statistic(
        "flow",
        "box label count column note",
        [
            ("previous_studies", "Studies in the previous version of the review", 12, "previous", ""),
            ("identified", "Records identified from databases and registers", 214, "main", "From databases 214"),
            ("duplicates", "Duplicate records removed", 12, "main_out", ""),
            ("records_screened", "Records screened", 202, "main", ""),
            ("dbr_assessed", "Reports assessed for eligibility (databases and registers)", 20, "main", ""),
            ("dbr_excluded_reports", "Reports excluded (databases and registers)", 17, "main_out", ""),
            ("dbr_excluded", "Design", 17, "main_out", "of these"),
            ("other_identified", "Records identified from other sources", 5, "other", ""),
            ("new_studies", "New studies included", 3, "included", ""),
            ("total_studies", "Studies included in the review", 15, "total", ""),
        ],
        chart="prisma",
    ),
    "progression": statistic(
        "progression",
        "criterion measure value_text green amber verdict remedy owner due",
        [
            ("Completed", "Services", "85%", "80% or more", "60% to 79%", "go", "", "", ""),
            ("Youth ratings", "Criteria", "52%", "70% or more", "50% to 69%", "amend", "Longer window", "Lead", "June"),
            ("Staff time", "Hours", "19", "8 or fewer", "9 to 16", "stop", "", "", ""),
        ],
    ),
    "rates": statistic(
        "rates",
        "label counted numerator ages denominator rate low high left_out within if_counted whose",
        [
            (
                "Sexual communication with a child (88A)",
                "crimes",
                "71",
                "aged 0 to 15",
                "26,083",
                2.72,
                2.13,
                3.43,
                "nobody",
                "nobody",
                NONE,
                "x",
            ),
            (
                "Images of the child",
                "victims",
                "92",
                "aged 0 to 17",
                "29,110",
                3.16,
                2.55,
                3.88,
                "nobody",
                "not identified: 11",
                3.5,
                "x",
            ),
            (
                "All forms together",
                "victims",
                "hidden",
                "aged 10 to 17",
                "12,605",
                NONE,
                NONE,
                NONE,
                "age not recorded: hidden",
                "nobody",
                NONE,
                "x",
            ),
        ],
    ),
    "scores": statistic(
        "scores",
        "measure group n mean low high",
        [("AIM", "Pilot area 1", 25, 3.58, 3.28, 3.83), ("FIM", "Both", 40, 3, 2.8, 3.2)],
    ),
    "unevenness": statistic(
        "unevenness",
        "group events gini generalised low high top_five",
        [
            ("Anti-social behaviour (not a crime)", 31180, 0.454, 0.454, 0.072, 0.084, 0.239),
            ("Bicycle theft", 43, 0.71, 0.594, 0.43, 0.503, 0.332),
        ],
    ),
    "unevenness_months": statistic(
        "unevenness",
        "group events gini generalised low high top_five",
        [
            ("2020-04", 2909, 0.409, 0.409, 0.107, 0.14, 0.19),
            ("2020-05", 2983, 0.401, 0.401, 0.106, 0.138, 0.201),
            ("2020-06", NONE, NONE, NONE, NONE, NONE, NONE),
            ("2020-07", 2964, 0.479, 0.479, 0.107, 0.139, 0.254),
            ("2020-08", NONE, NONE, NONE, NONE, NONE, NONE),
            ("2020-09", 3021, 0.458, 0.458, 0.106, 0.138, 0.231),
            ("2020-10", 2530, 0.457, 0.457, 0.111, 0.147, 0.213),
        ],
        "unevenness_months",
    ),
    "tile_grid": counts([ZONE], (12, 15, 3, 18, 20, 4, 11, 19), hide=[("Z03",), ("Z06",)], chart="tile_grid"),
    "timeline": statistic(
        "marked_series",
        "period n1 n2 mark changed from_month to_month",
        [
            (
                "2017/18",
                "64",
                "not published",
                "A",
                "A (November 2017 to May 2019): More of what is reported gets recorded",
                "2017-04",
                "2018-03",
            ),
            ("2018/19", "252", "0", "", "", "2018-04", "2019-03"),
            (
                "2019/20",
                "hidden",
                "1,234",
                "B, C",
                "B (April 2019): Outcome type 22 begins; C (July 2019): A force sends nothing",
                "2019-04",
                "2020-03",
            ),
        ],
        "timeline",
    ),
    "trace": statistic(
        "trace",
        "from_id from_label from_kind to_id to_label to_kind",
        [
            ("C1", "Told five times", "code", "P01", "One calm first response", "priority"),
            ("C2", "Adults who search", "code", "", "", ""),
            ("P01", "", "priority", "S2", "Believed, never blamed", "standard"),
        ],
    ),
}
