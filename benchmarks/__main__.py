"""`make bench`: run the benchmarks, print what they came to and write it into RESULTS.md.

    python -m benchmarks [--date 2026-11-23] [--pairs 5] [--quick] [NAME ...]

With names, only those run, and only their sections of RESULTS.md are written anew. `--quick` writes nothing.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module

from benchmarks import harness, peers, results


def main() -> None:
    parser = harness.parser(__doc__)
    parser.add_argument("--date", default="", help="the day that stands in RESULTS.md; no clock is read for it")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *results.scripts()])
    asked = parser.parse_args()
    peers.install()
    failed = []
    for name in asked.names or results.scripts():
        script, start = import_module(f"benchmarks.{name}"), time.perf_counter()
        given = harness.parser(script.__doc__, getattr(script, "options", None)).parse_args(
            [f"--pairs={asked.pairs}", *(["--quick"] if asked.quick else [])]
        )
        print(f"\n## {name}\n", flush=True)
        records = []
        try:
            for record in script.records(given):
                print(record.text() + "\n", flush=True)
                records.append(record)
        except (Exception, SystemExit) as stopped:
            harness.progress(f"{name} stopped: {stopped}")
            failed.append(name)
            continue
        if not asked.quick:
            results.write(name, script.__doc__ or "", records, asked.date)
        harness.progress(f"{name}: {time.perf_counter() - start:,.0f} s")
    if failed:
        sys.exit(f"These stopped, and their sections are as they were: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
