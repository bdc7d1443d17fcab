"""Notebooks on a cluster give what they give here, also when a worker is lost; and who can't help is told why."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from compendium.errors import CompendiumError
from compendium.paths import Root, contents
from compendium.workflow import cluster
from compendium.workflow.plan import plan
from compendium.workflow.run import run
from tests.acceptance.toy import LOCALITY, OPEN, PUBLISH, copy_toy

distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")
SECOND = PUBLISH.replace("victims_by_form", "victims_by_age").replace('"form_three"', '"age_group"')
WAITS = "import time, pathlib, os, tempfile\ntime.sleep(2)"


@pytest.fixture(scope="module")
def dask() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as local:
        yield local


def compendium(folder: Path, first: str = "") -> Root:
    cells = [first] if first else []
    return Root(copy_toy(folder, {"01_first": [*cells, OPEN, PUBLISH], "02_second": [OPEN, SECOND]}))


def ran(root: Root, address: str = "") -> list[str]:
    found = run(root, plan(root, [LOCALITY]), jobs=1, cluster=address)
    return [str(problem) for problem in found.problems]


@pytest.mark.long
def test_a_cluster_gives_the_same_bytes_and_loses_nothing_with_a_worker(dask: Any, tmp_path: Path) -> None:
    here, there = compendium(tmp_path / "here", WAITS), compendium(tmp_path / "there", WAITS)
    assert ran(here) == []
    victims = [worker.pid for worker in dask.workers.values()]
    lost = Thread(target=lambda: (time.sleep(1.5), os.kill(victims[0], signal.SIGKILL)))
    lost.start()
    assert ran(there, dask.scheduler_address) == []
    lost.join()
    assert contents(here.outputs / LOCALITY) == contents(there.outputs / LOCALITY)
    assert all(task.reason.kind == "unchanged" for task in plan(there, [LOCALITY]))


def test_a_notebook_that_stops_is_told_with_its_cell(dask: Any, tmp_path: Path) -> None:
    (problem,) = ran(compendium(tmp_path, "1 / 0"), dask.scheduler_address)
    assert "01_first" in problem and "code cell 2" in problem and "ZeroDivisionError" in problem


def test_a_worker_with_other_code_is_refused(dask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "fingerprint", lambda: "other")
    with pytest.raises(CompendiumError, match="another version"):
        ran(compendium(tmp_path), dask.scheduler_address)


def test_no_cluster_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "WITHIN", 1)
    with pytest.raises(CompendiumError, match="No cluster answers"):
        ran(compendium(tmp_path), "tcp://127.0.0.1:9")
