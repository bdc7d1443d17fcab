"""The names that other people's code calls, called as they are promised. Numbers by hand unless a source is named."""

from __future__ import annotations

import inspect
import json
import math
from pathlib import Path

import pandas as pd
import pytest

from compendium import Study, analysis, disclosure, importers
from compendium.analysis import agreement, concentration, consensus, meta, screening

# Three effects with variance 1: mean 2, Q = 4 + 1 + 9 = 14 on 2 df; DL, PM and REML all give (14 - 2) / 2 = 6.
EFFECTS, VARIANCES = [0.0, 1.0, 5.0], [1.0, 1.0, 1.0]
# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", worked on Wikipedia: three coders, fifteen units.
NAN = math.nan
CODERS = [
    [NAN, NAN, NAN, NAN, NAN, 3, 4, 1, 2, 1, 1, 3, 3, NAN, 3],
    [1, NAN, 2, 1, 3, 3, 4, 3, NAN, NAN, NAN, NAN, NAN, NAN, NAN],
    [NAN, NAN, 2, 1, 3, 4, 4, NAN, 2, 1, 1, 3, 3, NAN, 4],
]
TABLE = pd.DataFrame(
    [("A", "x", 3), ("A", "y", 25), ("A", "z", 40), ("B", "x", 30), ("B", "y", 28), ("B", "z", 44)],
    columns=["district", "form", "n"],
)


@pytest.mark.parametrize("tau2", ["REML", "DL", "PM"])
@pytest.mark.parametrize("interval", ["hksj-modified", "hksj", "wald"])
def test_pool_gives_what_it_promises(tau2: str, interval: str) -> None:
    pooled = meta.pool(EFFECTS, VARIANCES, tau2=tau2, interval=interval)

    assert float(pooled) == pooled.estimate == pytest.approx(2)
    assert pooled.tau2 == pytest.approx(6, abs=1e-6)
    assert pooled.i2 == pytest.approx(100 * 6 / 7)
    assert (pooled.q, pooled.k) == (pytest.approx(14), 3)
    # The multiplier is 14 / 7 / 2 = 1, so that all three kinds have one standard error.
    assert pooled.se == pytest.approx(math.sqrt(7 / 3))
    reach = 1.959964 if interval == "wald" else 4.302653  # t on 2 df
    assert (pooled.high - 2, 2 - pooled.low) == pytest.approx((reach * math.sqrt(7 / 3),) * 2, rel=1e-5)
    ahead = 12.706205 * math.sqrt(6 + 7 / 3)  # t on k - 2 = 1 df
    assert (pooled.prediction_low, pooled.prediction_high) == pytest.approx((2 - ahead, 2 + ahead), rel=1e-5)


def test_pool_uses_reml_and_the_modified_interval_unless_told() -> None:
    effects, variances = [0.0, 0.1, 0.2], [1.0, 1.0, 1.0]
    assert meta.pool(effects, variances) == meta.pool(effects, variances, tau2="REML", interval="hksj-modified")


def test_se_is_that_of_the_interval() -> None:
    modified, plain = (meta.pool([0.0, 1.0], [1.0, 1.0], interval=kind) for kind in ("hksj-modified", "hksj"))
    assert (modified.se, plain.se) == pytest.approx((math.sqrt(0.5), 0.5))


@pytest.mark.filterwarnings("ignore:Freeman-Tukey")
@pytest.mark.parametrize("method", ["logit", "glmm", "double_arcsine", "raw"])
def test_pool_proportions_by_each_method(method: str) -> None:
    pooled = meta.pool_proportions([20, 20, 20], [100, 100, 100], method=method)

    assert float(pooled) == pytest.approx(0.2, abs=2e-3)
    assert 0 < pooled.low < pooled.estimate < pooled.high < 1
    assert pooled.prediction_low <= pooled.low
    assert pooled.prediction_high >= pooled.high
    assert (pooled.k, pooled.tau2, pooled.i2, pooled.q) == pytest.approx((3, 0, 0, 0), abs=1e-6)
    assert pooled.se > 0


def test_pool_proportions_takes_tau2_and_interval_by_name() -> None:
    pooled = meta.pool_proportions([20, 30, 40], [100, 100, 100], method="logit", tau2="DL", interval="wald")
    assert 0.2 < float(pooled) < 0.4


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.691), ("interval", 0.811)])
def test_krippendorff_takes_a_row_a_rater(level: str, alpha: float) -> None:
    found = agreement.krippendorff(CODERS, level)
    assert float(found) == found.estimate == pytest.approx(alpha, abs=5e-4)
    assert hasattr(found, "low")
    assert hasattr(found, "high")


def test_kappa_and_ac1_of_two_raters() -> None:
    a, b = [1, 1, 0, 0], [1, 0, 0, 0]
    assert float(agreement.cohen_kappa(a, b)) == pytest.approx(0.5)  # (0.75 - 0.5) / 0.5
    assert float(agreement.gwet_ac1(a, b)) == pytest.approx(0.28125 / 0.53125)  # chance 2 * 0.375 * 0.625


def test_comet_says_a_verdict() -> None:
    assert consensus.comet([9, 9, 8, 8, 7, 7, 7, 5, 5, 1]).verdict == "in"
    assert consensus.comet([9, 9, 8, 8, 7, 7, 5, 5, 1, 1]).verdict == "no consensus"


def test_rand_ucla_says_spread_and_disagreement() -> None:
    found = consensus.rand_ucla([7, 7, 8, 8, 9])  # percentiles 7.2 and 8.0, centre 7.6
    assert found.ipr == pytest.approx(0.8)
    assert found.ipras == pytest.approx(2.35 + 1.5 * 2.6)
    assert found.disagreement_index == pytest.approx(0.8 / 6.25)
    assert found.disagreement is False


def test_concentration_of_counts() -> None:
    assert float(concentration.gini([0, 0, 0, 4])) == pytest.approx(0.75)
    assert float(concentration.gini_generalised([0, 0, 0, 1])) == pytest.approx(0)
    assert list(concentration.location_quotient([1, 3], [50, 50])) == pytest.approx([0.5, 1.5])
    assert concentration.gini([1, 2]).estimate == float(concentration.gini([1, 2]))


def test_prisma_flow_takes_the_names_of_the_template() -> None:
    flow = screening.prisma_flow(
        {
            "database_results": 100,
            "register_results": 10,
            "duplicates": 30,
            "excluded_automatic": 0,
            "excluded_other": 0,
            "records_excluded": 60,
            "dbr_notretrieved_reports": 2,
            "dbr_excluded": "Wrong population, 10; No data, 3",
            "new_studies": 4,
        }
    )
    assert (flow["records_screened"], flow["dbr_assessed"], flow["new_reports"]) == (80, 18, 5)


def test_protect_gives_published_reasons_and_certificate() -> None:
    found = disclosure.protect(TABLE, rows="district", columns="form", count="n", policy="threshold-10")

    assert list(found.published.columns) == ["district", "form", "n", "status"]
    assert len(found.published) == 3 * 4
    assert set(found.published["status"]) == {"published", "hidden"}
    hidden = found.published[found.published["status"] == "hidden"]
    assert hidden["n"].isna().all()
    assert found.reasons[("A", "x")] == "primary"
    cells = found.certificate["cells"]
    assert {(cell["district"], cell["form"]) for cell in cells} == set(
        zip(hidden["district"], hidden["form"], strict=True)
    )
    for cell in cells:
        assert set(cell) == {"district", "form", "lowest", "highest", "verdict"}
        assert cell["verdict"] == "protected"


def test_whole_numbers_stay_labels() -> None:
    table = TABLE.assign(district=[2020] * 3 + [2021] * 3)
    found = disclosure.protect(table, rows="district", columns="form", count="n")
    assert set(found.published["district"]) == {2020, 2021, "Total"}
    assert {cell["district"] for cell in found.certificate["cells"]} == {2020, 2021}
    assert json.loads(json.dumps(found.certificate)) == found.certificate


def test_attack_says_lowest_highest_and_verdict() -> None:
    """A x is 28 - 25, in a table that hides one cell of a row."""
    frame = pd.DataFrame(
        [("A", "x", None, "hidden"), ("A", "y", 25, "published"), ("A", "Total", 28, "published")],
        columns=["district", "form", "n", "status"],
    )
    found = disclosure.attack([frame], count="n", threshold=10)
    assert found[["district", "form", "lowest", "highest", "verdict"]].to_numpy().tolist() == [
        ["A", "x", 3, 3, "exact"]
    ]


def test_what_protect_publishes_withstands_attack() -> None:
    published = disclosure.protect(TABLE, rows="district", columns="form", count="n").published
    assert set(disclosure.attack([published], count="n", threshold=10)["verdict"]) == {"protected"}


def test_importers_give_table_and_problems_by_place(tmp_path: Path) -> None:
    wrong = tmp_path / "IMD2025.csv"
    wrong.write_text("a,b\n1,2\n", encoding="utf-8")
    found = importers.read("imd-2025", wrong)

    assert isinstance(found.table, pd.DataFrame)
    assert found.table.empty
    assert found.problems[0].file == "IMD2025.csv"
    assert all({"file", "row", "column", "message"} <= set(dir(problem)) for problem in found.problems)


def test_a_study_opens_reads_and_publishes() -> None:
    assert list(inspect.signature(Study.open).parameters) == ["locality"]
    assert {"name", "aggregate", "chart", "caption"} <= set(inspect.signature(Study.publish).parameters)
    assert {"by", "unit"} <= set(inspect.signature(analysis.cases.counts).parameters)
