"""What a run ran on: enough to tell whether two results may be compared."""

from __future__ import annotations

import os
import platform
from functools import cache
from typing import TYPE_CHECKING

import cpuinfo

from conv2d_conformance.backends.worker.installed_packages import installed as read

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Fingerprint
    from conv2d_conformance.runtime.in_process import Runner


def take(place: Runner | None = None) -> Fingerprint:
    """Interpreter, machine, threads and every installed distribution, there or here."""
    cpu = cpuinfo.get_cpu_info()
    return {
        "python": place.python if place else platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu": str(cpu.get("brand_raw", "unknown")),
        "cpu_flags": sorted(str(flag) for flag in cpu.get("flags", ())),
        "threads": str(usable_cores()),
        "packages": dict(place.packages) if place else installed(),
    }


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def installed() -> dict[str, str]:
    """Version of every distribution that is installed here, by normalised name."""
    return read()
