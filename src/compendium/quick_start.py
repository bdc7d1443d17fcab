"""Programs of ours start without a grammar that none of them reads."""

from __future__ import annotations

import sys


def without_grammars() -> None:
    """Reading notebooks loads jsonschema, and that rfc3987-syntax where JupyterLab brought it: it builds 38 parsers
    (1.4 s of CPU a process) for the formats `iri` and `iri-reference`, which the schema of notebooks has not.

    Only in processes of ours, before the first notebook is read; not in a notebook's kernel nor in a user's Python.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
