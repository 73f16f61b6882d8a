"""Puts to accounts what a run does besides its tests: start-up, collection, and the rest."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from conv2d_conformance.matrix.plugin import BACKENDS_UNDER_TEST
from conv2d_conformance.runtime.time_accounts import charge_shared, share_out

if TYPE_CHECKING:
    from collections.abc import Generator

    from conv2d_conformance.runtime.time_accounts import TimeAccounts


def run_accounts(config: pytest.Config) -> list[TimeAccounts]:
    """The accounts of every backend of a run."""
    return [subject.cost for subject in config.stash.get(BACKENDS_UNDER_TEST, [])]


def process_age() -> float:
    """Seconds since this process began."""
    began: float = psutil.Process().create_time()
    if sys.platform == "linux":
        # There it is the whole second of the machine's start, and exact seconds from then on.
        after_boot: float = began - psutil.boot_time()
        return time.clock_gettime(time.CLOCK_BOOTTIME) - after_boot
    return time.time() - began


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Start-up is all that came before, from the start of the process."""
    every = run_accounts(session.config)
    share_out(every, "start_up", process_age())
    with charge_shared(every, "collection"):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """What no test is charged with is the suite's own."""
    with charge_shared(run_accounts(session.config), "harness"):
        return (yield)
