"""The benchmarks can be believed: ways take turns, peaks count what is started, RESULTS.md says what it is about."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import harness, peers, results
from benchmarks.harness import Goal, Record, Table, Taken, Timing, Way


def test_ways_take_turns_and_each_round_begins_elsewhere() -> None:
    ran: list[str] = []
    ways = [Way(name, lambda name=name: ran.append(name), before=lambda: ran.append("-")) for name in "abc"]
    timings = harness.in_turns(ways, pairs=2, warm_up=False)
    assert "".join(ran) == "-a-b-c-b-c-a"
    assert [len(timing.seconds) for timing in timings.values()] == [2, 2, 2]


def test_what_comes_before_a_way_is_not_timed_and_its_answer_is_kept() -> None:
    way = Way("way", lambda: 7, before=lambda: time.sleep(0.05))
    timing = harness.in_turns([way], pairs=1, warm_up=False)["way"]
    assert timing.median < 0.04 and timing.found == 7


def test_a_way_in_another_interpreter_looks_at_the_clock_itself() -> None:
    timing = harness.in_turns([Way("way", lambda: Taken(3.0, "found", 12.0))], pairs=1, warm_up=False)["way"]
    assert (timing.median, timing.found, timing.peak_mb) == (3.0, "found", 12.0)


def test_ratios_are_of_medians() -> None:
    slow, fast = Timing("slow", (9.0, 1.0, 4.0)), Timing("fast", (2.0, 1.0, 100.0))
    assert slow.times(fast) == 2.0
    table = harness.times_table({"slow": slow, "fast": fast}, "fast").text()
    assert "| slow | 4 | 1 to 9 | 2.00 |" in table and "times fast" in table


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is looked at in /proc")
def test_the_peak_counts_what_a_command_needs() -> None:
    command = [sys.executable, "-c", "import time; held = bytearray(60_000_000); time.sleep(0.3)"]
    assert 50 < harness.peak(Way("eats", lambda: harness.call(command))) < 110


def test_a_command_that_fails_stops_the_benchmark_with_what_it_said() -> None:
    with pytest.raises(SystemExit, match="wrong here"):
        harness.call([sys.executable, "-c", "raise SystemExit('wrong here')"])


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        (Goal("times faster", 12.0, at_least=10), "**Reached**: times faster; goal at least 10, measured 12."),
        (Goal("times faster", 9.99, at_least=10), "**Not reached**"),
        (Goal("seconds", 0.4, at_most=0.4), "**Reached**"),
        (Goal("seconds", 0.41, at_most=0.4), "**Not reached**: seconds; goal at most 0.4, measured 0.41."),
        (Goal("times doit", None, at_least=1), "**Not measured**"),
    ],
)
def test_a_goal_says_whether_it_is_reached(goal: Goal, said: str) -> None:
    assert said in goal.text()


def test_a_benchmark_that_ran_again_takes_the_place_of_its_old_section(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    file.write_text("## `gone`\n\nA benchmark that is no more.\n", "utf-8")
    for name, claim in (("forces", "old"), ("pools", "kept"), ("forces", "new")):
        results.write(name, "What it is.\n\nMore.", [Record(claim, [Table(["n"], [[1]])])], "2026-11-23", file)
    found = results.sections(file.read_text("utf-8"))
    assert list(found) == results.scripts()
    assert "old" not in found["forces"] and "new" in found["forces"] and "kept" in found["pools"]
    assert "2026-11-23" in found["forces"] and "cores" in found["forces"]
    assert "Not measured yet" in found["services"]


def test_results_are_there_for_every_benchmark_and_for_none_that_is_gone() -> None:
    assert list(results.sections(results.FILE.read_text("utf-8"))) == results.scripts()


def test_every_peer_is_locked_with_hashes() -> None:
    lock = peers.LOCK.read_text("utf-8")
    assert [name for name in peers.names() if f"\n{name}==" not in f"\n{lock}"] == []
    assert lock.count("==") <= lock.count("--hash=sha256:")


def test_a_script_by_itself_prints_what_it_came_to(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def records(asked: argparse.Namespace) -> Iterator[Record]:
        yield Record(f"{asked.pairs} rounds", goals=[Goal("times", 2.0, at_most=1.0)], stands_in_the_way="this.")

    monkeypatch.setattr(sys, "argv", ["script", "--pairs", "3"])
    harness.main("What it is.", records)
    said = capsys.readouterr().out
    assert "3 rounds" in said and "What stands in the way: this." in said and "Measured on" in said
