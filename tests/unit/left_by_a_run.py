"""A notebook's result as a run leaves it, without a kernel: for tests of what becomes of it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from compendium import proposals
from compendium.aggregate import COUNT, Counts, Dimension, Origin
from compendium.locality import Locality, load_locality
from compendium.paths import READS, Root
from compendium.proposals import Proposal
from compendium.seen.digests import Digests
from compendium.workflow import content
from compendium.workflow import notebooks as nb
from compendium.workflow.lock_file import Entry
from compendium.workflow.notebooks import Notebook
from tests.acceptance.toy import LOCALITY, OPEN, VICTIMS, copy_toy

NAME = "01_toy"
RECORDS = "victims.csv"


@dataclasses.dataclass(frozen=True)
class Left:
    """A compendium with one notebook whose result lies there."""

    root: Root
    locality: Locality
    notebook: Notebook
    given: dict[str, Any]

    @property
    def proposal(self) -> Path:
        return self.root.proposals(LOCALITY) / NAME / "victims_by_form.json"

    def record(self) -> Entry:
        return content.record(self.root, self.locality, self.notebook, self.given, Digests())


def _proposal() -> Proposal:
    forms = Dimension("form", "Form of harm", {"exposure": "Exposure", "contact": "Contact"})
    frame = pd.DataFrame({"form": ["exposure", "contact"], COUNT: [3, 20]})
    origin = Origin("victims", "Victims", "sensitive", "synthetic", "threshold-10", "a test", file=RECORDS)
    return Proposal("victims_by_form", NAME, "Victims by form", Counts(frame, "victim", (forms,), origin), "bars")


def left(folder: Path, *, runs: str = "", real: bool = False) -> Left:
    """`runs`: what locality.yml says of them; `real`: the victims lie outside the checkout and are no invention."""
    root = Root(copy_toy(folder / "toy", {NAME: [OPEN]}))
    settings = root.localities / LOCALITY / "locality.yml"
    text = settings.read_text("utf-8")
    if runs:
        text += f"runs: {runs}\n"
    victims = root.path / VICTIMS
    if real:
        outside = folder / "records"
        outside.mkdir(mode=0o700)
        victims = victims.rename(outside / RECORDS)
        line = "  victims: {file: data/synthetic/victims.synthetic.csv, provenance: synthetic}"
        assert line in text
        text = text.replace(line, f"  victims: {{file: {RECORDS}, provenance: real}}") + f"data_root: {outside}\n"
    settings.write_text(text, "utf-8")
    locality, notebook = load_locality(root, LOCALITY), nb.load(root)[NAME]
    root.private_room(LOCALITY)
    place = root.proposals(LOCALITY) / NAME
    place.mkdir(parents=True)
    proposals.write(place, _proposal())
    name = str(victims) if real else VICTIMS.as_posix()
    digest = hashlib.sha256(victims.read_bytes()).hexdigest()
    told = {"file": victims.name, "provenance": "real" if real else "synthetic", "sensitivity": "sensitive"}
    dictionary = "data_dictionaries/victims.yml"
    read = {
        "files": {name: digest, dictionary: hashlib.sha256((root.path / dictionary).read_bytes()).hexdigest()},
        "code": {"errors.py": hashlib.sha256((content.PACKAGE / "errors.py").read_bytes()).hexdigest()},
        "sources": {"victims": told},
        "asked": ["victims"],
        "opened": {},
        "beside": {},
        "libraries": ["pandas", "yaml"],
    }
    (place / READS).write_text(json.dumps(read), "utf-8")
    root.raw_notebooks(LOCALITY).mkdir()
    (root.raw_notebooks(LOCALITY) / f"{NAME}.ipynb").write_text(notebook.text, "utf-8")
    return Left(root, locality, notebook, nb.parameters(notebook, locality))
