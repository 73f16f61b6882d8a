"""The option ``--timing-turns``: runs that are started together take turns at timing."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.console import say
from conv2d_conformance.matrix.run_accounts import WAITED, run_accounts
from conv2d_conformance.runtime.fingerprint import usable_cores
from conv2d_conformance.runtime.time_accounts import charge_shared
from conv2d_conformance.runtime.timing_turns import TimingTurns

if TYPE_CHECKING:
    from collections.abc import Generator

TURNS = pytest.StashKey[TimingTurns]()
ALONE = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("conv2d-conformance").addoption(
        "--timing-turns",
        metavar="FOLDER",
        help="for runs that are started together: before the first timing, wait for the checks of "
        "every other run with the same FOLDER, and let none begin until the timings are taken. As "
        "many of them work at once as there are cores.",
    )
    parser.getgroup("conv2d-conformance").addoption(
        "--turn-order",
        metavar="NAMES",
        default="",
        help="the environments of --timing-turns in the order in which they get a core: the "
        "longest first. Names are separated by commas or spaces.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Wait for a core, and until no other run is timing, before anything is loaded."""
    folder = session.config.getoption("timing_turns")
    # Under xdist nothing is timed, and the processes of one run would wait for each other.
    distributed = hasattr(session.config, "workerinput") or session.config.getoption("dist", "no")
    if folder and not session.config.option.collectonly and distributed in (False, "no"):
        slots, place = usable_cores(), place_of(session.config)
        turns = session.config.stash[TURNS] = TimingTurns(Path(folder), say, slots, place)
        began = perf_counter()
        turns.begin_work()
        session.config.stash[WAITED] = perf_counter() - began
        session.config.add_cleanup(turns.end_work)


def place_of(config: pytest.Config) -> int:
    """Return where the order of turns has this environment: behind all others if it does not."""
    order = config.getoption("turn_order").replace(",", " ").split()
    name = config.getoption("environment")
    return order.index(name) if name in order else len(order)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run alone from the first timing on: timings come last."""
    stash = item.config.stash
    if TURNS in stash and ALONE not in stash and item.get_closest_marker("timing"):
        stash[ALONE] = ExitStack()
        with charge_shared(run_accounts(item.config), "waiting"):
            stash[ALONE].enter_context(stash[TURNS].alone())
        item.config.add_cleanup(stash[ALONE].close)
    return (yield)
