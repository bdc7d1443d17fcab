"""Two small dictionaries (cases and victims) and the ways to write files for them."""

from __future__ import annotations

from pathlib import Path

from compendium import dictionary
from compendium.dictionary import Checked, Dictionaries, Dictionary
from compendium.dictionary.load import read_one
from compendium.yamlfile import parse_yaml

CASES = """
name: cases
title: Cases
description: One row a case.
unit: case
units: persons
sensitivity: sensitive
policy: threshold-10
primaryKey: [case_id]
fields:
  - {name: case_id, role: identifier, constraints: {required: true, pattern: "C-[0-9]{3}"}}
  - {name: recorded_on, type: date, role: date, constraints: {required: true, minimum: "2000-01-01"}}
  - {name: outcome_on, type: date, role: date}
  - name: stage
    title: Stage
    role: dimension
    constraints: {required: true, enum: [open, outcome, not_recorded]}
    labels: {open: Open, outcome: Has an outcome, not_recorded: Not recorded}
    missing_codes: [not_recorded]
    hierarchies:
      known:
        title: Whether the stage is known
        categories:
          known: {label: Known, members: [open, outcome]}
          not_recorded: {label: Not recorded, members: [not_recorded]}
rules:
  - id: outcome-after-record
    fields: [recorded_on, outcome_on]
    test: recorded_on <= outcome_on
    message: The outcome is dated before the record.
    remedy: Correct one of the two dates.
"""

VICTIMS = """
name: victims
title: Victims
description: One row a child in one case.
unit: victim
units: persons
sensitivity: sensitive
policy: threshold-10
primaryKey: [victim_row]
uniqueKeys: [[person_id, case_id]]
foreignKeys: [{fields: [case_id], reference: {resource: cases, fields: [case_id]}}]
fields:
  - {name: victim_row, role: identifier, constraints: {required: true}}
  - {name: person_id, role: person, constraints: {required: true}}
  - {name: case_id, role: identifier, constraints: {required: true}}
  - {name: age, type: integer, role: measure, constraints: {minimum: 0, maximum: 17}}
  - {name: weight, type: number}
  - {name: identified, type: boolean}
  - {name: note}
rules:
  - id: age-of-the-identified
    test: if identified == true then age is not empty
    message: An identified child has an age.
    level: warning
"""

PUBLIC = """
name: studies
title: Studies
description: One row a study.
unit: study
sensitivity: public
primaryKey: [study_id]
default_file: evidence/studies.csv
source: {title: Register, publisher: The project, licence: CC BY 4.0, date: "2025"}
fields:
  - {name: study_id, constraints: {required: true}}
  - {name: country, role: dimension, constraints: {enum: [england, wales]}}
  - {name: n, type: integer}
"""

CASE_HEADER = "case_id,recorded_on,outcome_on,stage"
VICTIM_HEADER = "victim_row,person_id,case_id,age,weight,identified,note"


def table(text: str) -> Dictionary:
    """The dictionary that a YAML text describes."""
    found = read_one(parse_yaml(text, "sample.yml"))
    assert isinstance(found, Dictionary)
    return found


def both() -> Dictionaries:
    return Dictionaries({"cases": table(CASES), "victims": table(VICTIMS), "studies": table(PUBLIC)})


def check(folder: Path, **files: str | bytes) -> Checked:
    """Write `<table>.csv` for each and check them together."""
    sources = {}
    for name, content in files.items():
        sources[name] = folder / f"{name}.csv"
        sources[name].write_bytes(content.encode() if isinstance(content, str) else content)
    return dictionary.read_tables(sources, both())


def told(checked: Checked) -> list[str]:
    return [str(problem) for problem in checked.problems]
