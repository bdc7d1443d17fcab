"""One page through pandoc: in the project's root, in one language of messages, with the sources that it cites."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from functools import cache
from typing import Any

import pypandoc

from compendium.site.project import Project
from compendium.site.source import Page

# What pandoc sets aside before it looks for what it no longer needs: with its own 8 MB that takes half of its time on a
# long page. Memory that a short page doesn't use is never touched.
_ROOM = ("+RTS", "-A128m", "-RTS")


def run(project: Project, page: Page, options: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """What pandoc makes of a page's text, with what it says on standard error; it raises nothing."""
    cited = [f"--metadata={key}={name}" for name, key in sources(project, page).items()]
    return subprocess.run(
        [*_program(), "--from", "markdown-yaml_metadata_block", *options, *cited],
        input=page.text.encode(),
        capture_output=True,
        check=False,
        cwd=project.root,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


@cache
def _program() -> tuple[str, ...]:
    """pandoc with room to work in; as it is where it was built to take no such wish."""
    program = str(pypandoc.get_pandoc_path())
    roomy = (program, *_ROOM)
    taken = subprocess.run([*roomy, "--version"], capture_output=True, check=False).returncode == 0
    return roomy if taken else (program,)


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
