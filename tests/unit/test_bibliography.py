"""The reference list is made from the register: nothing read is lost, nothing unread is invented."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pandas as pd
import pypandoc
import pytest

from compendium.errors import InputRefused
from compendium.importers.bibliography import authors, references_bib
from tests.shared import ROOT

EVIDENCE = ROOT / "evidence"
STUDY = {"study_id": "x2020", "authors": "", "year": "", "title": "", "journal_or_publisher": "", "doi": ""}


def studies(*changes: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame([{**STUDY, **change} for change in changes])


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Madigan S; Ly A; Rash CL", ["Madigan, S.", "Ly, A.", "Rash, C. L."]),
        ("Haag A-C; et al.", ["Haag, A.-C.", "others"]),
        ("Ma JK-H (co-author; full list not read)", ["Ma, J. K.-H.", "others"]),
        ("Richardson Foster H; McNaughton Nicholls C", ["Richardson Foster, H.", "McNaughton Nicholls, C."]),
        ("Lefevre M et al. (University of Sussex with Research in Practice)", ["Lefevre, M.", "others"]),
        ("Livingstone S; with Batool S", ["Livingstone, S.", "Batool, S."]),
        ("NSPCC; LGfL DigiSafe", ["{NSPCC}", "{LGfL DigiSafe}"]),
        ("Landesanstalt fuer Medien NRW (commissioning body)", ["{Landesanstalt fuer Medien NRW}"]),
        ("Office for National Statistics", ["{Office for National Statistics}"]),
        ("", []),
    ],
)
def test_authors_as_printed_become_names(printed: str, names: list[str]) -> None:
    assert authors(printed) == names


def test_a_journal_is_taken_apart_into_volume_number_and_pages() -> None:
    entry = references_bib(studies({"journal_or_publisher": "Sexual Abuse 30(8):975-991", "doi": "10.1177/1"}))
    for line in ("journal = {Sexual Abuse}", "volume = {30}", "number = {8}", "pages = {975-991}"):
        assert line in entry


def test_what_was_not_read_is_left_out() -> None:
    entry = references_bib(studies({"journal_or_publisher": "Trast"}))
    assert "institution = {{Trast}}" in entry
    assert not re.search(r"^  (year|title|author|doi)", entry, re.MULTILINE)


def test_characters_that_mean_something_to_tex_are_escaped() -> None:
    assert r"title = {{Fear \& 5\% of \#1}}" in references_bib(studies({"title": "Fear & 5% of #1"}))


def test_a_key_used_by_a_study_and_a_method_is_refused() -> None:
    with pytest.raises(InputRefused, match="x2020 is also a study"):
        references_bib(studies({}), "@book{x2020,\n  title = {X},\n}\n")


def test_the_committed_list_is_the_one_made_from_the_register() -> None:
    register = pd.read_csv(EVIDENCE / "studies.csv", dtype=str, keep_default_na=False)
    made = references_bib(register, (EVIDENCE / "methods.bib").read_text(encoding="utf-8"))
    assert (EVIDENCE / "references.bib").read_text(encoding="utf-8") == made


def test_every_reference_is_set_by_our_citation_style(tmp_path: Path) -> None:
    keys = re.findall(r"^@\w+\{([^,]+),", (EVIDENCE / "references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    page = tmp_path / "page.md"
    page.write_text("".join(f"[@{key}]\n\n" for key in keys), encoding="utf-8")
    style = ["--bibliography", str(EVIDENCE / "references.bib"), "--csl", str(EVIDENCE / "style.csl")]
    command = [pypandoc.get_pandoc_path(), "--citeproc", *style, "-t", "html", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert len(keys) == len(set(keys))
    assert all(f'id="ref-{key}"' in done.stdout for key in keys)
    assert "[year not read]" in done.stdout
    assert "[Authors not read]" in done.stdout
