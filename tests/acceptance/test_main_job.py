"""The main job as a stranger meets it: inputs to site for two localities, and again."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from compendium.sameness import compare
from tests.acceptance import whole_site
from tests.acceptance.planted import days_of_records, plant
from tests.acceptance.project import compendium, copy_project, digests, elsewhere, somebody_else
from tests.browser.accessible import of_site
from tests.canaries import in_folders

LOCALITIES = ("blackpool", "demo_area_b")
PLANTED: dict[str, list[str]] = {}
NOTEBOOKS = (
    *("01_evidence_review", "02_service_map", "03_case_files", "04_workshops", "05_pilot_evaluation"),
    "06_review_process",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the report has been made once."""
    folder = copy_project(tmp_path_factory.mktemp("first") / "project")
    for locality in LOCALITIES:
        PLANTED[locality] = plant(folder, locality)
    made = compendium(folder, "report", "--jobs", "2", PYTHONHASHSEED="1", TZ="UTC", LANG="C.UTF-8")
    assert made.returncode == 0, made.stderr
    assert Path(made.stdout.strip().splitlines()[-1]).samefile(folder / "outputs" / "site" / "index.html")
    return folder


def test_each_locality_has_its_pages(project: Path) -> None:
    site = project / "outputs" / "site"
    for locality in LOCALITIES:
        for page in ("index", "framework", *NOTEBOOKS):
            assert (site / "places" / locality / f"{page}.html").exists(), f"{locality}/{page}"
    for page in ("about", "methods", "assumptions", "dictionaries", "privacy", "glossary", "sources"):
        assert (site / "report" / f"{page}.html").exists(), page


def test_the_page_on_reviews_says_that_it_is_a_demonstration(project: Path) -> None:
    page = (project / "outputs" / "site" / "places" / "blackpool" / "06_review_process.html").read_text("utf-8")
    assert "Demonstration: every record is invented" in page
    assert page.count("Illustrative:") > 15  # each table and figure says so
    register = (project / "outputs" / "site" / "places" / "blackpool" / "01_evidence_review.html").read_text("utf-8")
    assert "10.5555/demo" not in register and "demo_s" not in register
    assert register.count('href="#report-') > 40 and register.count('id="report-') == 99


FOR_ANYBODY = (
    "index",
    "summary",
    "aim_identify",
    "aim_partners",
    "aim_standards",
    "young_people",
    "framework",
    "self_assessment",
)


def test_every_page_about_abuse_has_help_and_a_way_out_and_the_others_need_none(project: Path) -> None:
    """A child may open any of them. Pages about columns, sources and method are not about what happened to anybody."""
    site = project / "outputs" / "site"
    about = {
        site / "index.html",
        *(site / "places" / place / f"{page}.html" for place in LOCALITIES for page in NOTEBOOKS),
    }
    about |= {site / "places" / place / f"{page}.html" for place in LOCALITIES for page in FOR_ANYBODY}
    forms = {path for path in site.rglob("*.html") if "forms" in path.parts}
    for page in sorted(about):
        html, name = page.read_text("utf-8"), page.relative_to(site)
        help = html.partition('id="sec-help"')[2]
        assert "quick-exit" in html.partition("<main")[0], f"{name} has no way out"
        assert "0800 1111" in help and "ceop.police.uk" in help and "22 November 2026" in help, f"{name} has no help"
        young = name.stem in ("young_people", "index") or "Stop It Now" in help
        assert young, f"{name} names no help for adults"
        assert 'class="content-note"' in html, f"{name} does not say what it is about"
    for page in sorted(set(site.rglob("*.html")) - about - forms):
        html = page.read_text("utf-8")
        assert 'class="quick-exit"' not in html and "0800 1111" not in html, f"{page.relative_to(site)} needs no help"


def test_nothing_planted_in_the_records_is_in_any_byte_that_leaves(project: Path) -> None:
    words = {word for locality in LOCALITIES for word in PLANTED[locality]}
    assert len(words) >= 9
    raw = [project / "localities" / locality / "data" / "synthetic" for locality in LOCALITIES]
    assert {one.word for one in in_folders(raw, words)} >= {
        word.lower().replace(" ", "") for word in words if len(word) > 8
    }
    assert [str(found) for found in in_folders([project / "outputs", project / "places"], words)] == []


def test_no_day_of_a_record_leaves(project: Path) -> None:
    days = {day for locality in LOCALITIES for day in days_of_records(project, locality)}
    assert len(days) > 200
    pattern = re.compile("|".join(sorted(days)).encode())
    for folder in ("outputs", "places"):
        for path in sorted((project / folder).rglob("*")):
            if path.is_file():
                assert not pattern.search(path.read_bytes()), path.relative_to(project)


def test_synthetic_tables_and_figures_say_so(project: Path) -> None:
    seen = 0
    for locality in LOCALITIES:
        for path in (project / "outputs" / locality / "tables").glob("*.json"):
            record = json.loads(path.read_text("utf-8"))
            if record["provenance"] != "synthetic":
                continue
            seen += 1
            assert path.stem.endswith(".synthetic")
            drawing = project / "outputs" / locality / "figures" / f"{path.stem}.svg"
            if record["chart"] and record["rows"]:
                assert drawing.read_text("utf-8").lower().count("synthetic") >= 3
    assert seen > 20


def test_no_path_of_the_machine_and_no_traceback_leaves(project: Path) -> None:
    for folder in ("outputs", "places"):
        for path in (project / folder).rglob("*"):
            if path.is_file() and path.suffix in {".html", ".json", ".csv", ".ipynb", ".svg", ".yml", ".qmd", ".md"}:
                text = path.read_text("utf-8")
                assert str(project.parent) not in text, path.relative_to(project)
                assert "Traceback (most recent call last)" not in text, path.relative_to(project)


def test_released_tables_withstand_the_attack_from_their_files_alone(project: Path) -> None:
    for locality in LOCALITIES:
        found = compendium(project, "audit", f"outputs/{locality}")
        assert found.returncode == 0, found.stdout + found.stderr


def test_giving_back_one_hidden_number_fails_the_audit(project: Path, tmp_path: Path) -> None:
    release = tmp_path / "blackpool"
    shutil.copytree(project / "outputs" / "blackpool", release)
    path = release / "tables" / "victims_by_form.synthetic.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    true = _true_counts(project, release)
    shown = json.loads(path.with_suffix(".json").read_text("utf-8"))["dimensions"]
    names = [dimension["name"] for dimension in shown]
    hidden = {
        key: row
        for row in rows
        if row["status"] == "hidden" and "Total" not in (key := tuple(row[name] for name in names))
    }
    given_back = next(key for key in hidden if 0 < true[key] < 10)
    hidden[given_back]["status"], hidden[given_back]["count"] = "published", str(true[given_back])
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    assert compendium(project, "audit", str(release)).returncode == 1


def test_again_with_nothing_changed_runs_nothing_and_gives_the_same_bytes(project: Path) -> None:
    before = digests(project / "outputs")
    again = compendium(project, "report")
    assert again.returncode == 0, again.stderr
    assert "12 of 12 notebooks rest on nothing that changed" in again.stderr
    assert "nothing it is made from has changed" in again.stderr
    assert digests(project / "outputs") == before


def test_elsewhere_for_somebody_else_at_another_time_zone_and_hash_seed_the_bytes_are_the_same(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Another folder, hash seed, time zone, language, umask, number of workers and threads, home and user."""
    other, home = copy_project(tmp_path_factory.mktemp("second") / "a folder with blanks"), tmp_path_factory.mktemp("h")
    for locality in LOCALITIES:
        plant(other, locality)
    threads = {"PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
    made = compendium(other, "report", "--jobs", "1", before=somebody_else("077"), **elsewhere(home), **threads)
    assert made.returncode == 0, made.stderr
    found = compare(project / "outputs", other / "outputs")
    assert found.alike, "\n".join(found.lines())
    assert found.same > 500


def _true_counts(project: Path, release: Path) -> Counter[tuple[str, ...]]:
    """Of the table as it was proposed, in the design in which it is released."""
    proposed = project / ".private" / "blackpool" / "proposals" / "03_case_files" / "victims_by_form.json"
    record = json.loads(proposed.read_text("utf-8"))
    shown = json.loads((release / "tables" / "victims_by_form.synthetic.json").read_text("utf-8"))["dimensions"]
    fine = {one["variable"]: record["columns"].index(one["name"]) for one in record["dimensions"]}
    found: Counter[tuple[str, ...]] = Counter()
    for row in record["rows"]:
        codes = [(one, row[fine[one["variable"]]]) for one in shown]
        key = tuple(next(c for c, members in one["members"].items() if code in members) for one, code in codes)
        found[key] += row[record["columns"].index("count")]
    return found


def test_each_number_in_a_sentence_leads_back_to_the_cell_that_published_it(project: Path) -> None:
    for locality in LOCALITIES:
        site = project / "outputs" / "site" / "places" / locality
        told = (site / "numbers.html").read_text("utf-8")
        first = re.findall(
            r'href="numbers\.html#(from-[\w-]+)" class="number">([^<]+)<', (site / "index.html").read_text("utf-8")
        )
        assert len(first) > 5
        for entry, _ in first:
            after = told.partition(f'id="{entry}"')[2].partition("<h3")[0]
            page, cell = re.search(r'href="(\d\d_\w+\.html)#(cell-\d+)"', after).groups()  # type: ignore[union-attr]
            assert f'id="{cell}"' in (site / page).read_text("utf-8")
        tables = {entry.removeprefix("from-").replace("-", "_") for entry, _ in first}
        answer = compendium(project, "why", min(tables), "--locality", locality, "--json")
        assert json.loads(answer.stdout)["made"]["cell"] > 0


def test_every_link_anchor_and_picture_of_the_site_is_there_and_no_page_is_heavy(project: Path) -> None:
    site = project / "outputs" / "site"
    assert list(whole_site.wrong(site)) == []
    indexes = {path.stem: path.stat().st_size for path in (site / "site_libs/compendium/search").glob("*.js")}
    assert set(indexes) == {"common", *(f"places-{place}" for place in LOCALITIES)}
    assert sum(indexes.values()) < whole_site.INDEX


def pages_of(project: Path) -> list[str]:
    site = project / "outputs" / "site"
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_page_of_each_kind(project: Path, browser: Any, scheme: str) -> None:
    kinds = {name.replace("demo_area_b", "blackpool"): name for name in reversed(pages_of(project))}
    heavy = re.compile(r"/0[1-46]_|dictionar|forms/")  # all of them: the long test below, and tests of the forms
    names = sorted(name for name in kinds if not heavy.search(name))
    assert of_site(browser, project / "outputs" / "site", names, scheme) == {}


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(project: Path, browser: Any, scheme: str) -> None:
    names = [name for name in pages_of(project) if "forms/" not in name]
    assert len(names) > 40
    assert of_site(browser, project / "outputs" / "site", names, scheme) == {}
