"""What axe-core says of a page, and what it can't: for tests of the frame and of every page of the site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
BY_COLOUR = ("color-contrast", "link-in-text-block")  # the rules that a theme can change
OPEN = "document.querySelectorAll('details').forEach(box => { box.open = true })"
RUN = """only => axe.run(document, {resultTypes: ["violations"], runOnly: only}).then(found => found.violations.map(
  one => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 160)]))"""


def violations(page: Any, *, only: tuple[str, ...] = ()) -> list[Any]:
    """What axe finds wrong on a page with everything in it open; `only` these rules, else all of WCAG 2.2 AA."""
    axe = pytest.importorskip("axe_playwright_python", reason="axe isn't installed (extra: dev)")
    script = next(Path(axe.__file__).parent.rglob("axe*.js")).read_text("utf-8")
    page.evaluate(OPEN)
    page.evaluate(script)
    rules = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": list(WCAG)}
    found: list[Any] = page.evaluate(RUN, rules)
    return found


def of_site(browser: Any, folder: Path, names: list[str], scheme: str) -> dict[str, list[Any]]:
    """What is wrong, by page of a rendered site; in the dark only what colours can change."""
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    found = {}
    for name in names:
        page.goto((folder / name).as_uri())
        if wrong := violations(page, only=BY_COLOUR if scheme == "dark" else ()):
            found[name] = wrong
    context.close()
    return found
