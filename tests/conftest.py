"""A real browser, opened once for all tests that look at pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed (extra: dev)")
    if CHROMIUM is None and os.environ.get("CI"):
        pytest.fail("CI looks at the pages in a browser, and there is none")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: pages were not looked at in a browser")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()
