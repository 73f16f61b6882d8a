"""Charges what a run does in addition to its tests: start-up, collection, and the rest."""

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

# Seconds that a run waited for a core before it loaded anything.
WAITED = pytest.StashKey[float]()


def run_accounts(config: pytest.Config) -> list[TimeAccounts]:
    """Return the accounts of every backend of a run."""
    return [subject.cost for subject in config.stash.get(BACKENDS_UNDER_TEST, [])]


def process_age() -> float:
    """Return the seconds since this process began."""
    began: float = psutil.Process().create_time()
    if sys.platform == "linux":
        # On Linux the start is the boot time, a full second, plus exact seconds from then on.
        after_boot: float = began - psutil.boot_time()
        return time.clock_gettime(time.CLOCK_BOOTTIME) - after_boot
    return time.time() - began


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Charge everything before this, from the start of the process, as start-up or waiting."""
    every = run_accounts(session.config)
    waited = session.config.stash.get(WAITED, 0.0)
    share_out(every, "waiting", waited)
    share_out(every, "start_up", process_age() - waited)
    with charge_shared(every, "collection"):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Charge time outside of the tests to the suite itself."""
    with charge_shared(run_accounts(session.config), "harness"):
        return (yield)
