"""A machine that is all arithmetic: processes whose timings are drawn from a seeded generator."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from conv2d_conformance.cases.case import Case


@dataclass
class Machine:
    """Noise of a round (log-normal), of a process, and of what else the machine does.

    ``drift`` is by how much everything slows down in one second; a turn is ``bursts`` of the time
    disturbed, and then takes half as long again.
    """

    seed: int = 0
    noise: float = 0.02
    spread: float = 0.0
    drift: float = 0.0
    bursts: float = 0.0
    call: float = 1e-3
    first_call: float = 1.0
    now: float = 0.0
    started: list[Simulated] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Seed the generator."""
        self.draw = random.Random(self.seed)  # noqa: S311

    def start(
        self, times: float = 1.0, only: Collection[Case] | None = None
    ) -> Callable[[], Simulated]:
        """What starts processes that take ``times`` as long, on some cases or on all."""

        def started() -> Simulated:
            process = Simulated(self, times, only, self.draw.lognormvariate(0, self.spread))
            self.started.append(process)
            return process

        return started


@dataclass
class Simulated:
    """One process: how fast it is was drawn when it started."""

    machine: Machine
    times: float
    only: Collection[Case] | None
    factor: float
    closed: bool = False
    called: set[Case] = field(default_factory=set)

    def time(self, case: Case, rounds: int, loops: int) -> list[float]:
        """Seconds per call; the machine's clock goes on by as much."""
        disturbed = 1.5 if self.machine.draw.random() < self.machine.bursts else 1.0
        return [self._round(case, disturbed, loops) for _ in range(rounds)]

    def close(self) -> None:
        """Remember it."""
        self.closed = True

    def _round(self, case: Case, disturbed: float, loops: int) -> float:
        machine = self.machine
        seconds = machine.call * self.factor * disturbed * (1 + machine.drift * machine.now)
        seconds *= machine.draw.lognormvariate(0, machine.noise)
        if self.only is None or case in self.only:
            seconds *= self.times
        if case not in self.called:
            seconds *= machine.first_call
        self.called.add(case)
        machine.now += seconds * loops
        return seconds
