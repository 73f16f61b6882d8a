"""What `compare` says of two versions, on a machine whose noise is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.runtime.time_budget import LADDER, OverBudget
from conv2d_conformance.upgrade.compare_speed import CONFIRM, MIN_RATIO, SCREEN, compare
from conv2d_conformance.upgrade.paired_processes import PairedBenchmark, log_ratios
from conv2d_conformance.upgrade.schedule import Turns
from tests.helpers.simulated_timings import Machine, Simulated

if TYPE_CHECKING:
    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.upgrade.compare_speed import Ratio
    from conv2d_conformance.upgrade.paired_processes import Start

CASES = LADDER[:4]
GATES = 50
NOISY: dict[str, dict[str, Any]] = {
    "quiet": {},
    "processes that differ by 5 %": {"spread": 0.05},
    "bursts in every fifth turn": {"bursts": 0.2},
    "a machine that slows down by half a minute": {"drift": 0.5 / 30},
    "all of that": {"spread": 0.05, "bursts": 0.2, "drift": 0.5 / 30, "noise": 0.04},
}


def compared(machine: Machine, b: Start, budget: float = 0.5) -> list[Ratio]:
    return compare(machine.start(), b, CASES, budget=budget, progress=lambda _: None)


@pytest.mark.parametrize("noise", NOISY.values(), ids=NOISY)
def test_a_version_is_never_slower_than_itself(noise: dict[str, Any]) -> None:
    machines = [Machine(seed, **noise) for seed in range(GATES)]
    alarms = [r for m in machines for r in compared(m, m.start()) if r.confirmed]
    assert not alarms


def test_one_measurement_alone_would_raise_alarms() -> None:
    machines = [Machine(seed, spread=0.1) for seed in range(GATES)]
    ratios = [r for m in machines for r in compared(m, m.start())]
    assert [any(r.slower for r in ratios), any(r.confirmed for r in ratios)] == [True, False]


@pytest.mark.parametrize("noise", NOISY.values(), ids=NOISY)
def test_a_fifth_slower_is_found(noise: dict[str, Any]) -> None:
    machines = [Machine(seed, **noise) for seed in range(GATES)]
    found = [r.confirmed for m in machines for r in compared(m, m.start(1.2))]
    assert sum(found) > 0.9 * len(found)


def test_only_the_case_that_is_slower_is_reported() -> None:
    machine = Machine()
    ratios = compared(machine, machine.start(1.2, only=CASES[2:3]))
    assert [r.case for r in ratios if r.confirmed] == [CASES[2]]


def test_less_than_the_least_effect_is_not_reported() -> None:
    machine = Machine(noise=0.001)
    assert not any(r.slower for r in compared(machine, machine.start(1.02)))


def test_the_interval_holds_the_ratio() -> None:
    machine = Machine(spread=0.02)
    ratios = compared(machine, machine.start(1.5))
    assert all(r.low <= r.ratio <= r.high and r.low < 1.5 < r.high for r in ratios)


def test_a_first_call_that_compiles_does_not_count() -> None:
    machine = Machine(first_call=10)
    assert not any(r.slower for r in compared(machine, machine.start(), budget=2))


def log_ratio_of_drift(order: str) -> float:
    """What drift makes of equal versions: in turns, or all of A before all of B."""
    machine = Machine(noise=0, drift=10)
    a, b = machine.start()(), machine.start()()
    if order == "turns":
        return log_ratios(a, b, {CASES[0]: Turns(8, 2, 1)}, 0)[CASES[0]]
    one, other = (min(process.time(CASES[0], 32, 1)) for process in (a, b))
    return math.log(other / one)


@pytest.mark.parametrize(("order", "alarm"), [("turns", False), ("one after the other", True)])
def test_drift_is_an_alarm_unless_versions_take_turns(order: str, alarm: bool) -> None:
    assert (log_ratio_of_drift(order) > math.log(MIN_RATIO)) == alarm


class Dying(Simulated):
    """A process that ends at its tenth answer."""

    left = 10

    def time(self, case: Case, rounds: int, loops: int) -> list[float]:
        self.left -= 1
        if not self.left:
            msg = "the process ended"
            raise EOFError(msg)
        return super().time(case, rounds, loops)


def dying(machine: Machine) -> Dying:
    machine.started.append(Dying(machine, 1.0, None, 1.0))
    return machine.started[-1]  # type: ignore[return-value]


def test_a_process_that_dies_raises_and_all_are_closed() -> None:
    machine = Machine()
    with pytest.raises(EOFError, match="ended"):
        compared(machine, lambda: dying(machine))
    assert all(process.closed for process in machine.started)


def test_a_process_that_does_not_start_leaves_none_behind() -> None:
    machine = Machine()
    with pytest.raises(ZeroDivisionError):
        compared(machine, lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    assert [process.closed for process in machine.started] == [True]


def test_what_is_slower_is_measured_again_in_fresh_processes() -> None:
    machine = Machine()
    starts = iter([machine.start(1.2)] * SCREEN + [machine.start()] * CONFIRM)
    ratios = compared(machine, lambda: next(starts)())  # noqa: PLW0108
    assert [(r.slower, r.confirmed, r.pairs) for r in ratios] == [(True, False, CONFIRM)] * 4


def test_what_fresh_processes_leave_open_is_measured_in_more_of_them() -> None:
    machine = Machine()
    pairs = [machine.start()] * 4 + [machine.start(1.2)] * (2 * CONFIRM - 4)
    starts = iter([machine.start(1.2)] * SCREEN + pairs)
    ratios = compared(machine, lambda: next(starts)())  # noqa: PLW0108
    assert [(r.confirmed, r.pairs) for r in ratios] == [(True, 2 * CONFIRM)] * 4


def test_a_tenth_is_found_where_one_pair_in_six_says_otherwise() -> None:
    machines = [Machine(seed, spread=0.05) for seed in range(GATES)]
    found = [r.confirmed for m in machines for r in compared(m, m.start(1.1))]
    assert sum(found) > 0.75 * len(found)


def test_one_of_four_cases_that_is_measured_again_gets_more_than_a_quarter_of_the_time() -> None:
    machine = Machine()
    bench = PairedBenchmark(machine.start(), machine.start(), 0.1, lambda _: None)
    bench.measure(CASES, 1)
    began = machine.now
    bench.measure(CASES[:1], 1)
    assert machine.now - began > began / 2


def test_more_cases_ask_for_more_confidence() -> None:
    machine = Machine()
    a, b = machine.start(), machine.start(1.5)
    few, many = (
        compare(a, b, LADDER[:n], budget=2, progress=lambda _: None)[0].level for n in (1, 18)
    )
    assert few < many < 1


def test_a_case_that_outruns_the_budget_is_left_out_and_said_so() -> None:
    machine = Machine(call=2e-3)
    said: list[str] = []
    ratios = compare(machine.start(), machine.start(), CASES, budget=0.4, progress=said.append)
    left_out = [line.split()[2].rstrip(",") for line in said if line.startswith("left out")]
    assert sorted(left_out + [r.case.id for r in ratios]) == sorted(c.id for c in CASES)
    assert left_out


def test_a_budget_that_nothing_fits_is_refused() -> None:
    machine = Machine(call=1.0)
    with pytest.raises(OverBudget, match="no case fits"):
        compared(machine, machine.start())


def test_a_pair_keeps_its_time() -> None:
    machine = Machine(call=1e-3)
    compared(machine, machine.start(), budget=7.0)
    assert machine.now < 7.0
