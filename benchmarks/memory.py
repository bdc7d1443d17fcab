"""Look at the memory of a process and of all that it started, until the standard input is closed; print the peak.

    python memory.py PID

Pages that several processes share are counted once (proportional set size). What the process had at first, and what
this program needs itself, don't count. Linux only; elsewhere it prints nan.
"""

from __future__ import annotations

import os
import select
import sys
from collections import defaultdict
from pathlib import Path

EVERY = 0.02  # seconds


def children() -> dict[int, list[int]]:
    """Parent -> children, of all processes that can be seen."""
    found = defaultdict(list)
    for entry in os.listdir("/proc"):  # noqa: PTH208 - a name a process is all that is needed, fifty times a second
        if entry.isdecimal():
            try:
                with open(f"/proc/{entry}/stat", "rb") as file:  # noqa: PTH123
                    parent = int(file.read().rpartition(b")")[2].split()[1])
            except OSError:
                continue  # it has ended meanwhile
            found[parent].append(int(entry))
    return found


def tree(root: int) -> list[int]:
    """The process and everything it started, but not this program."""
    below, found, waiting = children(), [], [root]
    while waiting:
        process = waiting.pop()
        if process != os.getpid():
            found.append(process)
            waiting += below.get(process, [])
    return found


def fields(process: int, *names: str) -> list[float]:
    """Megabytes, as /proc/PID/smaps_rollup tells them: Pss, Private_Dirty, … ; zeros when it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()[1:]
    except OSError:
        return [0.0] * len(names)
    told = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return [told.get(name, 0.0) for name in names]


def held(root: int) -> float:
    return sum(fields(process, "Pss")[0] for process in tree(root))


def main() -> None:
    root = int(sys.argv[1])
    if not sys.platform.startswith("linux"):
        print("nan\nnan", flush=True)
        return
    before = highest = held(root)
    print("looking", flush=True)
    while not select.select([sys.stdin], [], [], EVERY)[0]:
        highest = max(highest, held(root))
    print(f"{highest - before:.1f}", flush=True)


if __name__ == "__main__":
    main()
