"""What is installed, what is missing, how notebooks are held here, and whether git holds what it must not."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from compendium.doctor.git import kept_from_git
from compendium.doctor.kernels import of_notebooks
from compendium.doctor.line import LACKING, MISSING, OK, Line
from compendium.errors import CompendiumError
from compendium.failures import NO_LOCKS
from compendium.paths import Root
from compendium.writing import is_lockable

NEEDED = (
    "papermill",
    "nbclient",
    "ipykernel",
    "nbconvert",
    "pandas",
    "polars",
    "matplotlib",
    "scipy",
    "highspy",
    "pypandoc_binary",
)
OPTIONAL = ("jupyterlab", "distributed", "quarto-cli")


def examine(start: Path | None) -> list[Line]:
    """Everything a run needs, what would be nice to have, and what must not be."""
    try:
        root = Root.find(start)
    except CompendiumError as missing:
        here = [Line("compendium", str(missing), MISSING)]
    else:
        here = [_compendium(root), _locks(root), *kept_from_git(root)]
    return [_python(), *_libraries(), _kernel(), *of_notebooks(), _pandoc(), _quarto(), *here]


def _python() -> Line:
    return Line("Python", platform.python_version(), OK if sys.version_info >= (3, 11) else MISSING)


def _libraries() -> Iterator[Line]:
    for name in (*NEEDED, *OPTIONAL):
        try:
            yield Line(name, metadata.version(name), OK)
        except metadata.PackageNotFoundError:
            yield Line(name, "not installed", LACKING if name in OPTIONAL else MISSING)


def _kernel() -> Line:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        found = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Line("kernel", "no kernel python3: install ipykernel in this environment", MISSING)
    from compendium.workflow.engine import usual

    own = Path(found.resource_dir).is_relative_to(sys.prefix)
    started = "forked from a warm process" if usual() == "warm" else "started anew for each notebook"
    return Line("kernel", f"python3 of {'this' if own else 'another'} environment, {started}", OK if own else MISSING)


def _pandoc() -> Line:
    import pypandoc

    try:
        return Line("pandoc", f"{pypandoc.get_pandoc_version()}, for the embedded engine", OK)
    except OSError:
        return Line("pandoc", "not found: install pypandoc_binary", MISSING)


def _quarto() -> Line:
    found = shutil.which("quarto") is not None
    text = "found: render uses it unless told otherwise" if found else "not found: the embedded engine renders"
    return Line("quarto", text, OK if found else LACKING)


def _compendium(root: Root) -> Line:
    from compendium.locality import known_localities
    from compendium.repository import record

    text = f"localities {', '.join(known_localities(root)) or 'none yet'}"
    if not record.is_own(root.path):
        return Line("compendium", text, OK)
    try:
        record.refuse_another(record.read(root.path))
    except CompendiumError as refused:
        return Line("compendium", str(refused), MISSING)
    return Line("compendium", f"{text}, in a repository of their own on {record.installed()}", OK)


def _locks(root: Root) -> Line:
    what = "two commands at once"
    file = next(path for path in sorted(root.path.iterdir()) if path.is_file())  # any that is there
    with file.open("rb") as handle:
        if is_lockable(handle.fileno()):
            return Line(what, "one waits or says so", OK)
    return Line(what, f"never here: {NO_LOCKS}", LACKING)
