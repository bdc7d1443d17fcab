"""What people and programs are told while the compendium works: true counts, the cell that hangs, about how long."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compendium.cli.telling import Log, line, telling
from compendium.errors import InputRefused, Problem
from compendium.progress import Event, Piece, Progress
from compendium.progress.events import KINDS, reference

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "events.md"
LEEDS, YORK = Piece("leeds", "03_case_files"), Piece("york", "03_case_files")


class Clock:
    """Seconds that pass when told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def told(durations: Path | None = None) -> tuple[list[Event], Progress, Clock]:
    events: list[Event] = []
    clock = Clock()
    return events, Progress(events.append, durations=durations, clock=clock), clock


def run_both(progress: Progress, clock: Clock, seconds: tuple[float, float]) -> None:
    with progress.stage("notebooks", [LEEDS, YORK]):
        for piece, took in zip((LEEDS, YORK), seconds, strict=True):
            progress.begin(piece)
            progress.cell(piece, 1, 2)
            clock.now += took
            progress.end(piece)


def test_each_thing_is_told_once_in_order_and_counts_reach_their_totals() -> None:
    events, progress, clock = told()
    run_both(progress, clock, (3, 5))
    assert [event.event for event in events] == ["stage", "begin", "cell", "end", "begin", "cell", "end", "stage-end"]
    assert [event.done for event in events if event.event == "end"] == [1, 2]
    assert (events[-1].done, events[-1].of, events[-1].seconds) == (2, 2, 8)
    assert [event.seconds for event in events if event.event == "end"] == [3, 5]


def test_time_left_comes_from_the_last_run_and_from_how_much_slower_this_one_is(tmp_path: Path) -> None:
    kept = tmp_path / "durations.json"
    _, progress, clock = told(kept)
    run_both(progress, clock, (3, 5))
    events, progress, clock = told(kept)
    run_both(progress, clock, (6, 10))  # twice as slow
    left = [event.left for event in events if event.event in ("stage", "end")]
    assert left == [8, 10, 0]


def test_time_left_of_what_never_ran_is_that_of_the_same_notebook_elsewhere_or_is_not_told() -> None:
    events, progress, clock = told()
    run_both(progress, clock, (3, 5))
    assert [event.left for event in events if event.event in ("stage", "end")] == [None, 3, 0]


def test_several_workers_and_later_stages_count_for_the_time_left(tmp_path: Path) -> None:
    kept = tmp_path / "durations.json"
    kept.write_text(json.dumps({"notebooks": {LEEDS.key: 4, YORK.key: 4}, "settle": {"leeds": 10, "york": 20}}))
    events, progress, _ = told(kept)
    progress.expect("settle", [Piece("leeds"), Piece("york")])
    with progress.stage("notebooks", [LEEDS, YORK], workers=2):
        pass
    assert events[0].left == 4 + 30


def test_a_hanging_notebook_still_shows_its_cell_and_since_when() -> None:
    _, progress, clock = told()
    with progress.stage("notebooks", [LEEDS, YORK]):
        progress.begin(LEEDS)
        progress.cell(LEEDS, 4, 17)
        now = progress.snapshot()
        clock.now += 75
        assert line(now, clock.now) == "notebooks 0 of 2 · leeds 03_case_files cell 4 of 17 (75 s)"


def test_a_notebook_that_stops_is_told_with_its_cell() -> None:
    events, progress, _ = told()
    with progress.stage("notebooks", [LEEDS]):
        progress.begin(LEEDS)
        progress.cell(LEEDS, 4, 17)
        progress.end(LEEDS, "stopped")
        progress.cell(LEEDS, 5, 17)  # word that comes late is no new beginning
    (end,) = [event for event in events if event.event == "end"]
    assert (end.outcome, end.cell) == ("stopped", 4) and events[-1].event == "stage-end"


def test_durations_that_cannot_be_read_or_kept_stop_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "durations.json"
    for text in ("[1, 2", "[" * 100_000, '{"notebooks": {"leeds/03_case_files": NaN, "york/03_case_files": Infinity}}'):
        broken.write_text(text)
        events, progress, clock = told(broken)
        run_both(progress, clock, (1, 1))
        for event in events:
            json.loads(event.as_json(), parse_constant=pytest.fail)  # NaN and Infinity are no JSON
    _, progress, clock = told(tmp_path / "not_there" / "durations.json")
    run_both(progress, clock, (1, 1))
    assert not (tmp_path / "not_there").exists()


def test_a_log_has_a_line_a_stage_and_says_at_the_end_how_long_each_took(capsys: pytest.CaptureFixture[str]) -> None:
    log = Log()
    clock = Clock()
    progress = Progress(log.show, clock=clock)
    with progress.stage("check", [Piece("leeds")]):
        progress.begin(Piece("leeds"))
        progress.end(Piece("leeds"), facts={"tables": 30, "rows": 1200, "errors": 0})
    run_both(progress, clock, (30, 50))
    with progress.stage("pages"):
        for done in range(1, 34):
            progress.counted(done, 33, f"page-{done}.html")
    log.show(Event("finish", status=0, problems=0, seconds=130))
    assert capsys.readouterr().err.splitlines() == [
        "check: 1 locality, 30 tables, 1,200 rows, no errors",
        "notebooks: 2 to run",
        "pages: 33 rendered",
        "took 2 min 10 s: check 0.0 s, notebooks 80 s, pages 0.0 s",
    ]


def test_for_programs_errors_are_events_and_the_last_line_has_the_exit_status(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = Problem("cases.csv", 7, "form", "The cell is empty.", "Fill it in.")
    with pytest.raises(SystemExit) as ended, telling("check", machine=True, quiet=False):
        raise InputRefused(wrong)
    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert ended.value.code == 1
    assert [one["event"] for one in lines] == ["start", "problem", "finish"]
    assert lines[1] == {
        **{"event": "problem", "level": "error", "file": "cases.csv", "row": 7, "column": "form"},
        **{"message": "The cell is empty.", "remedy": "Fill it in."},
    }
    assert lines[2]["status"] == 1 and lines[2]["problems"] == 1


def test_a_fault_of_ours_is_told_without_its_words_which_may_hold_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, telling("run", machine=True, quiet=False):
        raise ZeroDivisionError("Ada, 7 May 2011")
    printed = capsys.readouterr()
    assert ended.value.code == 70
    assert "ZeroDivisionError" in printed.out and "Ada" not in printed.out + printed.err


def test_no_event_says_more_than_the_reference_lists() -> None:
    events, progress, clock = told()
    run_both(progress, clock, (3, 5))
    progress.note("a sentence", "leeds")
    progress.plan(LEEDS, runs=True, reason={"kind": "never run", "text": "it has not been run here yet"})
    progress.problem(Problem("x.csv", 1, message="m", locality="leeds", notebook="03", code_cell=2))
    progress.result("outputs/site/index.html")
    for event in events:
        fields = set(json.loads(event.as_json())) - {"event"}
        assert fields <= set(KINDS[event.event][1].split()), event


def test_the_reference_page_is_made_from_the_code() -> None:
    assert DOCS.read_text("utf-8").splitlines() == list(reference())
