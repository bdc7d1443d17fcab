"""Wait in the test, not in the page: a page's policy forbids the eval with which a browser would be asked to wait."""

from __future__ import annotations

import time
from typing import Any


def until(page: Any, expression: str, argument: object = None, seconds: float = 30) -> None:
    """Ask the page until the expression, or function of `argument`, is true there."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression, argument):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(20)
