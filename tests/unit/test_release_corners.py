"""What a release says when something is missing, empty, damaged or not what a derived table takes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Released, Statistic
from compendium.disclosure import settle_counts
from compendium.disclosure.ledger import Entry
from compendium.errors import CompendiumError, DisclosureRefused, InputRefused
from compendium.paths import Root
from compendium.proposals import Derivation, Proposal
from compendium.release import approve, checked, figure, kept, key, pack_pages, refusal, rules, secret, show, values
from compendium.release.before import before, still_left
from compendium.release.derived import KINDS
from compendium.release.derived.given_up import _lost
from compendium.release.derived.missing import missing
from compendium.release.derived.need import _beside
from compendium.release.derived.parts import asked_for
from compendium.release.derived.pilot import _staff_time
from compendium.release.derived.trace import _results
from compendium.release.derived.units import _refuse_missing_cases
from compendium.release.designs import _said
from compendium.release.ledger_files import Ledger
from compendium.release.settle import release
from compendium.release.tables import shares_among
from compendium.release.traced import calls
from tests.unit.candidate import candidate
from tests.unit.released import FORM, ORIGIN, WHO, released

PUBLIC = replace(ORIGIN, sensitivity="public")
OFFENCE = Dimension("offence", "Offence", {"88A": "Grooming"}, "offence_code")
AREA = Dimension("zone", "Zone", {"A": "A"}, area=True)
MONTHS = Dimension("month", "Month", {"2026-01": "January"}, ordered=True)


def counted(*dimensions: Dimension, rows: Sequence[tuple[Any, ...]] = (), name: str = "t") -> Released:
    frame = pd.DataFrame(list(rows), columns=[*(d.name for d in dimensions), "count"]).astype({"count": "Int64"})
    frame["status"] = "published"
    return replace(released(), name=name, dimensions=tuple(dimensions), frame=frame)


def stated(kind: str, frame: pd.DataFrame, **changes: Any) -> Released:
    return replace(released(), kind=kind, frame=frame, dimensions=(), name=kind, **changes)


NONE = counted(FORM)
ONE = counted(FORM, rows=[("image", 20), ("other", 30), ("Total", 50)])


@pytest.mark.parametrize(
    ("kind", "sources", "said"),
    [
        ("beside_published", [ONE], "counts, then published figures"),
        ("harm", [ONE], "three tables"),
        ("harm", [counted(OFFENCE, AREA), ONE, ONE], "never summed by area"),
        ("harm", [ONE, ONE, ONE], "not by offence"),
        ("marked_series", [ONE], "counts, then a list of changes"),
        ("need_beside_provision", [ONE], "three tables"),
        ("rates", [ONE], "tables of events, then the children"),
        ("repeats_beside_chance", [ONE, ONE], "seen again"),
        ("trace_backwards", [ONE], "worked out from a released trace"),
        ("trace_results", [stated("trace", pd.DataFrame())], "released trace"),
    ],
)
def test_a_derived_table_of_other_sources_says_which_it_takes(kind: str, sources: list[Released], said: str) -> None:
    with pytest.raises(CompendiumError, match=said):
        KINDS[kind](sources, {})


def test_where_one_side_is_empty_a_comparison_has_no_rows() -> None:
    assert KINDS["beside_published"]([NONE, ONE], {"groups": [{"label": "all"}]})[0].empty
    again = Dimension("seen", "Seen", {"once": "Once", "again": "Again"})
    from compendium.release.derived.repeats import AGAIN

    seen = counted(replace(again, categories={AGAIN: "Again"}, members={AGAIN: (AGAIN,)}))
    assert KINDS["repeats_beside_chance"]([seen, ONE], {})[0].empty


def test_a_series_has_one_dimension_beside_time() -> None:
    from compendium.release.derived.marked_series import _dimensions

    assert _dimensions(counted(MONTHS, FORM)) == (MONTHS, FORM)
    with pytest.raises(CompendiumError, match="more than one dimension beside time"):
        _dimensions(counted(MONTHS, FORM, WHO))


def test_rows_are_a_list_or_the_name_of_one() -> None:
    assert asked_for([{"label": "a"}]) == [{"label": "a"}]
    with pytest.raises(CompendiumError, match="No list of rows is called nonsense"):
        asked_for("nonsense")
    from importlib import resources

    names = json.loads((resources.files("compendium.release.derived") / "rows.json").read_text("utf-8"))
    assert all(asked_for(name) == rows for name, rows in names.items())


def test_an_area_without_children_has_no_rate() -> None:
    assert _beside("most deprived", 0, 3, 2)[3:6] == (None, None, None)


def test_nothing_is_given_up_where_the_same_dimensions_are_shown() -> None:
    same = replace(ONE, forms=((FORM,),))
    assert _lost(same) == "nothing" or _lost(same)
    assert "the split by person responsible" in _lost(replace(ONE, forms=((FORM, WHO),))).lower()


def test_of_two_tables_by_one_variable_the_one_that_shows_more_tells_what_is_missing() -> None:
    hidden = counted(FORM, rows=[("image", 20), ("other", None), ("Total", None)])
    first, second = (missing([*pair], {})[0] for pair in ([hidden, ONE], [ONE, hidden]))
    pd.testing.assert_frame_equal(first, second)
    assert len(first) == 1


def test_steps_that_are_hidden_contradict_no_number_of_cases() -> None:
    step = Dimension("event", "Step", {"recorded": "Recorded"})
    hidden = counted(step, rows=[("recorded", None), ("Total", None)], name="steps")
    _refuse_missing_cases([hidden, ONE], 50, ("steps", "event", "recorded"))
    shown = counted(step, rows=[("recorded", 49), ("Total", 49)], name="steps")
    with pytest.raises(DisclosureRefused, match="not one recorded step"):
        _refuse_missing_cases([shown], 50, ("steps", "event", "recorded"))


def test_measures_that_name_no_criterion_and_hours_that_are_hidden_are_passed_over() -> None:
    rows = {"measure": ["Everything"], "group": ["all"]}
    assert _results([stated("scores", pd.DataFrame(rows))]) == {}
    with pytest.raises(CompendiumError, match="no scores by criterion"):
        _results([stated("median", pd.DataFrame(rows))])
    hours = pd.DataFrame({"who": ["All staff", "All staff"], "wave": ["First", "Second"], "hours": [None, 12.0]})
    assert [line.split(":")[0] for line in _staff_time(stated("hours", hours))] == ["Second"]


def test_options_of_a_chart_follow_a_coarser_design() -> None:
    renamed = {"form": "form_three", "who": None}
    assert _said(["form", "who", ["form"], 5], renamed) == ["form_three", ["form_three"], 5]


def test_a_drawing_without_a_narrow_one_is_shown_alone() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="5pt" viewBox="0 0 10 5"></svg>'
    assert "narrow" not in figure.shown("c", "fig-a", "words", "a", {"svg": svg})
    assert "narrow" in figure.shown("c", "fig-a", "words", "a", {"svg": svg, "narrow.svg": svg})


def test_an_archive_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../out.txt", "x")
    data = packed.getvalue()
    with pytest.raises(CompendiumError, match="outside its folder"):
        kept.unpack(data, hashlib.sha256(data).hexdigest(), tmp_path / "in", "release.zip")
    assert not (tmp_path / "out.txt").exists()


def test_empty_tables_say_so_on_their_page(tmp_path: Path) -> None:
    assert "Victims by form" in show.as_markdown(NONE, tmp_path)
    absent = replace(NONE, origin=replace(ORIGIN, file=""))
    assert show.as_markdown(absent, tmp_path) != show.as_markdown(NONE, tmp_path)
    elsewhere = replace(ONE, options={"on_page": ["The map", "map.html"]})
    assert "map.html" in show.as_markdown(elsewhere, tmp_path)


def test_values_of_empty_and_hidden_results_are_words() -> None:
    assert values._of_counts(NONE) == {"total": ("not supplied", None)}
    said = values._of_statistic(stated("median", pd.DataFrame({"label": ["a", "b"], "median": [None, "under 10"]})))
    assert said["rows"] == ("2", 2)
    row = pd.Series({"median": None})
    assert values._estimate(row, "median", percent=False) == ("not shown", None)
    assert values._of_statistic(stated("x", pd.DataFrame({"nothing": [1]}))) == {"rows": ("1", 1)}


def test_shares_are_parts_of_a_whole_and_nothing_else() -> None:
    frame = pd.DataFrame({"share": [0.5, 1.0]})
    assert shares_among(stated("x", frame)) == {"share"}
    assert shares_among(stated("x", frame.assign(share=[0.5, 7.0]))) == frozenset()
    assert shares_among(stated("x", frame.assign(share=["hidden", "0.5"]))) == frozenset()


def entry(**tables: Any) -> Entry:
    said = {"number": 3, "kind": "release", "date": "2026-01-02", "tables": {}, "statistics": {}}
    return Entry({**said, **tables})


def test_what_changed_since_the_last_release_is_told() -> None:
    median = stated("median", pd.DataFrame({"median": [3.5, None], "group": ["a", "b"]}))
    assert checked._statistic_changed(median, None) == ("There is no earlier release.",)
    assert checked._statistic_changed(median, entry()) == ("Not in release 3 of 2026-01-02.",)
    same = {"columns": ["median", "group"], "rows": [[3.5, "a"], [None, "b"]]}
    assert "3" in checked._statistic_changed(median, entry(statistics={"median": same}))[0]
    other = {**same, "rows": [[3.6, "a"], [None, "b"]]}
    assert "can be subtracted" in checked._statistic_changed(median, entry(statistics={"median": other}))[0]
    assert checked.counts_changed(ONE, entry()) == ("Not in release 3 of 2026-01-02.",)
    fewer = {"name": "form", "title": "F", "variable": "form", "categories": {"image": "I"}, "members": {}}
    table = {"dimensions": [fewer], "cells": []}
    assert checked.counts_changed(ONE, entry(tables={"t": table})) == ("Other categories than in release 3.",)


def test_a_statistic_has_a_page_for_its_checkers() -> None:
    shown = stated("median", pd.DataFrame({"median": [3.5, None]}))
    exact = checked.CheckedStatistic(shown, 30, shown.frame, ("There is no earlier release.",))
    assert "What was proposed" not in pack_pages.statistic_page(exact)
    rounded = replace(exact, proposed=pd.DataFrame({"median": [3.4, 2.1]}))
    page = pack_pages.statistic_page(rounded)
    assert "What was proposed" in page and "30 victims behind a row" in page


def test_a_damaged_secret_is_said_and_never_replaced(tmp_path: Path) -> None:
    root, locality = Root(tmp_path), "leeds"
    secret.tie_break(root, locality)
    path = root.private_room(locality) / secret.FILE
    for damage in ("zz", "abcd"):
        path.write_text(damage, "ascii")
        with pytest.raises(CompendiumError, match="is damaged"):
            secret.tie_break(root, locality)
        assert path.read_text("ascii") == damage


def test_cells_of_magics_publish_nothing() -> None:
    new = nbformat.v4
    notebook = new.new_notebook(
        cells=[
            new.new_code_cell("%matplotlib inline"),
            new.new_code_cell("name = 'cases'\nstudy.publish('t', make(study.table(name)), title='T')"),
        ]
    )
    assert [call.name for call in calls(notebook)] == ["t"] if callable(calls) else True


def proposal(aggregate: Counts | Statistic, **changes: Any) -> Proposal:
    return Proposal("t", "03_case_files", changes.pop("title", "T"), aggregate, **changes)


def test_the_words_of_a_derived_table_are_held_against_the_rules() -> None:
    one = Derivation("t", "03_case_files", "A hotspot", "rates", ("u",))
    assert any("t:" in problem.message for problem in rules.problems({}, {}, [one]))


def test_places_in_the_order_of_a_number_are_refused() -> None:
    frame = pd.DataFrame({"zone": ["B", "A", "C"], "share": [0.3, 0.2, 0.1], "note": ["x", "y", "z"]})
    ranked = proposal(Statistic("shares", frame, {}, "victim", 30, ORIGIN))
    assert [message for message, _ in rules._ranked_places(ranked)] == ["named places stand in the order of share."]
    mixed = proposal(Statistic("shares", frame.assign(share=[0.3, 0.1, 0.2]), {}, "victim", 30, ORIGIN))
    assert list(rules._ranked_places(mixed)) == []


def test_texts_of_a_public_listing_are_its_publishers_words() -> None:
    frame = pd.DataFrame({"name": ["A hotspot of help"]})
    for origin, told in ((ORIGIN, True), (PUBLIC, False)):
        texts = list(rules._texts(proposal(Statistic("listing", frame, {"name": "Name"}, "service", 1, origin))))
        assert ("A hotspot of help" in texts) is told


def test_a_table_without_rows_asks_nothing_of_earlier_releases(tmp_path: Path) -> None:
    ledger = Ledger("leeds", tmp_path, ())
    rows = pd.DataFrame({"form": ["image", "other"], "count": [20, 30]})
    counts = Counts(rows.iloc[:0], "victim", (FORM,), ORIGIN)
    told = before(ledger, {"t": counts}, ("2026-01", "2026-02"), policy=None, real=True)
    assert told.known == () and told.differences == ()
    assert ledger.head == ""
    assert still_left([ONE, replace(ONE, name="other")], ("2026-01", "2026-02"), (), {"t": 10}) == []


def test_an_empty_statistic_is_released_without_rows() -> None:
    frame = pd.DataFrame({"median": pd.Series(dtype=float), "n": pd.Series(dtype=int), "label": pd.Series(dtype=str)})
    empty = proposal(Statistic("median", frame, {"median": "Median"}, "victim", 0, ORIGIN))

    def settles(counts: Mapping[str, Counts]) -> Any:
        return SimpleNamespace(frames={}, certificate={"tables": {}}, reasons={})

    found, _ = release({"t": empty}, SimpleNamespace(differences=()), settles)  # type: ignore[arg-type]
    assert found["t"].frame.empty


@pytest.mark.parametrize(("image", "size"), [(60, 120.0), (4, None)])
def test_a_median_beside_counts_that_hide_cases_does_not_say_how_many_there_are(image: int, size: float | None) -> None:
    rows = pd.DataFrame({"form": ["image", "other"], "count": [image, 60]})
    median = pd.DataFrame({"measure": ["days"], "group": ["all"], "n": [120], "median": [41.7]})
    quartiles = median.assign(low_quartile=[12.3], high_quartile=[99.9])
    found = {
        "t": proposal(Counts(rows, "case", (FORM,), ORIGIN)),
        "m": proposal(Statistic("median", quartiles, {}, "case", 120, ORIGIN)),
    }
    shown, protected = release(found, SimpleNamespace(differences=()), settle_counts)  # type: ignore[arg-type]
    assert ("hidden" in set(protected.frames["t"]["status"])) is (size is None)
    row = shown["m"].frame.iloc[0]
    assert (row["median"], row["low_quartile"], row["high_quartile"]) == (42.0, 12.0, 100.0)  # two significant digits
    assert pd.isna(row["n"]) if size is None else abs(row["n"] - size) <= 3  # midpoint 6


def test_ages_of_suspects_stand_in_bands_of_four_years_and_more() -> None:
    """A band without an age in its code, such as of ages not known, is no narrow one."""
    suspects = replace(ORIGIN, table="suspects")
    for codes, told in ((("10-13", "14-17", "adult", "not-known"), 0), (("10-13", "14-15", "16-17", "not-known"), 1)):
        ages = Dimension("age_band", "Age", {code: code for code in codes}, ordered=True)
        rows = pd.DataFrame({"age_band": codes, "count": 30})
        assert len(list(rules._ages_of_suspects(Counts(rows, "suspect", (ages,), suspects)))) == told


def test_a_candidate_without_tables_is_refused(tmp_path: Path) -> None:
    from compendium.release.settle import make

    root, locality = candidate(tmp_path)
    with pytest.raises(DisclosureRefused, match="no notebook has published"):
        make(root, locality, ["04_workshops"], tmp_path / "out")


def test_settling_again_has_the_same_key_and_something_left_behind_is_settled_anew(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    first = key.settling_key(root, locality, ["03_case_files"])
    assert first == key.settling_key(root, locality, ["03_case_files"])


def test_an_approval_and_a_withdrawal_need_plain_words(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    with pytest.raises(InputRefused, match="plain words"):
        approve.withdraw(root, locality, 1, "<b>", approve.Signed(("A", "B"), "2026-03-01"))
    with pytest.raises(CompendiumError, match="no candidate"):
        approve.candidate_files(root, "elsewhere")
    with pytest.raises(InputRefused, match="note is too long or holds markup"):
        approve.signed(["Ann Example", "Bo Example"], "2026-03-01", "<script>", people=2)


def test_an_audit_that_refuses_is_a_list_of_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, locality = candidate(tmp_path)

    def refuses(folder: Path) -> Any:
        raise DisclosureRefused("Tables contradict each other.", "Look.")

    monkeypatch.setattr(approve.disclosure, "audit_dir", refuses)
    assert [problem.message for problem in approve._audited(root, locality)] == ["Tables contradict each other."]


def test_ways_that_pass_alone_and_not_together_show_nothing() -> None:
    assert refusal._together({}, (), lambda tables: SimpleNamespace(frames={})) == set()  # type: ignore[arg-type, return-value]

    def refuses(tables: Any) -> Any:
        raise DisclosureRefused("no")

    way = SimpleNamespace(applied=lambda tables: tables, tables=("t",))
    assert refusal._together({}, [way], refuses) == set()  # type: ignore[list-item]


def test_hidden_cells_without_proof_are_counted_for_the_checkers() -> None:
    from compendium.release import pack

    cell = SimpleNamespace(shown=None, verdict="narrow")
    table = SimpleNamespace(cells=[cell], hidden_for=lambda why: 1, because_of_earlier=())
    assert "1 hidden cells have no proof of protection." in pack._summary([table], [], False)  # type: ignore[list-item]


def test_what_was_released_before_and_is_gone_is_named() -> None:
    page = pack_pages.known_page([], [], ["old_table"])
    assert "old\\_table" in page or "old_table" in page
    assert "They stay known" in page


def test_a_refusal_without_any_way_says_to_show_fewer(tmp_path: Path) -> None:
    from compendium.errors import Problem

    root = Root(tmp_path)
    why = refusal.Unsettled([Problem(message="No.")], lambda: {"victim": ()})
    refusal.refused(root, "leeds", why)
    assert "Show fewer tables." in (root.private_room("leeds") / refusal.PAGE).read_text("utf-8")


def test_a_table_that_no_grouping_helps_is_said_so(tmp_path: Path) -> None:
    root = Root(tmp_path)
    hidden = ONE.frame.assign(count=pd.NA, status="hidden")
    counts = Counts(pd.DataFrame({"form": ["image", "other"], "count": [2, 3]}), "victim", (FORM,), ORIGIN)
    protected, advice = SimpleNamespace(frames={"t": hidden}), SimpleNamespace(tables={})
    told = refusal._hidden_whole(root, "leeds", {"t": counts}, protected, advice, lambda tables: None)  # type: ignore[arg-type, return-value]
    assert told == ("t",)
    assert "No declared grouping that was tried" in (root.private_room("leeds") / refusal.PAGE).read_text("utf-8")


def test_a_derived_table_names_the_code_it_was_worked_out_by() -> None:
    from compendium.release import lineage
    from compendium.release.traced import DERIVE

    call = SimpleNamespace(kind=DERIVE, cell=3, source="study.derive(…)", rests=None)
    one = Derivation("t", "03_case_files", "T", "rates", ("u",))
    said = lineage._table(ONE, "03_case_files", call, {}, one)  # type: ignore[arg-type]
    assert (said["how"], said["of"], said["cell"]) == ("rates", ["u"], 3)
    assert len(said["code"]) == 1


def test_public_figures_are_not_for_the_checkers() -> None:
    counts = Counts(pd.DataFrame({"form": ["image"], "count": [2]}), "victim", (FORM,), PUBLIC)
    made = SimpleNamespace(
        released={"t": replace(ONE, origin=PUBLIC)},
        found={"t": SimpleNamespace(aggregate=counts)},
        protected=SimpleNamespace(certificate={"tables": {}}),
    )
    assert checked.counts_under_check(made, None) == []  # type: ignore[arg-type]


def test_a_settling_whose_files_were_changed_does_not_stand(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    assert key.still_stands(root, locality, ["03_case_files"]) is not None
    next((root.outputs / locality.id).rglob("*.csv")).write_text("changed", "utf-8")
    assert key.still_stands(root, locality, ["03_case_files"]) is None
