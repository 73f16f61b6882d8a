"""Finds a person's module as Python would if they ran it: beside it, then in the working folder.

A file in a package (a folder with an ``__init__.py``) is a module of that package, so that its
relative imports work; any other file is run by its path.
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
    """Import a module by its dotted name, from the working folder before any other."""
    search_first(Path.cwd())
    return importlib.import_module(name)


def import_by_path(file: Path) -> ModuleType:
    """Import a file; it finds what lies beside its package, or beside itself if it has none."""
    folder, name = dotted_name(file)
    search_first(folder, Path.cwd())
    if name:
        module = importlib.import_module(name)
        # Another package of that name may be loaded already.
        if Path(module.__file__ or "").resolve() == file.resolve():
            return module
    return _run_file(file)


def dotted_name(file: Path) -> tuple[Path, str]:
    """The folder from which Python imports a file, and its name in its package.

    The name is empty for a file that is in no package, or that no import statement can name.
    """
    packages = list(_packages(file.resolve().parent))
    if not packages or not file.stem.isidentifier():
        return file.resolve().parent, ""
    names = [folder.name for folder in reversed(packages)]
    if file.stem != "__init__":
        names.append(file.stem)
    return packages[-1].parent, ".".join(names)


def search_first(*folders: Path) -> None:
    """Put folders at the head of ``sys.path``.

    First, as Python puts a script's folder: a package of the same name may be installed.
    """
    wanted = [str(folder) for folder in folders]
    sys.path[:] = list(dict.fromkeys(wanted + sys.path))


def _packages(folder: Path) -> Iterator[Path]:
    """The folder and its parents, for as long as they are packages."""
    while folder.name.isidentifier() and (folder / "__init__.py").is_file():
        yield folder
        folder = folder.parent


def _run_file(file: Path) -> ModuleType:
    # Under a name of its own: ``signal.py`` must not stand in for Python's.
    spec = importlib.util.spec_from_file_location("backend_" + file.stem, str(file))
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # of a file there is one
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)  # type: ignore[union-attr]  # likewise
    return module
