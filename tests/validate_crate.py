"""Hold a crate against RO-Crate 1.3 and Process Run Crate, with roc-validator, in an environment of its own.

roc-validator needs another version of rich than this project, so it can't stand beside it: `make validate` makes
`.venv-validators/` from requirements/validators.lock and runs this there. It asks the web for nothing: the one
document that it would fetch, the context of RO-Crate 1.3, comes with the library rocrate.

    .venv-validators/bin/python tests/validate_crate.py dist/leeds-release-1.zip [--strict]

What RO-Crate demands must hold. What it recommends is told; with --strict it must hold too, but for NOT_HERE.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

CONTEXT = "https://w3id.org/ro/crate/1.3/context"
SHIPPED = Path(str(find_spec("rocrate").origin)).parent / "data" / "ro-crate.jsonld"  # type: ignore[union-attr]
RUNS = (
    # profile, its options: the whole of RO-Crate 1.3, then what the profile adds (the validator knows version 0.5)
    ("ro-crate-1.3", ()),
    ("process-run-crate", ("--disable-profile-inheritance",)),
)
# Checks of what is recommended and is not so here, each with its reason.
NOT_HERE = {
    "ro-crate-1.3_68.1": "folders of the program and of dictionaries are described as folders, not file by file",
    "process-run-crate-0.5_3.2": "a notebook is the tool of its run, and a file of the crate: it has no other address",
    "process-run-crate-0.5_5.1": "nor has the program, unless CITATION.cff names its repository",
    "process-run-crate-0.5_8.4": "no clock is read: a run has no time, so that the same release gives the same crate",
}


def cache_with_context(path: Path) -> None:
    """A cache of the validator that holds the context of RO-Crate as the library rocrate ships it."""
    import requests
    from requests.adapters import BaseAdapter
    from requests_cache import CachedSession

    class Shipped(BaseAdapter):
        def send(self, request: requests.PreparedRequest, *arguments: object, **more: object) -> requests.Response:
            from io import BytesIO

            from urllib3 import HTTPResponse

            body = SHIPPED.read_bytes()
            answer = requests.Response()
            answer.status_code, answer.url, answer.request = 200, str(request.url), request
            answer.headers["Content-Type"] = "application/ld+json"
            answer.raw = HTTPResponse(BytesIO(body), status=200, headers=dict(answer.headers), preload_content=False)
            return answer

        def close(self) -> None:
            pass

    assert json.loads(SHIPPED.read_bytes())["@id"] == CONTEXT
    with CachedSession(str(path), backend="sqlite", expire_after=-1, allowable_codes=(200,)) as session:
        session.mount(CONTEXT, Shipped())
        session.get(CONTEXT)


def issues(crate: Path, cache: Path, profile: str, options: tuple[str, ...]) -> list[dict[str, str]]:
    """What the validator finds, demanded or recommended: severity, check, entity and words of each."""
    report = cache.with_name(f"{profile}.json")
    program = [str(Path(sys.executable).with_name("rocrate-validator")), "--no-interactive", "--disable-color"]
    asked = ["validate", "--offline", "--cache-path", str(cache), "--no-auto-profile", "--profile-identifier", profile]
    asked += ["--requirement-severity", "recommended", "--skip-checks", ",".join(NOT_HERE), *options]
    asked += ["--output-format", "json", "--output-file", str(report), str(crate)]
    done = subprocess.run([*program, *asked], capture_output=True, text=True, check=False)
    if not report.exists():
        raise SystemExit(done.stdout + done.stderr)
    found = json.loads(report.read_text("utf-8"))
    assert found["passed"] is (not found["issues"])
    return [
        {
            "severity": str(one["severity"]),
            "said": f"{one['check']['identifier']} {one.get('violatingEntity') or ''}: {one['message']}",
        }
        for one in found["issues"]
    ]


def main(bag: Path, *, strict: bool) -> int:
    """Exit status: 0 when all that is demanded holds; with `strict`, all that is recommended too."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        cache_with_context(cache)
        with zipfile.ZipFile(bag) as archive:
            archive.extractall(folder)
        crate = Path(folder) / bag.stem / "data"
        found = [one for profile, options in RUNS for one in issues(crate, cache, profile, options)]
    for one in found:
        print(one["severity"].lower(), one["said"])
    demanded = [one for one in found if one["severity"] == "REQUIRED"]
    print(f"{len(demanded)} demands and {len(found) - len(demanded)} recommendations are not met.")
    return 1 if demanded or (strict and found) else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), strict="--strict" in sys.argv[2:]))
