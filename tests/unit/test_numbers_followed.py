"""From a number on a page back to its table, the cell that published it, its inputs and the code: on the site and by
`compendium why`."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from compendium.aggregate import Provenance
from compendium.cli import main
from compendium.paths import READS, Root
from compendium.release import kept
from compendium.release.settle import settle
from compendium.release.traced import calls
from compendium.release.values import derive
from compendium.report import made, numbers, numbers_page
from compendium.report.empty_sections import HIDE
from compendium.report.made import Whole
from compendium.site import render
from tests.unit import candidate
from tests.unit.released import released

CANARY = "Zwetschgenmus"
TABLE = "victims_by_area"
SAMPLE = "victims_by_form"  # of tests.unit.released
SOURCE = f"""from compendium.analysis import cases
study = Study.open(locality)
files = study.table("case_files")
by_area = cases.counts(files, by=["zone", "form"], unit="victim")
study.publish("{TABLE}", by_area, title="Victims by area", chart="bars")"""


def settled(folder: Path, provenance: Provenance = "synthetic") -> Root:
    """A candidate whose notebook asked for one table, from a file with a telling name."""
    root = Root(folder)
    locality = candidate.propose(root, candidate.EVEN, provenance=provenance, chart="bars")
    (folder / "_quarto.yml").write_text("project: {type: website}\n", "utf-8")
    (folder / "data_dictionaries").mkdir()
    digest = hashlib.sha256(CANARY.encode()).hexdigest()
    said = {"title": "Victims", "file": f"{CANARY}.csv", "provenance": provenance, "sensitivity": "sensitive"}
    note = {
        "files": {f"/elsewhere/{CANARY}.csv": digest},
        "modules": ["analysis/cases.py", "aggregate.py", "workflow/kernel.py"],
        "code": {"analysis/cases.py": "a" * 64, "aggregate.py": "b" * 64},
        "tables": {"case_files": ["victims"]},
        "sources": {"victims": {**said, "source": "the records of the test", "sha256": digest}},
    }
    (root.proposals(candidate.NAME) / candidate.NOTEBOOK / READS).write_text(json.dumps(note), "utf-8")
    new = nbformat.v4
    injected = new.new_code_cell('locality = "leeds"', metadata={"tags": ["injected-parameters"]}, id="i")
    cells = [new.new_markdown_cell("Words.", id="m"), injected, new.new_code_cell(SOURCE, id="c")]
    notebook = new.new_notebook(cells=cells, metadata={"compendium": {"title": "Case files"}})
    nbformat.write(notebook, root.raw_notebooks(candidate.NAME) / f"{candidate.NOTEBOOK}.ipynb")
    settle(root, locality, [candidate.NOTEBOOK])
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """A synthetic candidate that no test changes."""
    return settled(tmp_path_factory.mktemp("candidate"))


def lineage(root: Root) -> dict[str, dict[str, dict[str, object]]]:
    found: dict[str, dict[str, dict[str, object]]] = json.loads(
        (root.outputs / candidate.NAME / kept.LINEAGE).read_text("utf-8")
    )
    return found


def told(capsys: pytest.CaptureFixture[str], root: Root, *words: str) -> str:
    with pytest.raises(SystemExit) as end:
        main(["why", *words, "--root", str(root.path)])
    assert end.value.code == 0
    return capsys.readouterr().out


def test_a_settled_table_says_which_cell_and_call_made_it_from_which_inputs(root: Root) -> None:
    record = lineage(root)["tables"][TABLE]
    assert record["cell"] == 2  # of the stored notebook: the cell that papermill adds is not in it
    assert record["inputs"] == ["victims"]
    assert record["code"] == {"analysis/cases.py": "a" * 64}


def test_the_version_of_the_code_is_that_of_all_modules_that_ran(root: Root) -> None:
    said = lineage(root)["notebooks"][candidate.NOTEBOOK]
    lines = f"aggregate.py {'b' * 64}\nanalysis/cases.py {'a' * 64}\n"
    assert said["modules"] == ["aggregate.py", "analysis/cases.py"]  # how a kernel is started is left out
    assert said["code"] == hashlib.sha256(lines.encode()).hexdigest()


def test_of_real_records_neither_a_file_nor_a_plain_hash_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = settled(tmp_path, "real")
    digest = hashlib.sha256(CANARY.encode()).hexdigest()
    out = "".join(path.read_text("utf-8", "replace") for path in root.outputs.rglob("*") if path.is_file())
    answers = told(capsys, root, TABLE) + told(capsys, root, TABLE, "--json")
    for text in (out, answers):
        assert CANARY not in text
        assert digest not in text
        assert str(tmp_path) not in text
    assert lineage(root)["inputs"]["victims"]["hash"] != f"sha256:{digest}"
    assert "a file that is not named, hmac-sha256:" in answers


def test_why_says_that_nobody_approved_what_rests_on_real_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = settled(tmp_path, "real")
    (root.localities / candidate.NAME).mkdir(parents=True, exist_ok=True)
    (root.localities / candidate.NAME / "locality.yml").touch()
    assert "nobody approved it yet" in told(capsys, root, TABLE)


def test_code_that_gives_the_same_numbers_needs_no_new_approval(tmp_path: Path) -> None:
    folder = settled(tmp_path).outputs / candidate.NAME
    before = kept.release_hash(kept.files(folder))
    (folder / kept.LINEAGE).write_text("{}", "utf-8")
    assert kept.release_hash(kept.files(folder)) == before


def test_names_are_followed_back_through_a_notebook() -> None:
    sources = (
        "from compendium import Study, analysis\nfrom compendium.analysis import concentration as near",
        'files, areas = study.table("case_files"), study.table("areas")',
        "places = near.case_places(files)\nstudy.publish(name='lorenz', aggregate=near.lorenz_beside_chance(places))",
        'study.publish("reports", analysis.evidence.counts(study.table("studies")))',
        'study.derive("rates", "rates", of=["lorenz"])',
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    lorenz, reports, rates = calls(notebook)
    assert (lorenz.cell, lorenz.rests.tables) == (3, frozenset({"case_files"}))
    assert all(name.startswith("analysis/concentration/") for name in lorenz.rests.modules)
    assert reports.rests.tables == {"studies"}
    assert reports.rests.modules == {"analysis/evidence.py"}
    assert (rates.kind, rates.cell) == ("derive", 5)


def whole(root: Root, place: Path, page: str) -> Whole:
    """The released table of the tests with one page that tells some of its numbers."""
    (place / "index.qmd").write_text(page, "utf-8")
    gated = root.outputs / candidate.NAME / "notebooks" / f"{candidate.NOTEBOOK}.ipynb"
    if not (place / gated.name).exists():
        shutil.copy(gated, place)
    values = json.loads((root.outputs / candidate.NAME / "values.json").read_text("utf-8"))
    return made.read(candidate.NAME, root.outputs / candidate.NAME, values, made.pages(place))


def test_a_number_in_a_sentence_is_a_link_and_plain_where_no_link_can_stand() -> None:
    found = numbers.metadata(derive([released()]), ["victims_by_form.total", "victims_by_form.responsible.adult"])
    assert found["values"]["victims_by_form"]["total"] == "[80](numbers.qmd#from-victims-by-form){.number}"
    assert found["plain"]["victims_by_form"]["total"] == "80"
    assert numbers.link("x](y) <b>", "t_u") == "[x\\]\\(y\\) &lt;b&gt;](numbers.qmd#from-t-u){.number}"


def test_pages_carry_the_values_that_they_ask_for_and_no_others(root: Root, tmp_path: Path) -> None:
    told_here = whole(
        root, tmp_path, f"{{{{< meta values.{TABLE}.total >}}}} and {{{{<meta plain.{TABLE}.form.image>}}}}"
    )
    assert told_here.told == {f"{TABLE}.total", f"{TABLE}.form.image"}
    assert f"{TABLE}.zone.z05" in told_here.unused
    assert set(numbers.metadata(told_here.values, told_here.told)["plain"][TABLE]) == {"total", "form"}


def test_the_page_leads_on_to_table_cell_inputs_and_version(root: Root, tmp_path: Path) -> None:
    page = numbers_page.page(
        whole(root, tmp_path, f"---\ntitle: First\n---\n{{{{< meta values.{TABLE}.total >}}}}"), ["victims"]
    )
    entry = page.partition("{#from-victims-by-area}")[2].partition("\n### ")[0]
    assert f"({candidate.NOTEBOOK}.ipynb#cell-2)" in entry
    assert "(#in-victims)" in entry
    assert "(#sec-made-by-03-case-files)" in entry
    assert "[First](index.qmd) (240)" in entry
    assert "dictionaries.qmd#sec-table-victims" in page


@pytest.mark.parametrize("name", ["`{{< env HOME >}}`.csv", "[a](javascript:x).csv", "<img src=x>.csv", "a|b`.csv"])
def test_the_name_of_an_input_file_is_letters_on_the_page(root: Root, tmp_path: Path, name: str) -> None:
    found = whole(root, tmp_path, "Words.\n")
    sources = {key: replace(source, file=f"data/{name}") for key, source in found.sources.items()}
    page = numbers_page.page(replace(found, sources=sources), ())
    assert not re.search(r"\{\{<|<img|\]\(javascript|b`", page)


def test_why_tells_a_total_its_cell_its_inputs_and_its_code(root: Root, capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys, root, f"values.{TABLE}.total")
    assert out.startswith(f"{TABLE}.total = 240  (leeds)")
    assert "counts of victims, 240 in all; synthetic data" in out
    assert f"notebooks/{candidate.NOTEBOOK}.ipynb, cell 2: from compendium.analysis import cases" in out
    assert "victims: Victims (synthetic), Zwetschgenmus.csv, sha256:" in out
    assert "analysis/cases.py, sha256:aaaaaaaaaaaaaaaa…" in out
    assert "No page tells this yet" in out


def test_why_finds_a_cell_by_codes_labels_or_dimension(root: Root, capsys: pytest.CaptureFixture[str]) -> None:
    for cell in ("Z05,image", "image, zone 05", "form=image,zone=Z05"):
        assert f"{TABLE}[Z05,image] = 30" in told(capsys, root, f"{TABLE}[{cell}]")
    assert f"{TABLE}[Total,image] = 120" in told(capsys, root, f"{TABLE}[image]")


def test_why_finds_a_table_by_the_address_of_a_page_and_by_its_cell(
    root: Root, capsys: pytest.CaptureFixture[str]
) -> None:
    for address in (
        "places/leeds/03_case_files.html#fig-victims-by-area",
        "file:///somewhere/places/leeds/numbers.html#from-victims-by-area",
        "03_case_files#cell-2",
    ):
        assert told(capsys, root, address).startswith(f"{TABLE}  (leeds)")


def test_why_offers_the_nearest_names(root: Root, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["why", "victims_by_aera", "--root", str(root.path)])
    assert end.value.code != 0
    assert f"Did you mean {TABLE}?" in capsys.readouterr().err


def test_why_offers_names_of_the_table_that_was_asked_for_and_none_that_are_unlike(
    root: Root, capsys: pytest.CaptureFixture[str]
) -> None:
    for asked in (f"{TABLE}.zzz", "study.zzz", "q"):
        with pytest.raises(SystemExit):
            main(["why", asked, "--root", str(root.path)])
    of_table, of_study, of_none = (line for line in capsys.readouterr().err.splitlines() if line.startswith("error"))
    _, _, named = of_table.partition("nown: ")
    assert {each.partition(".")[0] for each in named.rstrip(".").split(", ")} == {TABLE}
    assert of_study == of_none.replace("called q.", "called study.zzz.")
    assert of_none.endswith("known names is like it.")


def test_why_as_json_is_a_line_an_answer(root: Root, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = told(capsys, root, f"{TABLE}.form.image_percent", "--json").splitlines()
    record = json.loads(line)
    assert record["number"] == {
        "text": "50%",
        "state": "published",
        "means": "Form of harm: Image of the child, as a share of all",
    }
    assert record["made"]["cell"] == 2
    assert [each["name"] for each in record["inputs"]] == ["victims"]


def test_why_says_no_more_of_a_hidden_number_than_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = settled(tmp_path)
    path = next((root.outputs / "leeds" / "tables").glob("*.json"))
    record = json.loads(path.read_text("utf-8"))
    record["rows"][0] |= {"count": None, "status": "hidden"}
    path.write_text(json.dumps(record), "utf-8")
    cell = ",".join(str(record["rows"][0][dimension["name"]]) for dimension in record["dimensions"])
    out = told(capsys, root, f"{TABLE}[{cell}]", "--json")
    assert json.loads(out)["number"]["state"] == "hidden"
    assert not re.search(r"primary|secondary|lowest|highest|interval", out)


def test_a_share_of_nobody_is_not_called_hidden() -> None:
    table = released()
    nobody = replace(table, frame=table.frame.assign(count=0, status="published"))
    found = derive([nobody])
    assert found[f"{SAMPLE}.form.image_percent"] == {
        "text": "not shown",
        "value": None,
        "table": SAMPLE,
    }
    assert derive([table])[f"{SAMPLE}.form.other_percent"]["text"] == "hidden"


def test_why_lists_what_no_page_tells(root: Root, capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys, root, "--unused")
    assert out.startswith("leeds: ")
    assert f"{TABLE}: {TABLE}." in out


def test_a_fact_of_the_study_says_where_it_was_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = settled(tmp_path)
    facts = 'study:\n  cases: "185"  # A paper, abstract\n  interviews: "18"  # the same\n'
    (tmp_path / "_variables.yml").write_text(facts, "utf-8")
    with pytest.raises(SystemExit):
        main(["why", "study.zzz", "--root", str(root.path)])
    assert "Known: study.cases, study.interviews." in capsys.readouterr().err
    (tmp_path / "index.qmd").write_text("{{< var study.interviews >}} interviews\n", "utf-8")
    out = told(capsys, root, "study.interviews")
    assert "study.interviews = 18" in out
    assert "_variables.yml, line 3" in out
    assert "A paper, abstract" in out
    assert "index.qmd" in out


def test_a_linked_number_is_a_link_in_a_sentence_and_in_a_cell_of_a_table(tmp_path: Path) -> None:
    found = numbers.metadata(derive([released()]), ["victims_by_form.total"])
    asked = "{{< meta values.victims_by_form.total >}}"
    files = {
        "_quarto.yml": "project: {type: website, output-dir: out, render: [place/*.qmd]}\nexecute: {enabled: false}\n",
        "place/_metadata.yml": json.dumps(found),
        "place/index.qmd": f"---\ntitle: T\n---\n\nOf **{asked}** victims.\n\n| a | b |\n|---|---|\n| c | {asked} |\n",
        "place/numbers.qmd": "---\ntitle: N\n---\n\n### Victims {#from-victims-by-form}\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    html = (render(tmp_path, engine="pandoc").output_dir / "place" / "index.html").read_text("utf-8")
    link = '<a href="numbers.html#from-victims-by-form" class="number">80</a>'
    assert f"Of <strong>{link}</strong> victims" in html
    assert html.count(link) == 2


def test_a_cell_that_its_page_leaves_out_is_told_and_no_link(root: Root, tmp_path: Path) -> None:
    gated = root.outputs / candidate.NAME / "notebooks" / f"{candidate.NOTEBOOK}.ipynb"
    notebook = nbformat.read(gated, as_version=4)
    for hidden, link in (("", True), (HIDE, False)):
        notebook.cells[1].source = hidden + SOURCE
        nbformat.write(notebook, tmp_path / gated.name)
        entry = numbers_page.page(whole(root, tmp_path, "Words."), []).partition("{#from-victims-by-area}")[2]
        assert ("[cell 2 of the notebook](03_case_files.ipynb#cell-2)" in entry) is link
        assert "cell 2 of the notebook" in entry
