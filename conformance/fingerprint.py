"""What a run ran on: enough to tell whether two results may be compared."""

from __future__ import annotations

import os
import platform
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

import cpuinfo

if TYPE_CHECKING:
    from reports.model import Fingerprint


def take() -> Fingerprint:
    """Interpreter, machine, threads and every installed distribution."""
    cpu = cpuinfo.get_cpu_info()
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu": str(cpu.get("brand_raw", "unknown")),
        "cpu_flags": sorted(str(flag) for flag in cpu.get("flags", ())),
        "threads": str(usable_cores()),
        "packages": installed(),
    }


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def installed() -> dict[str, str]:
    """Version of every installed distribution, by normalised name."""
    found = {d.name.lower().replace("_", "-"): d.version for d in metadata.distributions()}
    if "tensorflow-cpu" in found:  # the same framework, built without CUDA
        found.setdefault("tensorflow", found["tensorflow-cpu"])
    return dict(sorted(found.items()))
