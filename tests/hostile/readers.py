"""Doors: everything that reads a file which somebody else may have written, each with a good file of its kind.

`read` gives what was made of the file; it raises `CompendiumError`, or gives problems, for what is refused.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from compendium.errors import CompendiumError, InputRefused, Problem
from tests.shared import ROOT, SHARED

SOMEBODY = "Zebedee Quillfeather"  # stands in cells of sensitive tables, and must never come out of one
Read = Callable[[Path], Any]


@dataclass(frozen=True)
class Reader:
    """One door. `within`: the path below the trial's folder at which it expects the file."""

    name: str
    shape: str
    within: str
    good: bytes
    read: Read
    desk: str = ""  # the folder that is laid out around the file
    sensitive: bool = False
    like_another: bool = False  # reads as another door does: tens of megabytes are tried at that one only
    follows: bool = True  # a link that a person names on the command line; False: links of a locality
    compares: bool = False  # holds the file against a good one: tells what differs, whatever stands there


LOADED = frozenset({"loaded"})
ALSO: dict[tuple[str, str], frozenset[str]] = {  # what may happen beside what the kind says, and why
    ("entry of a ledger", "no file"): LOADED,  # no release was approved yet
    ("description of a released table", "no file"): LOADED,  # a table that says nothing of itself
    ("standards", "no file"): LOADED,  # the version before it is the newest then
    ("settings of a site", "empty"): LOADED,  # Quarto's defaults
    ("settings of a site", "a key nobody knows"): LOADED,  # any key may be shown by the shortcode `meta`
    ("settings of a site", "a merge key"): LOADED,  # the same: it merges nothing
}


def refuse(problems: Iterable[Problem]) -> None:
    wrong = [problem for problem in problems if problem.level == "error"]
    if wrong:
        raise InputRefused(wrong)


# workbooks


def workbook(**sheets: Iterable[Iterable[Any]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _rows(text: str, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=separator))


# tables of a dictionary

VICTIMS = f"""victim_row,person_id,case_id,age,weight,identified,note
V-1,{SOMEBODY},C-001,12,,true,
V-2,P-2,C-002,15,,true,
"""


def _table(path: Path) -> Any:
    from compendium import dictionary
    from tests.dictionary_samples import both

    frame, problems = dictionary.read(path, both()["victims"])
    refuse(problems)
    return frame.rows()


# published files


def _official(format_: str) -> Read:
    def read(path: Path) -> Any:
        from compendium import importers

        found = importers.read(format_, path)
        refuse(found.problems)
        return found.table.astype(str).values.tolist()

    return read


RIS = "TY  - JOUR\nTI  - A title\nAU  - Baird, J\nPY  - 2019\nDO  - 10.1128/x\nER  - \n\nTY  - JOUR\nTI  - Another\nPY  - 2020\nER  - \n"  # noqa: E501  two records
NBIB = "PMID- 31366609\nTI  - A title.\nDP  - 2019 Sep 18\nTA  - Journal\n\nPMID- 1\nTI  - Another.\nDP  - 2020\n"
ENDNOTE = (
    "<?xml version='1.0' encoding='UTF-8'?><xml><records><record><rec-number>1</rec-number>"
    '<ref-type name="Journal Article">17</ref-type><titles><title><style>A title</style></title></titles>'
    "<dates><year>2019</year></dates></record></records></xml>"
)
ASREVIEW = "record_id,title,abstract,doi\n1,A title,Words,10.1/x\n2,Another,,\n"
COUNTS = (
    "Month,Falls within,LSOA code,LSOA name,Crime type,n\n"
    "2020-01,Lancashire Constabulary,E01012662,Blackpool 002A,Drugs,3\n"
    "2020-02,Lancashire Constabulary,E01012662,Blackpool 002A,Drugs,4\n"
)


def published() -> list[Reader]:
    """Official formats: the beginning of a published file, where they lie beside the project."""
    from compendium.importers.carry_over import FILES

    found = []
    others = (
        ("police-uk-street", "crime/police_uk_2020-01_lancashire_street_extract.csv"),
        ("home-office-recorded-crime", "crime/homeoffice_prc-pfa_2024-25_btp_and_fraud_bodies.csv"),
        ("ons-pfa-workbook", "crime/pfatablesdec19.xlsx"),
        ("embase-csv", "screening/exportformat_embase.csv"),
    )
    for format_, file in sorted({**dict(FILES.values()), **dict(others)}.items()):
        path = SHARED / "data" / file
        if format_ == "police-uk-lsoa-counts" or not path.is_file():
            continue
        data = path.read_bytes()
        shape = {".xlsx": "xlsx", ".json": "json", ".geojson": "json"}.get(path.suffix, "csv")
        if shape == "csv" and len(data) > 24_000 and format_ != "embase-csv":
            data = data[: data.rfind(b"\n", 0, 24_000) + 1]
        data = data.removeprefix(b"\xef\xbb\xbf")
        found.append(Reader(format_, shape, path.name, data, _official(format_), like_another=shape == "csv"))
    return found


# files from the field


def _force_export(path: Path) -> Any:
    from compendium.importers.force_export.mapping import read_mapping
    from compendium.importers.force_export.sheet import read_export

    mapping, _ = read_mapping(path.parent / "mapping.yml")
    found = read_export(path, mapping)
    refuse(found.problems)
    return [list(row.values()) for row in found.rows]


def _mapping(path: Path) -> Any:
    from compendium import dictionary
    from compendium.importers.force_export.agreement import disagreements
    from compendium.importers.force_export.mapping import read_mapping

    mapping, source = read_mapping(path)
    known = dictionary.load(ROOT / "data_dictionaries")
    refuse(disagreements(mapping, source, known, known.groups["case_files"]))
    return mapping


GROUPS = {"children": "Children and young people", "police": "Police"}
ITEMS = {"P01": "Help begins within days", "P02": "One worker stays", "P03": "Nobody is blamed"}
RATINGS = "rater,group,round,item,rating\n1,children,1,P01,8\n1,children,1,P02,X\n2,police,1,P01,7\n2,police,1,P02,3\n"
WHO_RATES = RATINGS.replace("\n1,", f"\n{SOMEBODY} 1,").replace("\n2,", f"\n{SOMEBODY} 2,")
BALLOTS = "voter,group,item,points\n1,children,P01,5\n1,children,P02,4\n2,police,P01,5\n2,police,P02,4\n"


def _ratings(path: Path) -> Any:
    from compendium.importers.workshop import read_ratings

    found = read_ratings(path, items=ITEMS, groups=GROUPS)
    refuse(found.errors)
    return found.table.astype(str).values.tolist()


def _votes(path: Path) -> Any:
    from compendium.importers.workshop import read_votes

    found = read_votes(path, items=ITEMS, groups=GROUPS)
    refuse(found.errors)
    return found.table.astype(str).values.tolist()


def _qdpx(path: Path) -> Any:
    from compendium.importers.qdpx import read_qdpx

    found = read_qdpx(path)
    return found.codes.astype(str).values.tolist(), found.codings


def _project_archive() -> bytes:
    from tests.unit.qda_projects import CANARY, code, coding, project, source, text_selection

    xml = project(code(11, "Waiting"), source(100, text_selection(0, 9, coding(11, 1))))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", xml.replace(CANARY, SOMEBODY))
    return made.getvalue()


def _services(path: Path) -> Any:
    from compendium.importers.open_referral import service_map

    found = service_map(path)
    refuse(found.problems)
    return [table.astype(str).values.tolist() for table in found.tables.values()]


def _service_files() -> dict[str, bytes]:
    from tests.unit.test_open_referral import ID

    service, organization = ID.format(1), ID.format(900)
    return {
        "services.csv": f"id,organization_id,name,status,minimum_age,maximum_age\n{service},{organization},Service 1 (invented),active,8,17\n".encode(),  # noqa: E501  one row
        "organizations.csv": f"id,name,description\n{organization},Organisation (invented),Invented.\n".encode(),
    }


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def _form(path: Path) -> Any:
    from compendium.framework.assessment.checking import checked
    from compendium.framework.assessment.reading import read_filled
    from compendium.paths import Root
    from compendium.self_assessment import Service
    from tests.assessment_samples import forms

    desk = next(parent for parent in path.parents if (parent / "localities").is_dir())
    answers, problems = checked(read_filled(path), forms(Root(desk)), {"A01": Service("Pilot area 1")})
    refuse(problems)
    return repr(answers)


# what a locality says of itself


def _locality(path: Path) -> Any:
    from compendium import dictionary
    from compendium.locality import load_locality
    from compendium.paths import Root

    root = Root(path.parents[2])
    locality = load_locality(root, path.parent.name)
    known = dictionary.load(ROOT / "data_dictionaries", locality.dictionary_files())
    refuse(locality.problems(known))
    return repr(locality).replace(str(root.path), "")


LOCALITY = """id: here
period: {from: 2022-05, to: 2023-04}
sources:
  areas: {file: data/areas.csv, provenance: synthetic}
name: Here
"""


def _dictionary(path: Path) -> Any:
    from compendium import dictionary

    return repr(dictionary.load(path.parent).named("victims"))


def _own_dictionary(path: Path) -> Any:
    from compendium import dictionary

    return repr(dictionary.load(path.parent / "shared", {"victims": path})["victims"])


def _framework(path: Path) -> Any:
    from compendium.framework import standards

    home = path.parents[3]
    return repr(standards.load(home / "framework", home / "evidence"))


def _parameters(path: Path) -> Any:
    from compendium.dictionary.twin_parameters import load_parameters

    return repr(list(load_parameters(path)))


def _outside(path: Path) -> Any:
    from compendium.disclosure.outside import read_outside

    return repr(read_outside(path, {}))


def _ledger(path: Path) -> Any:
    from compendium.paths import Root
    from compendium.release import ledger_files

    return repr(ledger_files.read(Root(path.parents[3]), "here").entries)


def _entry() -> bytes:
    from compendium.disclosure.ledger import next_entry

    said = {"kind": "withdrawal", "date": "2026-11-22", "by": ["A", "B"], "withdraws": 1, "reason": "x"}
    return json.dumps(dict(next_entry((), "here", said).record), indent=1, sort_keys=True).encode()


def _notebook(path: Path) -> Any:
    from compendium.paths import Root
    from compendium.workflow import notebooks

    (found,) = notebooks.load(Root(path.parents[1])).values()
    return repr((notebooks.valid(found, path.name), found.parameters))


NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"compendium": {"title": "One"}},
        "cells": [
            {"id": "a", "cell_type": "code", "execution_count": None, "outputs": [],
             "metadata": {"tags": ["parameters"]}, "source": 'locality: str = ""'},
        ],
    }
).encode()  # fmt: skip


# releases, of this tool and others

COUNTED = "area,form,count\nnorth,a,40\nnorth,b,30\nsouth,a,20\nsouth,b,\n"
SAID = {
    "name": "t",
    "unit": "victim",
    "kind": "counts",
    "policy": "threshold-10",
    "sensitivity": "sensitive",
    "dimensions": [
        {"name": "area", "title": "Area", "categories": {"north": "North", "south": "South"}},
        {"name": "form", "title": "Form", "categories": {"a": "A", "b": "B"}},
    ],
    "rows": [1],
}


def _audit(path: Path) -> Any:
    from compendium import disclosure

    return disclosure.audit_dir(path.parents[1] if path.parent.name == "tables" else path.parent).text


def _protect(path: Path) -> Any:
    from compendium import disclosure

    out = path.parent / "out"
    said = disclosure.protect_csv(path, rows="area", columns="form", count="count", policy="threshold-10", out=out)
    return said, (out / "protected.csv").read_bytes()


def _site(path: Path) -> Any:
    from compendium.site.project import read_project

    return repr(read_project(path.parent).config)


def _page(path: Path) -> Any:
    from compendium.site.project import read_project
    from compendium.site.source import read_page

    return read_page(read_project(path.parents[0]), path.name).text


DESKS: dict[str, Callable[[Path], None]] = {}


def desk(name: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    def keep(lay: Callable[[Path], None]) -> Callable[[Path], None]:
        DESKS[name] = lay
        return lay

    return keep


@desk("mapping")
def _mapping_desk(folder: Path) -> None:
    from tests.unit.export_samples import MAPPING

    (folder / "mapping.yml").write_text(MAPPING, "utf-8")


@desk("pilot")
def _pilot_desk(folder: Path) -> None:
    from tests.assessment_samples import compendium

    compendium(folder)


@desk("locality")
def _locality_desk(folder: Path) -> None:
    (folder / "localities" / "here" / "data").mkdir(parents=True)
    (folder / "localities" / "here" / "locality.yml").write_text(LOCALITY, "utf-8")
    (folder / "_quarto.yml").write_text("project: {type: website}\n", "utf-8")


@desk("dictionary")
def _dictionary_desk(folder: Path) -> None:
    from tests.dictionary_samples import CASES
    from tests.dictionary_samples import VICTIMS as DESCRIBED

    for place in (folder, folder / "shared"):
        place.mkdir(exist_ok=True)
        (place / "cases.yml").write_text(CASES, "utf-8")
    (folder / "shared" / "victims.yml").write_text(DESCRIBED, "utf-8")


@desk("framework")
def _framework_desk(folder: Path) -> None:
    for name in ("framework", "evidence"):
        shutil.copytree(ROOT / name, folder / name)


@desk("release")
def _release_desk(folder: Path) -> None:
    (folder / "tables").mkdir()
    (folder / "tables" / "t.csv").write_text(COUNTED, "utf-8")


@desk("site")
def _site_desk(folder: Path) -> None:
    (folder / "_quarto.yml").write_text("project: {type: website, render: [index.qmd]}\n", "utf-8")
    (folder / "index.qmd").write_text("---\ntitle: Here\n---\n\nWords.\n", "utf-8")


OWN_DICTIONARY = """table: victims
fields:
  - {name: note, title: Notes}
reason: Here they say it otherwise.
"""


FILLED = """
import base64, json, tempfile
from pathlib import Path
from tests.hostile import strangers
from tests.assessment_samples import as_csv, as_workbook, compendium, filled, forms

with tempfile.TemporaryDirectory() as made:
    form = forms(compendium(Path(made) / "pilot"))["self"]
    answers = filled(form)
    files = (as_csv(Path(made), answers), as_workbook(Path(made), form, answers))
    whole = {"form.json": json.dumps(answers).encode(), **{path.suffix: path.read_bytes() for path in files}}
    (Path(made) / "strangers").mkdir()
    whole |= strangers.files(Path(made) / "strangers")
print(json.dumps({name: base64.b64encode(data).decode() for name, data in whole.items()}))
"""


@cache
def good_files() -> dict[str, bytes]:
    """A filled-in form as JSON, CSV and workbook, and what strangers hand over. Made in a process of its own: it reads
    tables, and a process that has threads for that can't be forked."""
    made = subprocess.run([sys.executable, "-c", FILLED], cwd=ROOT, capture_output=True, check=True, text=True)
    return {name: base64.b64decode(one) for name, one in json.loads(made.stdout).items()}


@cache
def readers() -> list[Reader]:
    """Every door, in a fixed order."""
    from tests.dictionary_samples import VICTIMS as DESCRIBED
    from tests.hostile import strangers
    from tests.unit.export_samples import HEADER, MAPPING, ROWS
    from tests.unit.test_open_referral import service

    made = good_files()
    as_json_, as_csv_, as_book = made["form.json"], made[".csv"], made[".xlsx"]
    strangers.keep_desks(good_files)
    ALSO.update(strangers.ALSO)
    export = "\n".join([HEADER, *ROWS, ""]).replace("PC Núñez", SOMEBODY)
    outline = ROOT / "framework" / "illustrative" / "1.0" / "framework.yml"
    parameters = (ROOT / "localities" / "twin_parameters.yml").read_bytes()
    site = "project:\n  type: website\n  render: [index.qmd]\nformat:\n  html:\n    toc: true\nlang: en\n"
    return [
        Reader("table as CSV", "csv", "victims.csv", VICTIMS.encode(), _table, sensitive=True),
        Reader("table as workbook", "xlsx", "victims.xlsx", workbook(victims=_rows(VICTIMS)), _table, sensitive=True),
        Reader("police-uk-lsoa-counts", "csv", "counts.csv", COUNTS.encode(), _official("police-uk-lsoa-counts")),
        *published(),
        Reader("asreview-csv", "csv", "records.csv", ASREVIEW.encode(), _official("asreview-csv")),
        Reader("ris", "tags", "export.ris", RIS.encode(), _official("ris")),
        Reader("pubmed-nbib", "tags", "export.nbib", NBIB.encode(), _official("pubmed-nbib")),
        Reader("endnote-xml", "xml", "library.xml", ENDNOTE.encode(), _official("endnote-xml")),
        Reader("force-export as CSV", "csv", "export.csv", export.encode(), _force_export, "mapping", sensitive=True),
        Reader(
            "force-export as workbook",
            "xlsx",
            "export.xlsx",
            workbook(cases=_rows(export, ";")),
            _force_export,
            "mapping",
            sensitive=True,
        ),
        Reader(
            "mapping of a force-export", "yaml", "own.yml", (MAPPING + "outside_period: refuse\n").encode(), _mapping
        ),
        Reader("ratings as CSV", "csv", "ratings.csv", WHO_RATES.encode(), _ratings, sensitive=True),
        Reader(
            "ratings as workbook", "xlsx", "ratings.xlsx", workbook(ratings=_rows(WHO_RATES)), _ratings, sensitive=True
        ),
        Reader("votes as CSV", "csv", "votes.csv", BALLOTS.encode(), _votes, sensitive=True),
        Reader("votes as workbook", "xlsx", "votes.xlsx", workbook(votes=_rows(BALLOTS)), _votes, sensitive=True),
        Reader("qdpx", "qdpx", "workshop.qdpx", _project_archive(), _qdpx, sensitive=True),
        Reader("open-referral as JSON", "json", "services.json", json.dumps(service()).encode(), _services),
        Reader("open-referral as archive", "zip", "services.zip", _zipped(_service_files()), _services),
        Reader("self-assessment as JSON", "json", "form.json", as_json_, _form, "pilot", sensitive=True),
        Reader("self-assessment as CSV", "csv", "form.csv", as_csv_, _form, "pilot", sensitive=True),
        Reader("self-assessment as workbook", "xlsx", "form.xlsx", as_book, _form, "pilot", sensitive=True),
        Reader(
            "locality.yml",
            "yaml",
            "localities/here/locality.yml",
            LOCALITY.encode(),
            _locality,
            "locality",
            follows=False,
        ),
        Reader("dictionary", "yaml", "victims.yml", DESCRIBED.encode(), _dictionary, "dictionary"),
        Reader(
            "standards", "yaml", outline.relative_to(ROOT).as_posix(), outline.read_bytes(), _framework, "framework"
        ),
        Reader("parameters of a twin", "yaml", "twin_parameters.yml", parameters, _parameters),
        Reader("known from outside", "csv", "outside.csv", _outside_csv(), _outside),
        Reader("entry of a ledger", "json", "localities/here/ledger/0001.json", _entry(), _ledger, "locality"),
        Reader("notebook", "json", "notebooks/one.ipynb", NOTEBOOK, _notebook),
        Reader("table of another tool's release", "csv", "counts.csv", COUNTED.encode(), _audit),
        Reader(
            "description of a released table", "json", "tables/t.json", json.dumps(SAID).encode(), _audit, "release"
        ),
        Reader("table to protect", "csv", "counts.csv", COUNTED.replace("south,b,", "south,b,12").encode(), _protect),
        Reader("settings of a site", "yaml", "_quarto.yml", site.encode(), _site, "site"),
        *strangers.doors(made),
    ]


def _outside_csv() -> bytes:
    from compendium import dictionary

    names = dictionary.load(ROOT / "data_dictionaries")["outside_knowledge"].names
    row = dict.fromkeys(names, "") | {
        "name": "FOI 1", "source_kind": "foi_reply", "unit": "victim", "period_from": "2022-05", "period_to": "2023-04",
        "dimension_1": "form", "category_1": "a", "lowest": "3", "highest": "3",
    }  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue().encode()


__all__ = ["SOMEBODY", "CompendiumError", "Reader", "readers"]
