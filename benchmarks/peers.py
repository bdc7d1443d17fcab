"""The programs that ours are compared with, in an environment of their own: `.venv-bench/`, from `peers.lock`.

They never stand beside the project's own libraries: neither would then be what its users have. To lock anew:

    uv pip compile peers.txt --universal --generate-hashes --python-version 3.11 --no-header -o peers.lock
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
WANTED, LOCK = HERE / "peers.txt", HERE / "peers.lock"
HOME = HERE.parent / ".venv-bench"
STAMP = HOME / "installed-from"
LIST = (
    "import importlib.metadata as m, json; "
    "print(json.dumps({d.metadata['Name'].lower().replace('_', '-'): d.version for d in m.distributions()}))"
)


def python() -> Path:
    return HOME / "bin" / "python"


def program(name: str) -> Path:
    """The command that a peer installs, such as `snakemake`."""
    return HOME / "bin" / name


def install() -> None:
    """Make the environment, unless it is there from this very lock; what can't be installed is told, not hidden."""
    lock = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text("ascii") == lock:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True)
    pip = [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    print("Installing the peers into .venv-bench (about a minute, once)", file=sys.stderr, flush=True)
    if subprocess.run([*pip, "-r", str(LOCK)], check=False).returncode:
        for name in names():  # one of them stands in the way of the others: have those that can be had
            subprocess.run([*pip, "--constraint", str(LOCK), name], check=False)
    installed.cache_clear()
    if all(version(name) for name in names()):
        STAMP.write_text(lock, "ascii")


def names() -> list[str]:
    lines = WANTED.read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@cache
def installed() -> dict[str, str]:
    if not python().exists():
        return {}
    ran = subprocess.run([str(python()), "-c", LIST], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(ran.stdout)
    return found


def version(name: str) -> str | None:
    """Of a peer, None when it could not be installed: the table then says so."""
    return installed().get(name.lower().replace("_", "-"))
