"""Runs that share a folder of locks: few work at once, and one times when no other one works."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.runtime.timing_turns import TimingTurns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# For a thread to come as far as it can; in seconds.
SHORT, LONG = 0.8, 20.0


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[tuple[TimingTurns, TimingTurns]]:
    both = TimingTurns(tmp_path, print, 2, 1), TimingTurns(tmp_path, print, 2, 2)
    yield both
    for run in both:
        run.end_work()


def in_a_thread(body: Callable[[], None]) -> Thread:
    thread = Thread(target=body, daemon=True)
    thread.start()
    return thread


def time_alone(run: TimingTurns, timed: Event) -> Thread:
    def body() -> None:
        with run.alone():
            timed.set()

    return in_a_thread(body)


def begin(run: TimingTurns, begun: Event) -> Thread:
    def body() -> None:
        run.begin_work()
        begun.set()

    return in_a_thread(body)


def test_as_many_runs_work_at_once_as_there_are_slots(
    runs: tuple[TimingTurns, TimingTurns], tmp_path: Path
) -> None:
    for run in runs:
        run.begin_work()
    third = TimingTurns(tmp_path, print, 2)
    begun = Event()
    begin(third, begun)
    early = begun.wait(SHORT)
    runs[0].end_work()
    assert (early, begun.wait(LONG)) == (False, True)
    third.end_work()


def test_the_run_with_the_lower_place_begins_first(
    runs: tuple[TimingTurns, TimingTurns], tmp_path: Path
) -> None:
    busy = [TimingTurns(tmp_path, print, 2) for _ in range(2)]
    for run in busy:
        run.begin_work()
    first, second = Event(), Event()
    begin(runs[1], second)
    wait_for_waiting_runs(tmp_path, 1)
    begin(runs[0], first)
    wait_for_waiting_runs(tmp_path, 2)
    busy[0].end_work()
    assert first.wait(LONG)
    assert not second.wait(SHORT)
    busy[1].end_work()
    assert second.wait(LONG)


def wait_for_waiting_runs(folder: Path, number: int) -> None:
    ends = time.monotonic() + LONG
    while len(list(folder.glob("*.waiting.lock"))) != number:
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_run_is_timed_after_the_work_of_the_others(
    runs: tuple[TimingTurns, TimingTurns],
) -> None:
    first, second = runs
    first.begin_work()
    second.begin_work()
    timed = Event()
    waiting = time_alone(first, timed)
    early = timed.wait(SHORT)
    second.end_work()
    waiting.join(LONG)
    assert (early, timed.is_set()) == (False, True)


def test_a_run_begins_when_the_timings_are_taken(runs: tuple[TimingTurns, TimingTurns]) -> None:
    first, second = runs
    first.begin_work()
    with ExitStack() as alone:
        alone.enter_context(first.alone())
        begun = Event()
        begin(second, begun)
        early = begun.wait(SHORT)
    assert (early, begun.wait(LONG)) == (False, True)


def test_a_run_that_waits_for_a_slot_works_before_one_is_timed(
    runs: tuple[TimingTurns, TimingTurns], tmp_path: Path
) -> None:
    first, second = runs
    other = TimingTurns(tmp_path, print, 2)
    first.begin_work()
    other.begin_work()
    begun, timed = Event(), Event()
    begin(second, begun)
    wait_for_waiting_runs(tmp_path, 1)
    waiting = time_alone(first, timed)
    assert begun.wait(LONG)
    other.end_work()
    early = timed.wait(SHORT)
    second.end_work()
    waiting.join(LONG)
    assert (early, timed.is_set()) == (False, True)


def test_two_runs_that_are_done_are_timed_in_turn(runs: tuple[TimingTurns, TimingTurns]) -> None:
    first, second = runs
    with first.alone():
        timed = Event()
        waiting = time_alone(second, timed)
        early = timed.wait(SHORT)
    waiting.join(LONG)
    assert (early, timed.is_set()) == (False, True)


DIES = """
import os, sys
from pathlib import Path
from conv2d_conformance.runtime.timing_turns import TimingTurns
TimingTurns(Path(sys.argv[1]), print, 2).begin_work()
os._exit(1)
"""


@pytest.mark.slow
def test_a_run_that_died_holds_nobody_up(
    runs: tuple[TimingTurns, TimingTurns], tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-c", DIES, str(tmp_path)], check=False)
    with runs[0].alone():
        assert not list(tmp_path.glob("*.waiting.lock"))
