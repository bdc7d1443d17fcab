"""What commands share on the command line: their common options and the examples at the end of their help."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

RootDir = Annotated[
    Path | None, typer.Option("--root", metavar="DIR", help="The compendium's folder; else the nearest one above here.")
]
UnusedRoot = Annotated[
    Path | None, typer.Option("--root", metavar="DIR", help="Taken as everywhere; files are named from here.")
]
Localities = Annotated[
    list[str] | None, typer.Argument(metavar="[LOCALITY]...", help="Ids, such as blackpool; none means all.")
]
Jobs = Annotated[
    int, typer.Option("--jobs", "-j", min=1, max=64, help="Notebooks at once; else one for each processor.")
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="NOTEBOOK", help="Such as case_files, 03 or 03_case_files; may be repeated."),
]
Engine = Annotated[Literal["auto", "quarto", "pandoc"], typer.Option("--engine", help="What renders the site.")]
Kernel = Annotated[
    Literal["auto", "warm", "ordinary"],
    typer.Option("--kernel", help="Forked from a process with the libraries imported (Linux), or started anew."),
]
Form = Annotated[Literal["html", "pdf"], typer.Option("--to", help="A site, or its pages as books to print.")]
Json = Annotated[bool, typer.Option("--json", help="For programs: one JSON object a line on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what is wrong and what was made.")]
Cluster = Annotated[
    str, typer.Option("--cluster", metavar="ADDRESS", help="A Dask scheduler, tcp://HOST:PORT, whose workers run them.")
]
Cache = Annotated[
    Path | None,
    typer.Option("--cache", metavar="DIR", help="A folder of results that a team shares; else COMPENDIUM_CACHE."),
]
Verify = Annotated[
    bool, typer.Option("--verify", help="Compare every file by content, also those that a glance tells are the same.")
]
CORES = os.cpu_count() or 1


def examples(*lines: str) -> str:
    """The end of a command's help."""
    return "\n\n".join(["Examples:", *lines])
