"""No record leaves: not by print, not by an error, not by a caption, not on the terminal, not as markup."""

from __future__ import annotations

import csv
import hashlib
import re
import stat
from pathlib import Path

import pytest

from tests.acceptance.project import compendium
from tests.acceptance.toy import LOCALITY, OPEN, PUBLISH, SETTINGS, VICTIMS, copy_toy

RECORD = re.compile(rb"[VPC]-\d{5}")
SPILLS = [
    "print(victims.head())",
    "victims.head()",
    "import sys; print(victims.iloc[0, 0], file=sys.stderr)",
    "import os; os.write(1, victims.iloc[0, 0].encode()); os.write(2, victims.iloc[0, 0].encode())",
    "import subprocess; subprocess.run(['sh', '-c', f'echo {victims.iloc[0, 0]} >&2'])",
    "import warnings, logging; warnings.warn(victims.iloc[0, 0]); logging.error(victims.iloc[0, 0])",
    "from IPython.display import display; display(victims.head(), metadata={'compendium': victims.iloc[0, 0]})",
]


def leaks(project: Path) -> list[str]:
    """Files that may travel and hold the number of a record."""
    found = (path for folder in ("outputs", "places") for path in (project / folder).rglob("*") if path.is_file())
    return [path.name for path in found if RECORD.search(path.read_bytes())]


def test_rows_that_a_notebook_spills_reach_neither_outputs_nor_terminal(tmp_path: Path) -> None:
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, *SPILLS, PUBLISH]})
    found = compendium(project, "run")
    assert found.returncode == 0, found.stderr
    assert not RECORD.search((found.stdout + found.stderr).encode())
    assert leaks(project) == []
    assert stat.S_IMODE((project / ".private").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "cell",
    [
        "raise ValueError(victims.iloc[0, 0])",
        "{}[victims.iloc[0, 0]]",
        "from compendium.errors import InputRefused\nraise InputRefused(victims.iloc[0, 0])",
        "raise type(victims.iloc[0, 0].replace('-', ''), (Exception,), {})()",
        PUBLISH.replace('"victims_by_form"', "victims.iloc[0, 0]"),
        PUBLISH.replace('"Victims by form"', "victims.iloc[0, 0]"),
        PUBLISH.replace('"Victims by form of harm."', 'f"The first of {len(victims)} is {victims.iloc[0, 0]}."'),
        PUBLISH.replace('chart="bars"', 'chart="bars", note=str(victims.head(1))'),
        PUBLISH.replace('chart="bars"', 'chart="bars", options={"subtitle": victims.iloc[0, 0]}'),
    ],
    ids=["error", "key", "error of ours", "class of error", "name", "title", "caption", "note", "option"],
)
def test_a_record_in_an_error_or_in_the_words_of_a_table_goes_nowhere(tmp_path: Path, cell: str) -> None:
    project = copy_toy(tmp_path / "toy", {"01_toy": [OPEN, cell]})
    found = compendium(project, "run")
    said = found.stdout + found.stderr
    assert found.returncode == 1, said
    assert "01_toy" in said
    assert not re.search(r"[VP]-?\d{5}", said)
    assert "Traceback" not in said
    assert leaks(project) == []


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
