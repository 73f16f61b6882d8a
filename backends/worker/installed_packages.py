"""Lists the distributions that are installed.

Runs unchanged on Python 3.7 with numpy 1.16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Iterator


# The same framework, built without CUDA.
BUILDS = {"tensorflow-cpu": "tensorflow"}


def installed() -> dict[str, str]:
    """Return the version of every installed distribution, by normalised name."""
    found = {name.lower().replace("_", "-"): version for name, version in _distributions()}
    for build, name in BUILDS.items():
        if build in found:
            found.setdefault(name, found[build])
    return dict(sorted(found.items()))


def _distributions() -> Iterator[tuple[str, str]]:
    try:
        from importlib import metadata
    except ImportError:  # Python 3.7
        import pkg_resources  # comes with every Python that old

        for each in pkg_resources.working_set:
            yield each.project_name, each.version
        return
    for found in metadata.distributions():
        yield found.metadata["Name"] or "", found.version
