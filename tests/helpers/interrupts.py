"""Lets a process that is started for a test be interrupted, whoever started the tests."""

from __future__ import annotations

import signal


def interruptible() -> None:
    """A shell's background job ignores Ctrl-C, and so would every process that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
