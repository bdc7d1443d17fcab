"""No record leaves: not by print, not by an error, not by a caption, not on the terminal, not as markup."""

from __future__ import annotations

import csv
import hashlib
import re
import stat
from pathlib import Path

import pytest

from compendium.checks import check_locality
from compendium.paths import Root
from tests.acceptance.project import compendium
from tests.acceptance.toy import LOCALITY, OPEN, PUBLISH, SETTINGS, VICTIMS, copy_toy, write_notebook
from tests.canaries import in_bytes, in_folders

RECORD = re.compile(rb"[VPC]-\d{5}")
PLANTED = {"case_id": "C-97531", "person_id": "P-86429", "victim_row": "V-75319"}
SPILLS = [
    "print(victims.head())",
    "victims.head()",
    "import sys; print(victims.iloc[0, 0], file=sys.stderr)",
    "import os; os.write(1, victims.iloc[0, 0].encode()); os.write(2, victims.iloc[0, 0].encode())",
    "import subprocess; subprocess.run(['sh', '-c', f'echo {victims.iloc[0, 0]} >&2'])",
    "import warnings, logging; warnings.warn(victims.iloc[0, 0]); logging.error(victims.iloc[0, 0])",
    "from IPython.display import display; display(victims.head(), metadata={'compendium': victims.iloc[0, 0]})",
]


WRITES = """
import base64, io, os
from pathlib import Path
who = " ".join(victims.iloc[0].astype(str))
def spill(path, content):
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(content) if isinstance(content, str) else Path(path).write_bytes(content)
    except OSError:
        pass
def spill_link(path):
    try:
        os.symlink(f"/data/{victims.iloc[0, 0]}", path)
    except OSError:
        pass
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
from IPython.display import HTML, SVG, Image, display
picture = io.BytesIO()
plt.figure(figsize=(1, 1)).savefig(picture, metadata={"Description": who})
display(Image(picture.getvalue()), HTML(f"<!-- {who} -->"), SVG(f"<svg xmlns='http://www.w3.org/2000/svg'><desc>{who}</desc></svg>"))
hidden = base64.b64encode(who.encode()).decode()
display({"text/plain": hidden}, raw=True, metadata={who: who}, transient={"display_id": who})
get_ipython().set_next_input(who)
get_ipython().payload_manager.write_payload({"source": "page", "data": {"text/plain": who}, "start": 0})
for place in ("outputs/demo_area_b/tables", "outputs/demo_area_b", "outputs/site", "places/demo_area_b", "places"):
    place = f"../{place}"
    spill(f"{place}/{victims.iloc[0, 0]}.txt", hidden)
    spill(f"{place}/.hidden.html", who)
    spill(f"{place}/picture.png", picture.getvalue())
spill_link("../outputs/demo_area_b/tables/link.csv")
"""


def plant(project: Path) -> list[str]:
    """Give the first victim of the toy an identity that stands nowhere else; its words."""
    folder = project / "localities" / LOCALITY / "data" / "synthetic"
    with (project / VICTIMS).open(encoding="utf-8", newline="") as stream:
        first = next(csv.DictReader(stream))
    for path in folder.glob("*.csv"):
        text = path.read_text("utf-8")
        for column, word in PLANTED.items():
            text = text.replace(first[column], word)
        path.write_text(text, "utf-8")
    return list(PLANTED.values())


def spilt(path: Path) -> bool:
    return bool(RECORD.search(path.read_bytes()))


def leaks(project: Path) -> list[str]:
    """Files that may travel and hold the number of a record."""
    found = (path for folder in ("outputs", "places") for path in (project / folder).rglob("*") if path.is_file())
    return [path.name for path in found if spilt(path)]


def test_rows_that_a_notebook_spills_reach_neither_outputs_nor_terminal(tmp_path: Path) -> None:
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, *SPILLS, PUBLISH]})
    found = compendium(project, "run")
    assert found.returncode == 0, found.stderr
    assert not RECORD.search((found.stdout + found.stderr).encode())
    assert leaks(project) == []
    assert not [path for path in (project / ".private").rglob("*") if path.is_file() and spilt(path)]
    assert stat.S_IMODE((project / ".private").stat().st_mode) == 0o700


IN_AN_ERROR = {  # these stop their notebook
    "error": "raise ValueError(victims.iloc[0, 0])",
    "key": "{}[victims.iloc[0, 0]]",
    "error_of_ours": "from compendium.errors import InputRefused\nraise InputRefused(victims.iloc[0, 0])",
    "group_of_errors": "raise ExceptionGroup(victims.iloc[0, 0], [ValueError(victims.iloc[0, 1])])",
    "class_of_error": "raise type(victims.iloc[0, 0].replace('-', ''), (Exception,), {})()",
    "name": PUBLISH.replace('"victims_by_form"', "victims.iloc[0, 0]"),
}
IN_WORDS = {  # these are refused when they are settled
    "title": PUBLISH.replace('"Victims by form"', "victims.iloc[0, 0]"),
    "caption": PUBLISH.replace('"Victims by form of harm."', 'f"The first of {len(victims)} is {victims.iloc[0, 0]}."'),
    "note": PUBLISH.replace('chart="bars"', 'chart="bars", note=str(victims.head(1))'),
    "option": PUBLISH.replace('chart="bars"', 'chart="bars", options={"subtitle": victims.iloc[0, 0]}'),
}


@pytest.mark.parametrize("cells", [IN_AN_ERROR, IN_WORDS], ids=["in an error", "in words"])
def test_a_record_in_an_error_or_in_the_words_of_a_table_goes_nowhere(tmp_path: Path, cells: dict[str, str]) -> None:
    """A notebook each, all in one run: every one is named."""
    assert PUBLISH not in cells.values()
    notebooks = {
        name: [OPEN, cell.replace('"victims_by_form"', f'"of_{name}"')] for name, cell in sorted(cells.items())
    }
    project = copy_toy(tmp_path / "toy", {f"0{n}_{name}": cell for n, (name, cell) in enumerate(notebooks.items(), 1)})
    found = compendium(project, "run", "--jobs", "2")
    said = found.stdout + found.stderr
    assert found.returncode == 1, said
    assert [name for name in notebooks if not re.search(rf"notebooks/0\d_{name}\.ipynb.*: ", found.stderr)] == []
    assert not re.search(r"[VP]-?\d{5}", said)
    assert "Traceback" not in said
    assert leaks(project) == []
    left = project / ".private" / LOCALITY
    assert not [path for path in left.rglob("*") if path.is_file() and "proposals" not in path.parts and spilt(path)]
    assert not list(left.glob(".run-*"))


def test_what_a_notebook_writes_where_everything_travels_does_not_travel(tmp_path: Path) -> None:
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, PUBLISH]})
    words = plant(project)
    assert compendium(project, "run").returncode == 0
    backwards = {word[::-1] for word in words}  # the notebook itself may not hold them
    held = f"assert {backwards!r} <= {{str(text)[::-1] for text in victims.to_numpy().ravel()}}, 'spills nothing'"
    write_notebook(project, "01_toy", [OPEN, held, WRITES, PUBLISH])
    found = compendium(project, "run")
    assert found.returncode == 0, found.stderr
    assert in_folders([project / "outputs", project / ".private"], words) == []
    assert not {path.name for path in (project / "outputs").rglob("*")} & {".hidden.html", "picture.png", "link.csv"}
    assert not any(word in found.stdout + found.stderr for word in words)


FORGED = """
import dataclasses
import pandas as pd
from compendium.aggregate import Statistic
studies = study.table("studies").origin
counted = cases.counts(files, by=["form_three"], unit="victim")
def listing(where):
    frame = pd.DataFrame({"label": victims["person_id"].head(20)})
    return Statistic("listing", frame, {"label": "Label"}, "victim", 99, where)
"""


@pytest.mark.parametrize(
    "aggregate",
    [
        "listing(studies)",
        "dataclasses.replace(counted, dimensions=(dataclasses.replace(counted.dimensions[0], "
        "categories=dict(zip(counted.dimensions[0].categories, victims['person_id']))),))",
    ],
    ids=["rows of another table", "labels"],
)
def test_records_in_a_forged_table_are_refused_without_being_repeated(tmp_path: Path, aggregate: str) -> None:
    publish = PUBLISH.replace('cases.counts(files, by=["form_three", "responsible"], unit="victim")', aggregate)
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, FORGED, publish.replace('    chart="bars",\n', "")]})
    words = plant(project)
    found = compendium(project, "run")
    said = found.stdout + found.stderr
    assert found.returncode == 1, said
    assert not any(word in said for word in words)
    assert not RECORD.search(said.encode())
    assert "Traceback" not in said and "fault of the program" not in said
    assert leaks(project) == []


def test_a_name_that_a_cell_gives_to_an_output_is_not_repeated(tmp_path: Path) -> None:
    cell = "from IPython.display import display\n"
    cell += "display({'text/markdown': 'x'}, raw=True, metadata={'compendium': {'publish': victims.iloc[0, 0]}})"
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, PUBLISH, cell]})
    found = compendium(project, "run")
    assert found.returncode == 1
    assert "never settled" in found.stderr
    assert not RECORD.search(found.stderr.encode())


def test_a_file_that_a_notebook_leaves_among_the_outputs_is_refused(tmp_path: Path) -> None:
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, PUBLISH]})
    (project / "outputs").mkdir()
    (project / "outputs" / "victims.csv").write_text("x\n", "utf-8")
    found = compendium(project, "run")
    assert found.returncode == 1
    assert "outputs/victims.csv: No run of the compendium made this" in found.stderr


def spoil(project: Path, table: str, **values: str) -> None:
    """Put values into the first row of a table of the toy."""
    path = (project / VICTIMS).with_name(f"{table}.synthetic.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[0] |= values
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_no_value_of_a_record_that_is_wrong_is_repeated_by_any_message(tmp_path: Path) -> None:
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, PUBLISH]})
    name = "Zanariaquill"
    spoil(
        project, "victims", victim_row=name, person_id="P-8642917", case_id="C-97531", age=name, age_band=name, sex=name
    )
    spoil(project, "suspects", person_id=name, case_id=f"{name} ZQ99 9QZ", age_band="ZQ99 9QZ", from_force_area=name)
    spoil(project, "cases", recorded_on="1987-03-19T04:05", form=name, zone=name, stage=name, suspect_identified=name)
    spoil(project, "crimes", offence_code=name, outcome_type=name, offence_from="1987-03-19 or so", platform=name)
    spoil(project, "case_events", event=name, on="19th of March, Zanariaquill")
    spoil(project, "ratings", rater_id=name, rating=name, unable=name)
    spoil(project, "services", id=name, name="", age_min=name, confidential=name, organization_id=name)
    ran = compendium(project, "run")
    assert ran.returncode == 1
    for said in ("\n".join(map(str, check_locality(Root(project), LOCALITY).problems)), ran.stdout + ran.stderr):
        assert in_bytes(said.encode(), [name, "ZQ99 9QZ", "P-8642917", "C-97531", "1987-03-19", "19th of March"]) == []
        assert "row 2" in said and "column " in said
    assert in_folders([project / name for name in ("outputs", "places")], [name]) == []


@pytest.mark.parametrize("damage", ["no header", "not text", "a row too long", "a quote that never closes"])
def test_a_file_that_cannot_be_read_is_named_without_its_values(tmp_path: Path, damage: str) -> None:
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, PUBLISH]})
    spoil(project, "victims", person_id="Zanariaquill")
    path = project / VICTIMS
    header, first, *rest = path.read_bytes().split(b"\n")
    content = {
        "no header": [first, *rest],
        "not text": [header, first.replace(b"Zanariaquill", b"Zanariaquill \xff\xfe\x81"), *rest],
        "a row too long": [header, first + b",Zanariaquill,Zanariaquill", *rest],
        "a quote that never closes": [header, b'"' + first, *rest],
    }[damage]
    path.write_bytes(b"\n".join(content))
    said = "\n".join(map(str, check_locality(Root(project), LOCALITY).problems))
    assert "victims.synthetic.csv" in said
    assert in_bytes(said.encode(), ["Zanariaquill"]) == []


def test_labels_of_the_data_are_never_live_in_a_page(tmp_path: Path) -> None:
    hostile = ["{{< env HOME >}}<img src=x onerror=alert(1)>", "](javascript:alert(1))|a $x$ `c` <script>q</script>"]
    project = copy_toy(
        tmp_path / "toy",
        {
            "01_toy": [
                OPEN + "\nareas = study.table('areas')",
                PUBLISH.replace('["form_three", "responsible"]', '["area"]').replace("unit=", "areas=areas, unit="),
            ]
        },
    )
    path = project / "localities" / LOCALITY / "data" / "synthetic" / "areas.synthetic.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows([{**row, "name": f"{row['area_id']} {hostile[n % 2]}"} for n, row in enumerate(rows)])
    found = compendium(project, "run")
    assert found.returncode == 0, found.stderr
    page = (project / "outputs" / LOCALITY / "notebooks" / "01_toy.ipynb").read_text("utf-8")
    assert "onerror" in page
    assert "javascript" in page
    assert not re.search(r"\{\{<|<img|<script|\]\(javascript", page)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name: "Demo area B', 'name: "{{< env HOME >}} B'),
        ('name: "Demo area B', 'name: "<img src=x onerror=alert(1)> B'),
        ("name: Childline", 'name: "[x](y)"'),
        ("https://www.childline.org.uk", "javascript:alert(1)"),
        ("https://www.childline.org.uk", "https://x.org/) <b>"),
        ("2026-11-22", "2026-13-45"),
    ],
)
def test_markup_in_the_names_and_addresses_of_a_locality_is_refused(tmp_path: Path, old: str, new: str) -> None:
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, PUBLISH]})
    settings = (project / SETTINGS).read_text("utf-8")
    assert old in settings
    (project / SETTINGS).write_text(settings.replace(old, new), "utf-8")
    found = compendium(project, "check")
    assert found.returncode == 1
    assert "locality.yml: line " in found.stderr
    assert "Traceback" not in found.stderr


def test_files_outside_a_locality_are_never_read(tmp_path: Path) -> None:
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, PUBLISH]})
    outside = tmp_path / "secret.csv"
    (project / VICTIMS).rename(outside)
    (project / VICTIMS).symlink_to(outside)
    found = compendium(project, "check")
    assert found.returncode == 1
    assert "leads out of its folder" in found.stderr


def test_records_kept_outside_leave_no_trace_of_where_they_lie_or_what_they_hash_to(tmp_path: Path) -> None:
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, PUBLISH]})
    secure = tmp_path / "secure-room-4711"
    secure.mkdir()
    (project / VICTIMS).rename(secure / "victims.csv")
    settings = (project / SETTINGS).read_text("utf-8")
    old = "victims: {file: data/synthetic/victims.synthetic.csv, provenance: synthetic}"
    new = "victims: {file: victims.csv, provenance: real}"
    assert old in settings
    (project / SETTINGS).write_text(f"data_root: {secure}\n{settings.replace(old, new)}", "utf-8")
    assert compendium(project, "run").returncode == 0
    digest = hashlib.sha256((secure / "victims.csv").read_bytes()).hexdigest().encode()
    for path in (project / "outputs").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"secure-room-4711" not in content, path.name
            assert b"victims.csv" not in content, path.name
            assert digest not in content, path.name
    assert "1 of 1 notebooks rest on nothing that changed" in compendium(project, "run").stderr
    with (secure / "victims.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert "run " in compendium(project, "run", "--explain").stdout
