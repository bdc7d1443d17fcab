"""One page through pandoc: in the project's root, in one language of messages, with the sources that it cites."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from typing import Any

import pypandoc

from compendium.site.project import Project
from compendium.site.source import Page


def run(project: Project, page: Page, options: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """What pandoc makes of a page's text, with what it says on standard error; it raises nothing."""
    cited = [f"--metadata={key}={name}" for name, key in sources(project, page).items()]
    return subprocess.run(
        [str(pypandoc.get_pandoc_path()), "--from", "markdown-yaml_metadata_block", *options, *cited],
        input=page.text.encode(),
        capture_output=True,
        check=False,
        cwd=project.root,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


def sources(project: Project, page: Page) -> dict[str, str]:
    """Bibliographies and the style of citations, for a page that may cite: reading them takes a fifth of a second."""
    found = {}
    for key in ("bibliography", "csl") if "@" in page.text else ():
        names: Any = page.meta.get(key) or []
        for name in [names] if isinstance(names, str) else names:
            own = (
                project.root / page.folder / str(name)
            )  # named by the page from its own folder, by the project from the root
            found[project.name(own.resolve()) if own.is_file() else str(name)] = key
    return found
