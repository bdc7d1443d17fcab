"""What is installed, what is missing, which engine and which kernel would be used."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from compendium.errors import CompendiumError
from compendium.paths import Root

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


@dataclass(frozen=True)
class Line:
    """One thing that was looked at."""

    what: str
    text: str
    good: bool
    optional: bool = False


def examine(start: Path | None) -> list[Line]:
    """Everything a run needs, and what would be nice to have."""
    return [_python(), *_libraries(), _kernel(), _fence(), _network(), _pandoc(), _quarto(), _compendium(start)]


def _python() -> Line:
    return Line("Python", platform.python_version(), sys.version_info >= (3, 11))


def _libraries() -> Iterator[Line]:
    for name in (*NEEDED, *OPTIONAL):
        try:
            yield Line(name, metadata.version(name), True, name in OPTIONAL)
        except metadata.PackageNotFoundError:
            yield Line(name, "not installed", False, name in OPTIONAL)


def _fence() -> Line:
    from compendium.workflow import fence

    version = fence.version()
    text = f"Landlock {version}" if version else "none here: a notebook can write wherever you can"
    return Line("fence around kernels", text, version > 0, optional=True)


def _network() -> Line:
    from compendium.workflow import fence

    how = fence.kept_off_the_network()
    text = "; ".join(how) if how else "none kept off here: a notebook can send whatever it can read"
    return Line("kernels without network", text, bool(how), optional=True)


def _kernel() -> Line:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        found = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Line("kernel", "no kernel python3: install ipykernel in this environment", False)
    from compendium.workflow.engine import usual

    own = Path(found.resource_dir).is_relative_to(sys.prefix)
    started = "forked from a warm process" if usual() == "warm" else "started anew for each notebook"
    return Line("kernel", f"python3 of {'this' if own else 'another'} environment, {started}", own)


def _pandoc() -> Line:
    import pypandoc

    try:
        return Line("pandoc", f"{pypandoc.get_pandoc_version()}, for the embedded engine", True)
    except OSError:
        return Line("pandoc", "not found: install pypandoc_binary", False)


def _quarto() -> Line:
    found = shutil.which("quarto") is not None
    return Line(
        "quarto",
        "found: render uses it unless told otherwise" if found else "not found: the embedded engine renders",
        found,
        True,
    )


def _compendium(start: Path | None) -> Line:
    try:
        root = Root.find(start)
    except CompendiumError as missing:
        return Line("compendium", str(missing), False)
    from compendium.locality import known_localities
    from compendium.repository import record

    text = f"localities {', '.join(known_localities(root)) or 'none yet'}"
    if not record.is_own(root.path):
        return Line("compendium", text, True)
    try:
        record.refuse_another(record.read(root.path))
    except CompendiumError as refused:
        return Line("compendium", str(refused), False)
    return Line("compendium", f"{text}, in a repository of their own on {record.installed()}", True)
