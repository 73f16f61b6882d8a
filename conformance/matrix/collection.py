"""Makes pytest collect the checks as modules of the installed package, in any folder.

pytest itself imports a test by the folders around it. In a checkout the package would be
``conformance``, and its parent folder would come first on ``sys.path``. The user's own packages
``conformance``, ``backends`` or ``reports`` could then not be imported.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.matrix.check_ids import path_in_package

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = __name__.partition(".")[0]


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect folders of the package without importing them; a `pytest.Package` would import."""
    return None if path_in_package(path) is None else pytest.Dir.from_parent(parent, path=path)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Import a module of checks by its name in the package."""
    within = path_in_package(module_path)
    if within is None:
        return None
    module: pytest.Module = pytest.Module.from_parent(parent, path=module_path)
    module.obj = importlib.import_module(".".join((PACKAGE, *within.with_suffix("").parts)))
    return module
