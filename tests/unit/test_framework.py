"""The framework: versions that stay as they were released, ids that resolve, what differs, what a place adapts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from compendium import dictionary
from compendium.errors import CompendiumError, InputRefused, UnknownName
from compendium.framework import compare, links, standards, starting, versions
from compendium.framework.as_json_schema import json_schemas
from compendium.framework.assessment import forms_of
from compendium.framework.crosswalk import crosswalk, structure
from compendium.framework.local import framework_of
from compendium.framework.schema import Level
from compendium.framework.standards import Framework
from compendium.locality import load_locality
from compendium.paths import Root
from compendium.yamlfile import read_yaml
from tests.bare import bare, exit_code
from tests.shared import ROOT

FRAMEWORK, EVIDENCE = ROOT / "framework", ROOT / "evidence"
NEW = "illustrative@1.0"


@pytest.fixture(scope="module")
def newest() -> Framework:
    return standards.load(FRAMEWORK, EVIDENCE)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return bare(tmp_path, "leeds", "Leeds")


def adapted(place: Path, text: str, key: str = "adapt: framework.yml") -> None:
    """A locality that names an adaptation, with these lines under its head."""
    home = place / "localities" / "leeds"
    head = "base: illustrative@1.0\nid: leeds_standards\nversion: '0.1'\ntitle: Ours\ndated: 2026-11-22\n"
    (home / "framework.yml").write_text(f"{head}status: illustrative\nstatement: Ours.\n{text}", encoding="utf-8")
    locality = home / "locality.yml"
    locality.write_text(f"{locality.read_text('utf-8')}framework: {{{key}}}\n", encoding="utf-8")


def local(place: Path):  # type: ignore[no-untyped-def]
    root = Root(place)
    return framework_of(root, load_locality(root, "leeds"))


def refusals(place: Path) -> list[str]:
    with pytest.raises(InputRefused) as refused:
        local(place)
    return [str(problem) for problem in refused.value.problems]


def test_there_are_six_standards_of_two_criteria_and_all_eleven_priorities_are_taken_up(newest: Framework) -> None:
    assert newest.name == NEW
    assert [(one.id, len(one.criteria)) for one in newest.standards] == [(f"S{n}", 2) for n in range(1, 7)]
    taken = [id for one in newest.standards for id in one.priority_ids]
    assert taken == [f"P{n:02}" for n in range(1, 12)]
    assert all({"structure", "outcome"} <= {m.kind for m in one.measures} for one in newest.standards)


def test_it_says_that_the_studys_own_wording_was_not_used(newest: Framework) -> None:
    assert "not the study's standards, whose wording was not used" in newest.outline.statement
    assert newest.outline.status == "illustrative"


def test_the_published_schemas_are_current_and_every_file_keeps_to_them() -> None:
    for name, text in json_schemas().items():
        assert (FRAMEWORK / "schema" / name).read_text("utf-8") == text, "run compendium framework links"
    for kind, pattern in (("framework", "*/*/framework.yml"), ("standard", "*/*/standards/*.yml")):
        schema = json.loads(json_schemas()[f"{kind}.schema.json"])
        paths = sorted(FRAMEWORK.glob(pattern))
        assert paths
        for path in paths:
            jsonschema.validate(read_yaml(path).data, schema)


def test_the_table_of_links_is_what_the_framework_says(newest: Framework) -> None:
    assert (FRAMEWORK / "links.csv").read_text("utf-8") == links.as_csv(newest)
    kinds = [(row["from_kind"], row["to_kind"]) for row in links.links(newest)]
    assert kinds.count(("criterion", "measure")) == 12
    assert kinds.count(("evidence", "nothing")) == 4, "adult deterrence: orphans on purpose (STANDARDS.md)"


def test_a_version_that_was_released_cannot_be_edited(place: Path) -> None:
    folder, evidence = place / "framework", place / "evidence"
    assert list(versions.problems(folder, evidence)) == []
    path = folder / "illustrative" / "1.0" / "standards" / "3-help.yml"
    text = path.read_text("utf-8")
    path.write_text(f"# a comment changes nothing\n{text}", encoding="utf-8")
    assert list(versions.problems(folder, evidence)) == []

    path.write_text(text.replace("within 10 working days", "within 20 working days"), encoding="utf-8")
    (problem,) = versions.problems(folder, evidence)
    assert problem.file == "framework/illustrative/1.0"
    assert "has been edited since" in problem.message
    with pytest.raises(CompendiumError, match="released with another content"):
        versions.release(folder, evidence, NEW)


def test_a_new_version_is_a_new_folder_and_an_old_one_may_not_go(place: Path) -> None:
    folder, evidence = place / "framework", place / "evidence"
    shutil.copytree(folder / "illustrative" / "1.0", folder / "illustrative" / "1.1")
    (problem,) = versions.problems(folder, evidence)
    assert "says illustrative@1.0, and its folder illustrative@1.1" in problem.message
    outline = folder / "illustrative" / "1.1" / "framework.yml"
    outline.write_text(outline.read_text("utf-8").replace('version: "1.0"', 'version: "1.1"'), encoding="utf-8")
    (problem,) = versions.problems(folder, evidence)
    assert problem.level == "warning"
    assert versions.release(folder, evidence, "illustrative@1.1") == "illustrative@1.1"
    assert standards.load(folder, evidence).name == "illustrative@1.1"

    shutil.rmtree(folder / "illustrative" / "0.9")
    (problem,) = versions.problems(folder, evidence)
    assert "was released and is gone" in problem.message


def test_ten_comes_after_nine(tmp_path: Path) -> None:
    for version in ("1.9", "1.10", "1.2"):
        (tmp_path / "ours" / version).mkdir(parents=True)
        (tmp_path / "ours" / version / "framework.yml").touch()
    (tmp_path / "ours" / "draft").mkdir()
    assert standards.versions(tmp_path) == ("ours@1.2", "ours@1.9", "ours@1.10")


def test_an_unknown_version_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"illustrative@1\.0"):
        standards.load(FRAMEWORK, EVIDENCE, "ilustrative@1.0")


def test_every_fault_of_a_version_is_told_at_once_with_its_line_and_key(place: Path) -> None:
    home = place / "framework" / "illustrative" / "1.0" / "standards"
    path = home / "1-heard.yml"
    text = path.read_text("utf-8").replace("statement:", "statment:").replace("kind: core", "kind: kore", 1)
    path.write_text(text, encoding="utf-8")
    other = home / "2-believed.yml"
    other.write_text(other.read_text("utf-8").replace("hamilton2017", "hamilton1917"), encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        standards.load(place / "framework", place / "evidence")
    told = "\n".join(map(str, refused.value.problems))
    assert "1-heard.yml: line 4: The key statment isn't known here. Did you mean statement?" in told
    assert "criteria.0.kind" in told
    assert "hamilton1917 leads nowhere. Did you mean hamilton2017?" in told


def test_the_crosswalk_counts_the_items_that_were_published(newest: Framework) -> None:
    found = crosswalk(newest)
    sizes = {source: len(items) for source, items in found.rows.items()}
    assert sizes["WHO2015"] == 8
    assert (sizes["WeProtect"], sizes["MNR"]) == (6, 21)
    assert sizes["INSPIRE"] == 7 + 2, "seven strategies and two cross-cutting activities"
    assert sizes["Barnahus"] == 12, "standards 1.1 to 1.3 and 2 to 10"
    for source in found.rows:
        assert len(found.taken(source)) + len(found.gaps(source)) == sizes[source]
    assert "MNR:19" in {item.key for item in found.gaps("MNR")}, "no standard is for companies"
    assert all(item.read_at for items in found.rows.values() for item, _ in items)
    assert not [part for part in structure(newest) if part.without]


def test_two_versions_are_compared_in_words(newest: Framework) -> None:
    """What 1.0 changed is in the change log of its standards, written by hand."""
    old = standards.load(FRAMEWORK, EVIDENCE, "illustrative@0.9")
    found = {(one.of, one.field): one for one in compare.compare(old, newest)}
    assert found["6.2", "criterion"].kind == "added"
    assert found["S4", "title"].before == "A child first"
    assert "5 working days" in found["2.2", "text"].before
    assert "2 working days" in found["2.2", "text"].after
    assert found["3.2", "counted as"].kind == "counted otherwise"
    assert set(compare.comparable(old, newest)) == {"1.1", "1.2", "2.1", "3.1", "4.1", "4.2", "5.1", "5.2"}
    assert compare.in_words(newest, newest) == ["illustrative@1.0 and illustrative@1.0 say the same."]
    back = {(one.of, one.field): one.kind for one in compare.compare(newest, old)}
    assert back["6.2", "criterion"] == "removed"


def test_a_criterion_under_another_number_has_moved_and_is_not_new(newest: Framework) -> None:
    first, *rest = newest.standards
    swapped = tuple(
        one.model_copy(update={"id": id}) for one, id in zip(reversed(first.criteria), ("1.1", "1.2"), strict=True)
    )
    third = first.criteria[0].model_copy(update={"id": "1.3"})
    outline = newest.outline
    exchanged = Framework(outline, (first.model_copy(update={"criteria": swapped}), *rest), {}, {})
    kinds = {(one.of, one.kind) for one in compare.compare(newest, exchanged)}
    assert kinds == {("1.1", "moved"), ("1.2", "moved")}
    later = Framework(outline, (first.model_copy(update={"criteria": (first.criteria[1], third)}), *rest), {}, {})
    assert [(one.of, one.kind, one.before) for one in compare.compare(newest, later)] == [("1.3", "moved", "1.1")]


def test_another_meaning_of_a_level_is_a_difference(newest: Framework) -> None:
    levels = list(newest.outline.levels)
    levels[1] = Level(level=1, name="Planned", meaning="Somebody thought of it.", plain_name="Planned", plain="Yes.")
    other = Framework(newest.outline.model_copy(update={"levels": tuple(levels)}), newest.standards, {}, {})
    assert [(one.of, one.kind) for one in compare.compare(newest, other)] == [("levels", "other levels")]


def test_a_place_adopts_the_newest_version_or_the_one_it_names(place: Path) -> None:
    assert local(place).how == f"Adopted as it stands: {NEW}"
    assert exit_code("framework", "start", "leeds", "--adopt", "illustrative@0.9", "--root", place) == 0
    assert local(place).framework.name == "illustrative@0.9"
    assert exit_code("framework", "start", "leeds", "--write", "--root", place) == 1, "it names one already"


def test_what_a_place_adapted_is_shown_side_by_side(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    adapted(
        place,
        "adapt:\n- id: S3\n  why: They asked for it.\n  decided_by: Workshop W12\n"
        "  criteria: [{id: '3.1', text: Children are offered first contact within 5 working days.}]\n"
        "leave_out: [{id: S6, why: There is one., decided_by: Board}]\n",
    )
    found = local(place)
    assert found.how == "Adapted from illustrative@1.0"
    assert found.adapted is not None
    differences = {(one.of, one.kind) for one in found.adapted.differences}
    assert differences == {("3.1", "reworded"), ("S6", "removed"), ("6.1", "removed"), ("6.2", "removed")}
    assert found.adapted.why("S3") == "They asked for it. Workshop W12"
    changed = found.framework.standard("S3")
    assert changed is not None
    assert changed.changes[-1].decided_by == "Workshop W12"
    assert exit_code("framework", "compare", NEW, "leeds", "--to", "markdown", "--root", place) == 0
    assert "within 5 working days" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("was", "is_now", "told"),
    [
        ("id: leeds_standards", "id: illustrative", "id: illustrative is the framework this one is made from"),
        ("version: '0.1'", "version: '٠.١'", "version: String should match pattern"),
        ("version: '0.1'", f"version: '{'9' * 5000}.1'", "version: String should match pattern"),
        ("{id: '3.1', text: x}", "{id: '3.1', text: x}, {id: '3.1', text: y}", "criteria: 3.1 stands twice"),
        ("why: x", "why: ' '", "why: String should have at least 1 character"),
    ],
)
def test_what_nobody_could_tell_apart_is_refused(place: Path, was: str, is_now: str, told: str) -> None:
    adapted(place, "adapt:\n- {id: S3, why: x, decided_by: y, criteria: [{id: '3.1', text: x}]}\n")
    path = place / "localities/leeds/framework.yml"
    said = path.read_text("utf-8")
    assert was in said
    path.write_text(said.replace(was, is_now), encoding="utf-8")
    assert told in "\n".join(refusals(place))


def test_a_standard_may_be_cut_from_every_priority(place: Path) -> None:
    adapted(place, "adapt: [{id: S3, why: x, decided_by: y, priority_ids: []}]\n")
    assert local(place).framework.standard("S3").priority_ids == ()


def test_a_criterion_said_otherwise_only_in_part_is_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Young people would rate ten days, and services five."""
    text = "adapt:\n- {id: S3, why: x, decided_by: y, criteria: [{id: '3.1', text: Within 5 days.}]}\n"
    adapted(place, text)
    assert exit_code("framework", "links", "leeds", "--root", place) == 0
    assert exit_code("check", "leeds", "--root", place) == 0
    assert f"Criterion 3.1 differs here; its plain and levels are as in {NEW}." in capsys.readouterr().err


def test_the_example_that_is_begun_holds_when_its_comments_are_taken_away(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("framework", "start", "leeds", "--adapt", NEW, "--root", place) == 0
    path = place / "localities/leeds/framework.yml"
    lines = path.read_text("utf-8").replace("adapt: []", "adapt:").replace("leave_out: []", "leave_out:").split("\n")
    shown = [line.removeprefix("# ") if number > 2 else line for number, line in enumerate(lines)]
    path.write_text("\n".join(shown), encoding="utf-8")
    assert exit_code("framework", "links", "leeds", "--root", place) == 0
    capsys.readouterr()
    assert exit_code("check", "leeds", "--root", place) == 0
    assert "differs here" not in capsys.readouterr().err
    assert [one.id for one in local(place).framework.standards] == ["S1", "S2", "S3", "S4", "S5"]


def test_a_core_part_is_not_changed_in_silence_and_every_fault_has_its_line(place: Path) -> None:
    adapted(
        place,
        "adapt:\n- id: S3\n  why: x\n  decided_by: y\n  title: Other\n  criteria: [{id: '3.2', text: x}, {id: '3.7'}]\n"
        "- {id: S9, why: x, decided_by: y}\nleave_out: [{id: S3, why: x, decided_by: y}]\n",
    )
    told = refusals(place)
    where = "localities/leeds/framework.yml: line"
    assert f"{where} 9: the title, criterion 3.2 of S3: core, and changed without a word." in "\n".join(told)
    assert any(text.startswith(f"{where} 13: criteria: S3 has no criterion 3.7.") for text in told)
    assert any(text.startswith(f"{where} 14: adapt: {NEW} has no S9.") for text in told)
    assert any(text.startswith(f"{where} 15: leave_out: S3 stands in adapt already.") for text in told)
    assert len(told) == 4


@pytest.mark.parametrize("way", ["adapt", "write"])
def test_a_framework_of_ones_own_is_begun_filled_in_and_checked(
    way: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    option = ("--adapt", NEW) if way == "adapt" else ("--write",)
    assert exit_code("framework", "start", "leeds", *option, "--root", place) == 0
    found = local(place)
    assert found.framework.outline.id == "leeds_standards"
    assert len(found.framework.standards) == (6 if way == "adapt" else 1)
    assert found.framework.outline.version == "0.1", "a number that no illustrative form has"
    assert exit_code("framework", "links", "leeds", "--root", place) == 0
    assert "localities/leeds/dictionaries/assessments.yml" in capsys.readouterr().out
    assert exit_code("check", "leeds", "--root", place) == 0, capsys.readouterr().err
    root = Root(place)
    form = forms_of(root, load_locality(root, "leeds"))["self"]
    assert (form.version, len(form.items)) == ("0.1", 12 if way == "adapt" else 2)
    settings = place / "localities/leeds/locality.yml"
    before = settings.read_bytes()
    assert exit_code("framework", "links", "leeds", "--root", place) == 0
    assert settings.read_bytes() == before
    with pytest.raises(CompendiumError, match="names a framework already"):
        starting.start(Root(place), load_locality(Root(place), "leeds"), "write")


def test_the_pattern_of_a_new_framework_says_that_it_is_one(place: Path) -> None:
    assert exit_code("framework", "start", "leeds", "--write", "--root", place) == 0
    made = sorted((place / "localities/leeds/framework").rglob("*.yml"))
    assert len(made) == 2
    for path in made:
        schema, pattern, *_ = path.read_text("utf-8").split("\n")
        assert (path.parent / schema.split("$schema=")[1]).resolve().is_file()
        assert pattern.startswith("# A pattern, taken from illustrative@1.0")


def test_criteria_of_ones_own_get_codes_and_a_dictionary_of_ones_own_is_left_alone(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = (FRAMEWORK / "illustrative/1.0/standards/1-heard.yml").read_text("utf-8")
    said = said.replace('"1.1"', '"7.1"').replace('"1.2"', '"7.2"').replace("id: S1", "id: S7")
    lines = [f"{'- ' if number == 0 else '  '}{line}" for number, line in enumerate(said.splitlines())]
    adapted(place, "\n".join(["leave_out: [{id: S6, why: There is one., decided_by: Board}]", "add:", *lines, ""]))
    assert exit_code("framework", "links", "leeds", "--root", place) == 0
    root = Root(place)
    own = dictionary.load(root.dictionaries, load_locality(root, "leeds").dictionary_files())
    standard = own["assessments"].field("criterion_id").hierarchies["standard"].categories
    assert list(standard) == ["S1", "S2", "S3", "S4", "S5", "S7"]
    assert list(standard["S7"].members) == ["7.1", "7.2"]
    assert "7.2" in own["adaptations"].field("criterion_id").codes
    capsys.readouterr()
    path = place / "localities/leeds/framework.yml"
    path.write_text(path.read_text("utf-8").replace("version: '0.1'", "version: '0.2'"), encoding="utf-8")
    assert exit_code("framework", "links", "leeds", "--root", place) == 0
    assert "assessments.yml: it lacks form_version 0.2" in capsys.readouterr().out
    assert exit_code("check", "leeds", "--root", place) == 0
    assert "assessments, column form_version: 0.2 of leeds_standards@0.2 is not declared" in capsys.readouterr().err


def test_standards_that_nobody_decided_on_are_not_shown_as_co_produced(place: Path) -> None:
    adapted(place, "adapt: [{id: S1, why: x, decided_by: y}]\nleave_out: [{id: S6, why: x, decided_by: y}]\n")
    path = place / "localities/leeds/framework.yml"
    path.write_text(path.read_text("utf-8").replace("status: illustrative", "status: co-produced"), encoding="utf-8")
    assert "status: nobody here decided on S2, S3, S4, S5 of illustrative@1.0" in "\n".join(refusals(place))


def test_a_framework_is_named_once_and_lies_inside(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    adapted(place, "", key="adapt: ../../framework.yml, write: framework")
    assert exit_code("check", "leeds", "--root", place) == 1
    told = capsys.readouterr().err
    assert "The framework is named 2 times: adapt, write." in told
    assert "The file of framework lies outside." in told
