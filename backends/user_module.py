"""Imports a user's module as Python would run it: from its own folder, then the working folder.

A file in a package (a folder with an ``__init__.py``) is imported as a module of that package,
so that its relative imports work. Any other file is run by its path.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Iterator

if TYPE_CHECKING:
    from types import ModuleType


def import_by_name(name: str) -> ModuleType:
    """Import a module by its dotted name; see `search_working_folder`."""
    search_working_folder()
    return importlib.import_module(name)


def is_there(name: str) -> bool:
    """Return whether there is a module of that dotted name; only its packages are imported."""
    search_working_folder()
    try:
        return bool(name) and importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def import_by_path(file: Path) -> ModuleType:
    """Import a file; it can import what is next to its package, or next to itself without one."""
    folder, name = dotted_name(file)
    search_working_folder()
    search_first(folder)
    # Another package of that name may be loaded already: it has another such module, or none.
    module = _import_if_there(name) if name else None
    if module is not None and Path(module.__file__ or "").resolve() == file.resolve():
        return module
    return _run_file(file)


def _import_if_there(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if not f"{name}.".startswith(f"{error.name}."):
            raise
        return None


def dotted_name(file: Path) -> tuple[Path, str]:
    """Return the folder from which Python imports a file, and its name in its package.

    The name is empty if the file is not in a package, or no import statement can name it.
    """
    packages = list(_packages(file.resolve().parent))
    if not packages or not file.stem.isidentifier():
        return file.resolve().parent, ""
    names = [folder.name for folder in reversed(packages)]
    if file.stem != "__init__":
        names.append(file.stem)
    return packages[-1].parent, ".".join(names)


def search_working_folder() -> None:
    """Put the working folder first on ``sys.path``, unless it is there.

    In a worker process it is there, and last: a checkout of a framework in the working folder is
    not what is installed for that Python.
    """
    here = Path.cwd()
    if not any(Path(entry or ".").resolve() == here.resolve() for entry in sys.path):
        search_first(here)


def search_first(folder: Path) -> None:
    """Put a folder first on ``sys.path``, as Python does with a script's folder."""
    sys.path[:] = list(dict.fromkeys([str(folder), *sys.path]))


def _packages(folder: Path) -> Iterator[Path]:
    """Yield the folder and its parents, as long as they are packages."""
    while folder.name.isidentifier() and (folder / "__init__.py").is_file():
        yield folder
        folder = folder.parent


def _run_file(file: Path) -> ModuleType:
    # Under a new name: a file ``signal.py`` must not replace Python's module.
    spec = importlib.util.spec_from_file_location("backend_" + file.stem, str(file))
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # of a file there is one
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)  # type: ignore[union-attr]  # likewise
    return module
