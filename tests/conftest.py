"""A test that is not marked slow starts no process and loads no framework."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

STARTING = {"os.exec", "os.fork", "os.posix_spawn", "os.system", "subprocess.Popen"}
FRAMEWORKS = {"jax", "keras", "tensorflow", "torch"}


class Guard:
    """Watches what a test starts; Python has no way to take an audit hook off again."""

    def __init__(self) -> None:
        self.watches = False
        sys.addaudithook(self.refuse)

    def refuse(self, event: str, args: Iterable[object]) -> None:
        """Fail the test that runs."""
        if not self.watches:
            return
        loads = event == "import" and next(iter(args)) in FRAMEWORKS
        if event in STARTING or loads:
            what = "loads a framework" if loads else "starts a process"
            pytest.fail(f"a test that {what} must be marked slow", pytrace=False)


GUARD = Guard()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Watch a test with its fixtures."""
    GUARD.watches = item.get_closest_marker("slow") is None
    try:
        return (yield)
    finally:
        GUARD.watches = False
