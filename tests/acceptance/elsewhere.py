"""Nordhafen, an invented place outside the United Kingdom: other codes, other ages, another language, areas of its own.

Its records are those of the second demonstration area, written as a force elsewhere would export them. Nobody in them
exists; the offence and outcome codes are invented, their classes of the ICCS 1.0 are not.
"""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from pathlib import Path

TWIN = "demo_area_b"
OFFENCES = {  # ours -> code and label there, class of the ICCS
    "88A": ("N-11", "Anbahnung über das Internet", "030223"),
    "86/2": ("N-21", "Verbreiten von Missbrauchsabbildungen", "030221"),
    "86/10": ("N-22", "Besitz von Missbrauchsabbildungen", "030221"),
    "71": ("N-31", "Sexuelle Ausbeutung", "03022"),
    "21": ("N-32", "Sexueller Missbrauch", "0302"),
    "22A": ("N-32", "Sexueller Missbrauch", "0302"),
    "22B": ("N-32", "Sexueller Missbrauch", "0302"),
    "88C": ("N-41", "Sonstige", ""),
    "88E": ("N-41", "Sonstige", ""),
    "35": ("N-51", "Erpressung", "02051"),
    "8R": ("N-41", "Sonstige", ""),
}
OUTCOMES = {  # code there -> label, ours
    "ANK": ("Anklage", {"1"}),
    "EIN": ("Einstellung mangels Tatnachweis", {"14", "15", "16", "18"}),
    "JUG": ("Maßnahme der Jugendhilfe", {"21", "22"}),
    "SON": ("Sonstige Erledigung", {"2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "17", "19", "20"}),
}
BANDS = {"0-9": "0-11", "10-13": "0-11", "14-15": "12-15", "16-17": "16-17"}
FORMS = {
    "sexual_communication": "Anbahnung",
    "image_pressured_adult": "Bild, Druck durch Erwachsene",
    "image_pressured_child": "Bild, Druck durch Kind",
    "image_shared_others": "Bild, weitergegeben",
    "image_shared_peer": "Bild, unter Gleichaltrigen",
    "image_not_known": "Bild, unbekannt",
    "extortion": "Erpressung",
    "exposure": "Exhibition",
    "other_online": "Sonstiges",
    "not_recorded": "",
}

LOCALITY = """\
id: nordhafen
name: Nordhafen (invented)
synthetic_note: Everything about this place is invented, the place too.
force_area: {code: "", name: An invented force}
area_level: stadtteil
period: {from: 2022-05, to: 2023-04}
dictionaries:
  areas: {file: dictionaries/areas.yml}
  area_population: {file: dictionaries/area_population.yml}
  crimes: {file: dictionaries/crimes.yml}
  offence_codes: {file: dictionaries/offence_codes.yml}
  outcomes: {file: dictionaries/outcomes.yml}
  service_coverage: {file: dictionaries/service_coverage.yml}
  suspects: {file: dictionaries/suspects.yml}
  victims: {file: dictionaries/victims.yml}
sources:
  offence_codes: {file: data/offence_codes.csv, provenance: illustrative}
  outcomes: {file: data/outcomes.csv, provenance: illustrative}
"""
AGES = """\
    labels: {0-11: Unter 12, 12-15: 12 bis 15, 16-17: 16 oder 17}
"""
DICTIONARIES = {
    "areas": """\
name: areas
fields:
  - {name: area_id, constraints: {pattern: "NH(-[0-9]{2})?"}}
  - name: level
    title: Ebene
    constraints: {enum: [stadt, stadtteil]}
    labels: {stadt: Stadt, stadtteil: Stadtteil}
""",
    "area_population": """\
name: area_population
fields:
  - name: age_band
    title: Alter
    constraints: {enum: [0-11, 12-15, 16-17]}
"""
    + AGES,
    "service_coverage": """\
name: service_coverage
fields:
  - name: age_band
    title: Alter
    constraints: {enum: [0-11, 12-15, 16-17]}
"""
    + AGES,
    "offence_codes": """\
name: offence_codes
title: Straftaten
fields:
  - {name: code, constraints: {pattern: "N-[0-9]{2}"}}
  - name: group
    constraints: {enum: [online, other]}
    labels: {online: Taten über das Internet, other: Andere Taten}
""",
    "outcomes": """\
name: outcomes
title: Erledigungen
fields:
  - {name: code, constraints: {pattern: "[A-Z]{3}"}}
  - name: group
    constraints: {enum: [charged, evidential, youth, other]}
    labels: {charged: Anklage, evidential: Einstellung, youth: Jugendhilfe, other: Sonstige}
""",
    "crimes": """\
name: crimes
title: Taten
fields:
  - name: offence_code
    title: Straftat
    constraints: {enum: [N-11, N-21, N-22, N-31, N-32, N-41, N-51], pattern: "N-[0-9]{2}"}
    hierarchies:
      offence_group:
        title: Straftat (Gruppen)
        categories:
          communication: {label: Anbahnung, members: [N-11]}
          image: {label: Abbildungen, members: [N-21, N-22]}
          sexual_activity: {label: Missbrauch, members: [N-31, N-32]}
          other: {label: Sonstige, members: [N-41, N-51]}
      iccs_class:
        title: Klasse der ICCS
        categories:
          grooming: {label: Anbahnung (ICCS 030223), members: [N-11]}
          images: {label: Abbildungen (ICCS 030221), members: [N-21, N-22]}
          exploitation: {label: Ausbeutung und Missbrauch (ICCS 0302), members: [N-31, N-32]}
          coercion: {label: Erpressung (ICCS 02051), members: [N-51]}
          no_single_class: {label: Keine einzelne Klasse, members: [N-41]}
      iccs_three:
        title: Klasse der ICCS (grob)
        categories:
          exploitation: {label: Sexuelle Ausbeutung (ICCS 0302), members: [N-11, N-21, N-22, N-31, N-32]}
          other: {label: Anderes, members: [N-41, N-51]}
  - name: outcome_type
    title: Erledigung
    constraints: {enum: [ANK, EIN, JUG, SON], pattern: "[A-Z]{3}"}
    labels: {ANK: Anklage, EIN: Einstellung mangels Tatnachweis, JUG: Jugendhilfe, SON: Sonstige}
    hierarchies:
      outcome_group:
        title: Erledigung (Gruppen)
        categories:
          charged: {label: Anklage, members: [ANK]}
          evidential: {label: Einstellung mangels Tatnachweis, members: [EIN]}
          youth: {label: Maßnahme der Jugendhilfe, members: [JUG]}
          other: {label: Sonstige Erledigung, members: [SON]}
      outcome_four:
        title: Erledigung (vier)
        categories:
          charged: {label: Anklage, members: [ANK]}
          evidential: {label: Einstellung mangels Tatnachweis, members: [EIN]}
          other_decision: {label: Andere Entscheidung, members: [JUG, SON]}
      outcome_three:
        title: Erledigung (drei)
        categories:
          charged: {label: Anklage, members: [ANK]}
          evidential: {label: Einstellung mangels Tatnachweis, members: [EIN]}
          other_outcome: {label: Andere Entscheidung, members: [JUG, SON]}
without_rules: [sexual-communication-needs-an-adult]
""",
    "victims": """\
name: victims
title: Betroffene Kinder
fields:
  - name: age_band
    title: Alter des Kindes
    constraints: {enum: [0-11, 12-15, 16-17, not_recorded]}
    labels: {0-11: Unter 12, 12-15: 12 bis 15, 16-17: 16 oder 17, not_recorded: Nicht erfasst}
    missing_codes: [not_recorded]
    hierarchies:
      age_group:
        title: Alter des Kindes (Gruppen)
        categories:
          under_12: {label: Unter 12, members: [0-11]}
          12_17: {label: 12 bis 17, members: [12-15, 16-17]}
          not_recorded: {label: Nicht erfasst, members: [not_recorded]}
  - name: sex
    title: Geschlecht des Kindes
    labels: {female: Mädchen, male: Junge, other: Anders erfasst, not_recorded: Nicht erfasst}
rules:
  - {id: age-under-12, fields: [age, age_band], test: "if age_band == '0-11' then age <= 11", message: Falsch.}
without_rules: [age-under-10, age-10-to-13, age-14-or-15]
""",
    "suspects": """\
name: suspects
title: Verdächtige
fields:
  - name: age_band
    constraints: {enum: [under-18, 18-plus, not_recorded]}
    labels: {under-18: Unter 18, 18-plus: 18 oder älter, not_recorded: Nicht erfasst}
    missing_codes: [not_recorded]
    hierarchies:
      suspect_age_group:
        title: Alter (Gruppen)
        categories:
          child: {label: Unter 18, members: [under-18]}
          adult: {label: 18 oder älter, members: [18-plus]}
          not_recorded: {label: Nicht erfasst, members: [not_recorded]}
""",
}
MAPPING = """\
name: Ausgabe des Vorgangssystems
records: {cases: Vorgang, crimes: Tat, victims: [Vorgang, Kind], suspects: [Vorgang, Verdächtiger]}
persons: {victims: Kind, suspects: Verdächtiger}
unnumbered: [victims]
dates: "%d.%m.%Y"
columns:
  Eingang: cases.recorded_on
  Form: {to: cases.form, codes: {FORMS}, blank: not_recorded}
  Verantwortlich: {to: cases.responsible, codes: {Erwachsen: adult, Kind: child, "?": not_known}}
  Bekannt durch: cases.route
  Stadtteil: {to: cases.zone, codes: {AREAS}}
  Ermittelt: {to: cases.suspect_identified, codes: {ja: "yes", nein: "no", "?": not_recorded}}
  Schutz: cases.safeguarding
  Stand: cases.stage
  Alt: {to: cases.non_recent, codes: {ja: "yes", nein: "no", "?": not_recorded}}
  Paragraf: crimes.offence_code
  Tatzeit von: crimes.offence_from
  Tatzeit bis: crimes.offence_to
  Taterfassung: crimes.recorded_on
  Erledigung: crimes.outcome_type
  Erledigt am: crimes.outcome_on
  Dienst: crimes.platform
  Haupttat: {to: crimes.principal, codes: {ja: true, nein: false}}
  Alter: victims.age
  Altersgruppe: {to: victims.age_band, blank: not_recorded}
  Geschlecht: {to: victims.sex, codes: {w: female, m: male, d: other}, blank: not_recorded}
  Beziehung: victims.relationship
  Bekannt: {to: victims.identified, codes: {ja: "yes", nein: "no"}}
  V Alter: {to: suspects.age_band, codes: {U18: under-18, Ü18: 18-plus}, blank: not_recorded}
  V Geschlecht: {to: suspects.sex, codes: {w: female, m: male, d: other}, blank: not_recorded}
ignored: {Sachbearbeitung: nennt eine Person}
values:
  crimes.online: "yes"
  victims.flag_send: not_recorded
  victims.flag_care: not_recorded
  victims.flag_missing: not_recorded
  suspects.from_force_area: not_known
"""
YES = {"yes": "ja", "no": "nein", "true": "ja", "false": "nein", "": ""}
SEX = {"female": "w", "male": "m", "other": "d"}
Rows = list[dict[str, str]]


def make(project: Path, export: Path, mapping: Path) -> Path:
    """Put Nordhafen into `project`, its force's export into `export` and the mapping into `mapping`."""
    source = project / "localities" / TWIN / "data" / "synthetic"
    folder = project / "localities" / "nordhafen"
    (folder / "dictionaries").mkdir(parents=True)
    for table, text in DICTIONARIES.items():
        (folder / "dictionaries" / f"{table}.yml").write_text(text, encoding="utf-8")
    (folder / "locality.yml").write_text(LOCALITY + _other_tables(source, folder), encoding="utf-8")
    _lookups(folder)
    areas = _areas(source, folder)
    _write(export, _export(source), encoding="cp1252", separator=";")
    codes = ", ".join(f"{area}: {area}" for area in areas)
    forms = ", ".join(f'"{there}": {ours}' for ours, there in FORMS.items() if there)
    mapping.write_text(MAPPING.replace("{AREAS}", f"{{{codes}}}").replace("{FORMS}", f"{{{forms}}}"), encoding="utf-8")
    return folder


def _other_tables(source: Path, folder: Path) -> str:
    """Services, workshops and pilot as in the demonstration area, with the bands and areas of this place."""
    case_files = ("cases", "crimes", "victims", "suspects", "case_events")
    lines = []
    for path in sorted(source.glob("*.csv")):
        table = path.name.split(".")[0]
        if table not in case_files:
            lines.append(f"  {table}: {{file: data/{path.name}, provenance: synthetic}}\n")
            (folder / "data").mkdir(exist_ok=True)
            shutil.copy(path, folder / "data" / path.name)
    for table in ("service_coverage", "locations"):
        file = folder / "data" / f"{table}.synthetic.csv"
        rows = _read(file)
        for row in rows:
            row.update(
                {"age_band": BANDS[row["age_band"]]} if "age_band" in row else {"area_id": _area(row["area_id"])}
            )
        _write(file, [dict(row) for row in dict.fromkeys(tuple(row.items()) for row in rows)])
    return "".join(lines)


def _lookups(folder: Path) -> None:
    there = {code: (label, iccs) for code, label, iccs in OFFENCES.values()}
    offences = [
        {"code": code, "label": label, "group": "online", "valid_from": "2020-01-01", "valid_to": "", "iccs": iccs,
         "online_candidate": "flag"}
        for code, (label, iccs) in sorted(there.items())
    ]  # fmt: skip
    groups = {"ANK": "charged", "EIN": "evidential", "JUG": "youth", "SON": "other"}
    outcomes = [
        {"code": code, "label": label, "group": groups[code], "valid_from": "2020-01-01", "valid_to": ""}
        for code, (label, _) in sorted(OUTCOMES.items())
    ]
    _write(folder / "data" / "offence_codes.csv", offences)
    _write(folder / "data" / "outcomes.csv", outcomes)


def _areas(source: Path, folder: Path) -> list[str]:
    areas = _read(source / "areas.synthetic.csv")
    levels = {"locality": "stadt", "district": "stadtteil"}
    for row in areas:
        row |= {"area_id": _area(row["area_id"]), "parent_id": _area(row["parent_id"]), "level": levels[row["level"]]}
        row["name"] = row["name"].replace("District", "Stadtteil").replace("Whole locality", "Ganze Stadt")
    _write(folder / "data" / "areas.synthetic.csv", areas)
    children: dict[tuple[str, str], int] = defaultdict(int)
    for row in _read(source / "area_population.synthetic.csv"):
        children[_area(row["area_id"]), BANDS[row["age_band"]]] += int(row["persons"])
    population = [{"area_id": area, "age_band": band, "persons": str(n)} for (area, band), n in children.items()]
    _write(folder / "data" / "area_population.synthetic.csv", population)
    groups = [{**row, "area_id": _area(row["area_id"])} for row in _read(source / "area_groups.synthetic.csv")]
    _write(folder / "data" / "area_groups.synthetic.csv", groups)
    return [row["area_id"] for row in areas]


def _area(code: str) -> str:
    return {"": "", "A00": "NH"}.get(code, f"NH-{code[1:]}")


def _export(source: Path) -> Rows:
    """A row for each crime, victim and suspect of a case, side by side as far as they go."""
    held: dict[str, dict[str, Rows]] = defaultdict(lambda: defaultdict(list))
    for table in ("crimes", "victims", "suspects"):
        for row in _read(source / f"{table}.synthetic.csv"):
            held[row["case_id"]][table].append(row)
    rows = []
    for case in _read(source / "cases.synthetic.csv"):
        tables = held[case["case_id"]]
        for index in range(max(len(found) for found in tables.values())):
            row = _case(case)
            for table, columns in (("crimes", _crime), ("victims", _victim), ("suspects", _suspect)):
                row |= columns(tables[table][index] if index < len(tables[table]) else defaultdict(str))
            rows.append(row)
    return rows


def _case(case: dict[str, str]) -> dict[str, str]:
    who = {"adult": "Erwachsen", "child": "Kind", "not_known": "?"}
    unknown = YES | {"not_recorded": "?"}
    return {
        "Vorgang": case["case_id"].replace("C-", "V/"),
        "Eingang": _day(case["recorded_on"]),
        "Form": FORMS[case["form"]],
        "Verantwortlich": who[case["responsible"]],
        "Bekannt durch": case["route"],
        "Stadtteil": _area(case["zone"]),
        "Ermittelt": unknown[case["suspect_identified"]],
        "Schutz": case["safeguarding"],
        "Stand": case["stage"],
        "Alt": unknown[case["non_recent"]],
        "Sachbearbeitung": "POK Müller",
    }


def _crime(crime: dict[str, str]) -> dict[str, str]:
    outcome = {ours: code for code, (_, codes) in OUTCOMES.items() for ours in codes} | {"": ""}
    return {
        "Tat": crime["crime_id"],
        "Paragraf": OFFENCES[crime["offence_code"]][0] if crime["offence_code"] else "",
        "Tatzeit von": _day(crime["offence_from"]),
        "Tatzeit bis": _day(crime["offence_to"]),
        "Taterfassung": _day(crime["recorded_on"]),
        "Erledigung": outcome[crime["outcome_type"]],
        "Erledigt am": _day(crime["outcome_on"]),
        "Dienst": crime["platform"],
        "Haupttat": YES[crime["principal"]],
    }


def _victim(victim: dict[str, str]) -> dict[str, str]:
    age = victim["age"]
    band = next((b for b, last in (("0-11", 11), ("12-15", 15), ("16-17", 17)) if age and int(age) <= last), "")
    return {
        "Kind": victim["person_id"] if victim["identified"] == "yes" else "",
        "Alter": age,
        "Altersgruppe": band,
        "Geschlecht": SEX.get(victim["sex"], ""),
        "Beziehung": victim["relationship"],
        "Bekannt": YES[victim["identified"]],
    }


def _suspect(suspect: dict[str, str]) -> dict[str, str]:
    bands = {"10-13": "U18", "14-17": "U18", "18-24": "Ü18", "25-plus": "Ü18"}
    return {
        "Verdächtiger": suspect["person_id"],
        "V Alter": bands.get(suspect["age_band"], ""),
        "V Geschlecht": SEX.get(suspect["sex"], ""),
    }


def _day(text: str) -> str:
    return ".".join(reversed(text.split("-")))


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, rows: Rows, *, encoding: str = "utf-8", separator: str = ",") -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=separator, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
