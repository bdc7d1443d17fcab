"""`docs/reference/reliability.md`: what the long tests did and what became of it, without a clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.parts import KILLS, PARTS, SEED, Row

PAGE = Path("docs/reference/reliability.md")
HEAD = """# Reliability

What was done to the program so that something goes wrong, and what became of it. `make test-long` does all of it and
writes this page; CI kills the commands of the first table at the steps where something takes its place.

*Right* means: after the fault, what stands is the old or the new, whole; the command was given again and gave, to the
byte, what an undisturbed one gives; nothing is left behind; and where the command could still speak, it ended with
status 1 and said what was wrong. The compendia are small ones: one locality with one notebook, a review, a pilot with
three services, a site of two pages.
"""
WORDS = {
    "steps": """Before each step that changes something on the disk, the folder was copied, as a kill at that moment
leaves it, and the command given again in the copy. Python's audit hooks tell the steps, so none can be forgotten.
*Decisive steps* are those at which something takes its place; *every step* counts opening a file, making a folder and
changing permissions too. After an import was killed, `check` was run in between: it finds all tables old or all new.
""",
    "random": f"""SIGKILL at {KILLS} moments of each command, one in each stretch of its time (seed {SEED}); `run` with
its kernels.
""",
    "disks": """From each decisive step on, the system refused to open for writing, to make a folder, to rename and to
link, with the error of a full disk (ENOSPC) or of one for reading only (EROFS). The error is raised where Python tells
the step, so that it comes at every step and on every machine; no disk was filled.
""",
    "kernels": """Then the notebook was put right and run again: `outputs/` is the same to the byte.
""",
    "at_once": """The second was begun up to a second after the first. One waited, or said that the other was at work
and was given again; in the end all is as after one and then the other.
""",
}
FOOT = """## Hostile input

What was fed to each reader, and what became of it: [hostile files](hostile-files.md).

How it is held: [decision 0022](../decisions/0022-writers-that-may-be-killed.md).
"""


def page(parts: Mapping[str, Sequence[Row]]) -> str:
    """The text of the page."""
    text = [HEAD]
    for name, (title, _) in PARTS.items():
        text += [f"## {title}\n", WORDS[name]]
        if name not in parts:
            text += ["This was not done by the run that wrote this page.", ""]
            continue
        text += ["| what | how often | right | |", "| --- | ---: | ---: | --- |"]
        text += [f"| {row.what} | {row.times} | {row.times - _wrong(row)} | {row.note} |" for row in parts[name]]
        text.append("")
    return "\n".join([*text, FOOT])


def _wrong(row: Row) -> int:
    """How many of the times something was wrong."""
    return min(row.times, len({one.partition(": ")[0] for one in row.wrong}))
