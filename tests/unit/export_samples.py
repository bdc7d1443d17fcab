"""A small export as a force's system would write it, and the mapping for it. Everybody in it is invented."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.bare import LOCALITY, bare

AREAS = "area_id,name,level,parent_id,invented\nL,Here,locality,,yes\nZ01,Zone 01,zone,L,yes\nZ02,Zone 02,zone,L,yes\n"
HEADER = (
    "Inv No;Recorded;MO;Responsible;Found by;Beat;Officer;Crime No;Offence;Crime date;Outcome;Outcome date;"
    "Victim URN;V age;V sex;Nominal;N age;N sex;Reported"
)
# a case of two crimes and two rows; a child in both roles; a child the police could not identify; 4 May, not 5 April
ROWS = (
    "I/1;04/05/2022;Grooming;Adult;Told parent;B1;PC Núñez;CR1;88A;04/05/2022 14:35;;;N-100;15;F;N-900;31;M;03/05/2022",
    "I/1;04/05/2022;Grooming;Adult;Told parent;B1;PC Núñez;CR2;71;06/05/2022;1;11/11/2022;;;;N-901;44;M;",
    "I/2;17/08/2022;Images shared;Child;School;B2;DC Ôkafor;CR3;86/2;17/08/2022;21;30/12/2022;"
    "N-101;13;M;n-100 ;15;F;17/08/2022",
    "I/3;28/02/2023;Images shared;;Referral;B2;DC Ôkafor;CR4;86/2;28/02/2023;;;;;;;;;27/02/2023",
    "I/4;30/04/2023;Sextortion;N/K;Told parent;B1;PC Núñez;CR5;35;30/04/2023;18;30/04/2023;;16;M;;;;",
)
MAPPING = """\
name: Northshire crime system, layout of 2022
records:
  cases: Inv No
  crimes: Crime No
  victims: [Inv No, Victim URN]
  suspects: [Inv No, Nominal]
persons: {victims: Victim URN, suspects: Nominal}
unnumbered: victims
columns:
  Recorded: cases.recorded_on
  MO:
    to: cases.form
    codes: {Grooming: sexual_communication, Images shared: image_shared_others, Sextortion: extortion}
  Responsible: {to: cases.responsible, codes: {Adult: adult, Child: child, N/K: not_known}, blank: not_known}
  Found by: {to: cases.route, codes: {Told parent: parent_carer, School: school, Referral: industry_referral}}
  Beat: {to: cases.zone, codes: {B1: Z01, B2: Z02}}
  Offence: crimes.offence_code
  Crime date: crimes.recorded_on
  Outcome: crimes.outcome_type
  Outcome date: crimes.outcome_on
  V age:
    - victims.age
    - {to: victims.age_band, bands: {0-9: [0, 9], 10-13: [10, 13], 14-15: [14, 15], 16-17: [16, 17]}}
  V sex: {to: victims.sex, codes: {F: female, M: male}}
  N age: {to: suspects.age_band, bands: {10-13: [10, 13], 14-17: [14, 17], 18-24: [18, 24], 25-plus: [25, 120]}}
  N sex: {to: suspects.sex, codes: {F: female, M: male}}
  Reported: {event: reported, several: earliest}
ignored:
  Officer: names a person and is not needed
values:
  cases.suspect_identified: not_recorded
  cases.safeguarding: not_recorded
  cases.stage: open
  cases.non_recent: not_recorded
  crimes.online: "yes"
  crimes.platform: not_recorded
  victims.relationship: not_recorded
  victims.identified: "yes"
  victims.flag_send: not_recorded
  victims.flag_care: not_recorded
  victims.flag_missing: not_recorded
  suspects.from_force_area: not_known
derived: {crimes.principal: first_of_case}
"""


def desk(folder: Path, *, mapping: str = MAPPING, rows: tuple[str, ...] = ROWS, header: str = HEADER) -> Path:
    """A compendium, and beside it an export and a mapping. Returns the compendium.

    What an earlier test left in `folder` is cleared away, except for the dictionaries: they take longest to read.
    """
    root = folder / "compendium"
    if not root.exists():
        bare(root)
    for left in (folder / "records", root / "localities/here"):
        shutil.rmtree(left, ignore_errors=True)
    for file in [*root.glob("*.csv"), *(path for path in folder.iterdir() if path.is_file())]:
        file.unlink()
    (root / "localities/here/data").mkdir(parents=True)
    more = "data_root: ../records\nsources:\n  areas: {file: data/areas.csv, provenance: synthetic}\n"
    text = LOCALITY.format(id="here", name="Here", more=more)
    (root / "localities/here/locality.yml").write_text(text, encoding="utf-8")
    (root / "localities/here/data/areas.csv").write_text(AREAS, encoding="utf-8")
    (folder / "export.csv").write_text("\r\n".join([header, *rows, ""]), encoding="cp1252")
    (folder / "mapping.yml").write_text(mapping, encoding="utf-8")
    return root
