"""Self-assessment: one form, answers in three shapes, ratings that are never overwritten."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from pathlib import Path

import pytest

from compendium import dictionary
from compendium.errors import Busy, CompendiumError, InputRefused
from compendium.framework import standards
from compendium.framework.assessment import Form, form_of
from compendium.locality import load_locality
from compendium.paths import Root
from compendium.release.lock import locked
from compendium.report import assessment
from compendium.self_assessment import bring_in
from tests import assessment_samples as samples
from tests.assessment_samples import PLACE, as_csv, as_json, as_workbook, filled, rows


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Root:
    return samples.compendium(tmp_path_factory.mktemp("compendium"))


@pytest.fixture
def root(tmp_path: Path) -> Root:
    (tmp_path / "root").mkdir()
    return samples.compendium(tmp_path / "root")


def young(root: Root, folder: Path, levels: list[int | str], **head: str) -> list[Path]:
    """A young person's form for each level, with a number of its own."""
    form = samples.forms(root)["youth"]
    return [
        as_json(folder, filled(form, level, **{"response": f"{at:016x}", **head}), f"young-{at}.json")
        for at, level in enumerate(levels)
    ]


def refused(root: Root, *paths: Path, **options: bool) -> str:
    with pytest.raises(InputRefused) as caught:
        bring_in(root, PLACE, paths, **options)
    return str(caught.value)


# One definition


def test_both_forms_ask_the_same_items_in_their_own_words(made: Root) -> None:
    own, young_people = (samples.forms(made)[rater] for rater in ("self", "youth"))
    assert list(own.items) == list(young_people.items)
    assert all(own.items[name].text != young_people.items[name].text for name in own.items)
    assert [one.level for one in own.levels] == [one.level for one in young_people.levels] == [0, 1, 2, 3]
    assert list(own.rounds) == ["before", "after", "then"]
    assert list(young_people.rounds) == ["before", "after"], "only a service looks back"


def test_every_shape_carries_the_items_the_version_and_the_wording(made: Root, tmp_path: Path) -> None:
    import openpyxl

    form = samples.forms(made)["self"]
    paths = {path.name: path for path in assessment.export(made, PLACE, tmp_path)}
    assert sorted(paths) == sorted((*assessment.PAGES.values(), assessment.SHEET, assessment.PROGRAM))
    page, program = paths["self_assessment.html"].read_text(), json.loads(paths["self_assessment.json"].read_text())
    sheet = openpyxl.load_workbook(paths["self_assessment.xlsx"])["answers"]
    for item, row in zip(form.items.values(), sheet.iter_rows(min_row=2, values_only=True), strict=True):
        assert page.count(f'name="level-{item.criterion_id}"') == 5
        assert (row[0], row[2], row[6]) == (item.criterion_id, item.text, item.wording)
    assert program["form_hash"] == form.hash
    assert form.hash in page


def test_the_same_standards_give_the_same_bytes_and_a_filled_in_form_is_not_overwritten(
    made: Root, tmp_path: Path
) -> None:
    first = [path.read_bytes() for path in assessment.export(made, PLACE, tmp_path)]
    assert [path.read_bytes() for path in assessment.export(made, PLACE, tmp_path)] == first
    (tmp_path / assessment.SHEET).write_bytes(b"filled in")
    with pytest.raises(CompendiumError, match="It is there already"):
        assessment.export(made, PLACE, tmp_path)
    assert (tmp_path / assessment.SHEET).read_bytes() == b"filled in"


def test_a_wording_that_changes_changes_the_hash_of_its_item_and_of_no_other(made: Root) -> None:
    framework, dictionaries = standards.load(made.framework, made.evidence), dictionary.load(made.dictionaries)
    before = form_of(framework, "self", PLACE, dictionaries)
    first = framework.standards[0]
    criterion = first.criteria[0].model_copy(update={"text": "Something else."})
    standard = first.model_copy(update={"criteria": (criterion, *first.criteria[1:])})
    changed = dataclasses.replace(framework, standards=(standard, *framework.standards[1:]))
    after = form_of(changed, "self", PLACE, dictionaries)
    assert [name for name in before.items if before.items[name].wording != after.items[name].wording] == ["1.1"]
    assert before.hash != after.hash


def test_a_form_whose_answers_the_table_could_not_hold_is_not_made(root: Root) -> None:
    table = root.dictionaries / "assessments.yml"
    table.write_text(
        re.sub(r'enum: \["0.9", "1.0"\]', 'enum: ["0.9"]', table.read_text()).replace('"1.0": V', '"0.9": V')
    )
    table.write_text(re.sub(r'    labels: {"0.9".*\n', "", table.read_text()))
    with pytest.raises(CompendiumError, match=r"assessments, column form_version: 1\.0 of the form is not declared"):
        samples.forms(root)


def test_a_locality_declares_its_own_criteria_and_versions_and_until_then_the_site_offers_no_form(root: Root) -> None:
    home = root.localities / PLACE
    shutil.copytree(root.framework / "illustrative/1.0", home / "framework")
    outline = home / "framework/framework.yml"
    outline.write_text(re.sub(r'version: "1.0"', 'version: "3.2"', outline.read_text(), count=1))
    settings = home / "locality.yml"
    settings.write_text(settings.read_text() + "framework: {write: framework}\n")
    pages = root.places / PLACE
    assessment.write(pages, root, load_locality(root, PLACE))
    assert "3.2 of the form is not declared" in (pages / assessment.SITE_PAGE).read_text().replace("\\", "")
    assert not (pages / assessment.FOLDER).exists()
    own = 'name: assessments\nfields:\n  - {name: form_version, constraints: {enum: ["3.2"]}, labels: {"3.2": "3.2"}}\n'
    (home / "assessments.yml").write_text(own)
    settings.write_text(settings.read_text() + "dictionaries:\n  assessments: {file: assessments.yml}\n")
    assessment.write(pages, root, load_locality(root, PLACE))
    assert "version 3.2" in (pages / assessment.SITE_PAGE).read_text().replace("\\", "")
    assert (pages / assessment.FOLDER / assessment.PAGES["youth"]).exists()


# Three shapes in


def test_json_csv_and_spreadsheet_give_the_same_ratings(tmp_path: Path) -> None:
    found = []
    for at, shape in enumerate((".json", ".csv", ".xlsx")):
        (tmp_path / str(at)).mkdir()
        root = samples.compendium(tmp_path / str(at))
        form = samples.forms(root)["self"]
        data = filled(form)
        for answer, level in zip(data["answers"], [0, 1, 2, 3, "cannot_say", None], strict=False):
            answer["level"] = level
        paths = (as_json(tmp_path, data), as_csv(tmp_path, data), as_workbook(tmp_path, form, data))
        (made,) = (path for path in paths if path.suffix == shape)
        told = bring_in(root, PLACE, [made])
        assert (told.cannot_say, len(told.added)) == (1, 10)
        assert [problem.message for problem in told.remarks] == ["1 of 12 items were left open: 3.2."]
        found.append(rows(root))
    assert found[0] == found[1] == found[2]
    assert [(row["criterion_id"], row["level"]) for row in found[0]][:5] == [
        ("1.1", "0"), ("1.2", "1"), ("2.1", "2"), ("2.2", "3"), ("4.1", "2"),
    ]  # fmt: skip
    assert {(row["service_code"], row["wave"], row["rater"], row["raters"]) for row in found[0]} == {
        ("A01", "before", "self", "1")
    }


def test_the_table_is_named_in_the_locality_and_holds_against_its_dictionary(root: Root, tmp_path: Path) -> None:
    bring_in(root, PLACE, [as_json(tmp_path, filled(samples.forms(root)["self"]))])
    line = "assessments: {file: data/imported/assessments.synthetic.csv, provenance: synthetic}"
    assert line in (root.localities / PLACE / "locality.yml").read_text()
    home, dictionaries = root.localities / PLACE, dictionary.load(root.dictionaries)
    paths = {"pilot_services": home / "data/pilot_services.csv", "assessments": root.path / samples.TABLE}
    assert dictionary.read_tables(paths, dictionaries).problems == []


# Never overwritten


def test_the_same_answers_again_change_nothing_and_other_rounds_are_added_below(root: Root, tmp_path: Path) -> None:
    form = samples.forms(root)["self"]
    path = as_json(tmp_path, filled(form, 1))
    bring_in(root, PLACE, [path])
    before = (root.path / samples.TABLE).read_bytes()
    again = bring_in(root, PLACE, [path])
    assert (again.added, again.known) == ((), 12)
    assert (root.path / samples.TABLE).read_bytes() == before
    bring_in(root, PLACE, [as_csv(tmp_path, filled(form, 3, wave="after"))])
    assert (root.path / samples.TABLE).read_bytes().startswith(before)
    assert len(rows(root)) == 24


def test_another_level_than_on_record_is_refused_naming_the_pair_and_nothing_else_comes_in(
    root: Root, tmp_path: Path
) -> None:
    form = samples.forms(root)["self"]
    bring_in(root, PLACE, [as_json(tmp_path, filled(form, 1))])
    before = (root.path / samples.TABLE).read_bytes()
    data = filled(form, 1)
    data["answers"][4]["level"] = 3
    good = as_json(tmp_path, filled(form, 2, wave="after"), "good.json")
    told = refused(root, good, as_json(tmp_path, data, "other.json"))
    assert told == (
        "other.json: Service A01, before, rated by the service itself: assessments.synthetic.csv has another level for "
        "criterion 3.1 (row 6). What is on record is never overwritten: leave this one out, or correct the table by "
        "hand and note why."
    )
    assert (root.path / samples.TABLE).read_bytes() == before


def test_two_forms_of_one_service_that_contradict_each_other_are_both_named(root: Root, tmp_path: Path) -> None:
    form = samples.forms(root)["self"]
    first = as_json(tmp_path, filled(form, 1), "first.json")
    data = filled(form, 1)
    data["answers"][0]["level"] = 0
    told = refused(root, first, as_csv(tmp_path, data, "second.csv"))
    assert "Service A01, criterion 1.1, before, rated by the service itself: first.json and second.csv say two" in told
    assert not (root.path / samples.TABLE).exists()


def test_a_rehearsal_writes_nothing(root: Root, tmp_path: Path) -> None:
    told = bring_in(root, PLACE, [as_json(tmp_path, filled(samples.forms(root)["self"]))], dry_run=True)
    assert len(told.added) == 12
    assert not (root.path / samples.TABLE).exists()


def test_an_import_that_was_killed_half_way_says_which_line_is_missing(root: Root, tmp_path: Path) -> None:
    """The table was in its place and not yet named: the named line mends it, and nothing is rated twice."""
    settings = root.localities / PLACE / "locality.yml"
    before = settings.read_text()
    path = as_json(tmp_path, filled(samples.forms(root)["self"]))
    bring_in(root, PLACE, [path])
    settings.write_text(before)
    line = re.search(r"`(assessments: .*)`", refused(root, path))
    assert line is not None
    settings.write_text(before.replace("sources:\n", f"sources:\n  {line[1]}\n"))
    assert bring_in(root, PLACE, [path]).known == 12


def test_nobody_imports_while_a_run_or_another_import_is_at_work(root: Root, tmp_path: Path) -> None:
    path = as_json(tmp_path, filled(samples.forms(root)["self"]))
    with locked(root.private_room(PLACE)), pytest.raises(Busy):
        bring_in(root, PLACE, [path])


def test_ratings_of_real_services_stay_out_of_the_checkout(root: Root, tmp_path: Path) -> None:
    settings = root.localities / PLACE / "locality.yml"
    records = tmp_path / "records"
    records.mkdir(mode=0o700)
    (records / "data").mkdir()
    (records / "data/pilot_services.csv").write_text(samples.SERVICES)
    settings.write_text(settings.read_text().replace("synthetic}", "real}") + f"data_root: {records}\n")
    form = samples.forms(root)["self"]
    inside = as_json(root.path, filled(form), "inside.json")
    assert "Answers of real services lie inside the checkout" in refused(root, inside)
    bring_in(root, PLACE, [as_json(tmp_path, filled(form))])
    assert not (root.path / samples.TABLE).exists()
    assert (records / "assessments.csv").stat().st_mode & 0o777 == 0o600
    assert "assessments: {file: assessments.csv, provenance: real}" in settings.read_text()


# Young people


def test_young_peoples_forms_become_one_rating_a_criterion_at_their_lower_median(root: Root, tmp_path: Path) -> None:
    """0, 1, 1, 2, 3, 3: the two in the middle are 1 and 2, and the lower one counts."""
    bring_in(root, PLACE, young(root, tmp_path, [3, 0, 1, 3, 2, 1]))
    assert {(row["rater"], row["raters"], row["level"]) for row in rows(root)} == {("youth", "6", "1")}
    assert len(rows(root)) == 12


def test_who_cannot_tell_is_no_rater_of_that_item(root: Root, tmp_path: Path) -> None:
    paths = young(root, tmp_path, [2, 2, 2, 2, 2, 2])
    data = json.loads(paths[0].read_text())
    data["answers"][0]["level"] = "cannot_say"
    paths[0].write_text(json.dumps(data))
    bring_in(root, PLACE, paths)
    assert {row["criterion_id"]: row["raters"] for row in rows(root)} == {
        name: "5" if name == "1.1" else "6" for name in samples.forms(root)["youth"].items
    }


def test_which_young_person_chose_what_is_kept_nowhere(root: Root, tmp_path: Path) -> None:
    bring_in(root, PLACE, young(root, tmp_path, [3, 0, 1, 3, 2]))
    written = b"".join(path.read_bytes() for path in root.path.rglob("*") if path.is_file())
    assert all(f"{at:016x}".encode() not in written for at in range(1, 5))


def test_fewer_than_five_raters_wait_for_the_rest_unless_no_more_come(root: Root, tmp_path: Path) -> None:
    """A rating is made once: the first form that comes back must not shut out the others."""
    paths = young(root, tmp_path, [1, 2, 3, 3])
    assert "4 young people have rated service A01, before: figures need 5. Wait for the rest" in refused(root, *paths)
    assert not (root.path / samples.TABLE).exists()
    told = bring_in(root, PLACE, paths, few_raters=True)
    assert [problem.message for problem in told.remarks] == [
        "4 young people have rated service A01, before: figures need 5."
    ]


def test_a_copy_of_a_young_persons_form_is_counted_once_and_one_that_differs_refused(
    root: Root, tmp_path: Path
) -> None:
    paths = young(root, tmp_path, [2, 2, 2, 2, 2])
    copied = tmp_path / "copy.json"
    copied.write_text(paths[0].read_text())
    told = bring_in(root, PLACE, [*paths, copied])
    assert [problem.message for problem in told.remarks] == ["It is a copy of young-0.json: counted once."]
    assert rows(root)[0]["raters"] == "5"
    data = json.loads(copied.read_text())
    data["answers"][0]["level"] = 0
    copied.write_text(json.dumps(data))
    assert "copy.json: It has the number of young-0.json and says something else." in refused(root, *paths, copied)


def test_a_merged_rating_of_young_people_is_not_reopened(root: Root, tmp_path: Path) -> None:
    paths = young(root, tmp_path, [2, 2, 2, 2, 2, 2])
    bring_in(root, PLACE, paths[:5])
    assert bring_in(root, PLACE, paths[:5]).added == ()
    told = refused(root, *paths)
    assert "rated by young people: assessments.synthetic.csv has another number of raters" in told
    assert "come in once and together" in told


@pytest.mark.parametrize("said", ["no", ""])
def test_who_uses_the_service_or_did_not_say_does_not_rate_it(root: Root, tmp_path: Path, said: str) -> None:
    told = refused(root, *young(root, tmp_path, [2], free_to_rate=said))
    assert "young-0.json, column free_to_rate: The first question was not answered with No. Leave it out" in told


# Services


def test_an_unknown_service_is_told_with_the_nearest_and_a_name_is_not_repeated(root: Root, tmp_path: Path) -> None:
    form = samples.forms(root)["self"]
    unknown = as_json(tmp_path, filled(form, service_code="A03"), "unknown.json")
    named = as_json(tmp_path, filled(form, service_code="Mrs Miller's refuge"), "named.json")
    assert refused(root, unknown, named).split("\n") == [
        "unknown.json, column service_code: No service A03 is in the pilot. Did you mean A02? Known: A01, A02, B01.",
        "named.json, column service_code: This is not the code of a service. "
        "Write the code that was agreed, never a name.",
    ]


def test_a_code_with_the_pilot_area_of_another_service_is_refused(root: Root, tmp_path: Path) -> None:
    path = as_json(tmp_path, filled(samples.forms(root)["self"], service_code="B01"))
    assert "form.json, column pilot_area: The form does not name the pilot area of service B01." in refused(root, path)


def test_services_without_consent_or_that_left_are_told_and_kept(root: Root, tmp_path: Path) -> None:
    form = samples.forms(root)["self"]
    paths = [
        as_json(tmp_path, filled(form, service_code="A02"), "a.json"),
        as_json(tmp_path, filled(form, service_code="B01", pilot_area="Pilot area 2", wave="after"), "b.json"),
    ]
    told = bring_in(root, PLACE, paths)
    assert [problem.message[:41] for problem in told.remarks] == [
        "Service A02 has not agreed in writing: it",
        "Service B01 is recorded as dropped out, a",
    ]
    assert len(told.added) == 24


# Versions


def older(root: Root) -> Form:
    """The form of version 0.9 of the same framework, in which criteria 2.2 and 3.2 ask something else."""
    framework = standards.load(root.framework, root.evidence, "illustrative@0.9")
    return form_of(framework, "self", PLACE, dictionary.load(root.dictionaries))


def compared(root: Root) -> tuple[list[str], list[str]]:
    """Criteria of 0.9 whose words are the same in 1.0, and the others, from the records themselves."""
    old, new = (
        {one.id: one for one in standards.load(root.framework, root.evidence, name).criteria}
        for name in ("illustrative@0.9", "illustrative@1.0")
    )
    said = ("text", "numerator", "denominator", "source", "levels")
    same = [name for name in old if name in new and all(getattr(old[name], a) == getattr(new[name], a) for a in said)]
    return same, [name for name in old if name not in same]


def test_a_form_of_an_older_version_gives_its_unchanged_items_when_asked_to(root: Root, tmp_path: Path) -> None:
    same, changed = compared(root)
    assert same
    assert {"2.2", "3.2"} <= set(changed)
    path = as_json(tmp_path, filled(older(root)))
    assert refused(root, path) == (
        "form.json, column form_version: It is a form of version 0.9; the framework is at 1.0. Of its items "
        f"{', '.join(changed)} read otherwise since, or are gone. Fill in the new form, or take its {len(same)} "
        "unchanged items as they are with --accept-older."
    )
    told = bring_in(root, PLACE, [path], accept_older=True)
    left_out = [problem.column for problem in told.remarks if "its answer is left out" in problem.message]
    assert left_out == changed
    assert [(row["criterion_id"], row["form_version"]) for row in rows(root)] == [(name, "0.9") for name in same]


def test_an_older_spreadsheet_is_read_as_well(root: Root, tmp_path: Path) -> None:
    form = older(root)
    told = bring_in(root, PLACE, [as_workbook(tmp_path, form, filled(form, 3))], accept_older=True)
    assert [rating.criterion_id for rating in told.added] == compared(root)[0]


def test_an_item_that_is_no_longer_asked_is_left_out_of_an_older_form_and_refused_in_a_new_one(
    root: Root, tmp_path: Path
) -> None:
    data = filled(samples.forms(root)["self"])
    data["answers"][0]["criterion_id"] = "7.1"
    assert "form.json, answers, entry 1, column criterion_id: The form has no such item. Did you mean" in refused(
        root, as_json(tmp_path, data)
    )
    told = bring_in(root, PLACE, [as_json(tmp_path, {**data, "form_version": "0.9"})], accept_older=True)
    assert [problem.column for problem in told.remarks if "left out" in problem.message] == ["7.1"]
    assert len(told.added) == 11


def test_a_newer_form_and_one_with_other_wordings_under_this_version_are_refused(root: Root, tmp_path: Path) -> None:
    form = samples.forms(root)["self"]
    newer = as_json(tmp_path, filled(form, form_version="1.1"), "newer.json")
    data = filled(form)
    data["answers"][3]["wording"] = "0" * 12
    told = refused(root, newer, as_json(tmp_path, data, "changed.json"), accept_older=True)
    assert "newer.json, column form_version: It is a form of a version newer than 1.0" in told
    assert "changed.json, column 2.2: Item 2.2 has another wording than in version 1.0." in told


@pytest.mark.parametrize("version", ["0.8", "01.0", "1.00", "١.٠", "1", "1.0\n"])
def test_a_version_that_no_form_ever_had_is_refused_by_a_rehearsal_too(
    root: Root, tmp_path: Path, version: str
) -> None:
    path = as_json(tmp_path, filled(samples.forms(root)["self"], form_version=version))
    told = refused(root, path, accept_older=True, dry_run=True)
    assert "No form of version 0.8 is known: only of 0.9, 1.0." in told or "This is no version of a form." in told
    assert "١" not in told


def test_a_form_of_another_locality_or_framework_is_refused(root: Root, tmp_path: Path) -> None:
    form = samples.forms(root)["self"]
    elsewhere = as_json(tmp_path, filled(form, locality="birch"), "a.json")
    other = as_json(tmp_path, filled(form, form_id="another"), "b.json")
    told = refused(root, elsewhere, other)
    assert "a.json, column locality: This is not a form of alder." in told
    assert "b.json, column form_id: This is the form of another framework." in told
