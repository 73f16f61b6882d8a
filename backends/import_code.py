"""The code with which a script imports an adapter, in any folder."""

from __future__ import annotations

import sys
from pathlib import Path

from conv2d_conformance.backends.user_module import dotted_name

# One module for all runs of the snippet: a call may keep its operands.
_IMPORT_FILE = """\
import importlib.util, sys
sys.path[:0] = {folders}
if {name} not in sys.modules:
    found = importlib.util.spec_from_file_location({name}, {path})
    sys.modules[{name}] = importlib.util.module_from_spec(found)
    found.loader.exec_module(sys.modules[{name}])
module = sys.modules[{name}]
"""
_IMPORT_MODULE = """\
import importlib, sys
sys.path[:0] = {folders}
module = importlib.import_module({module})
"""
_IMPORTED = """\
import operator
found = operator.attrgetter({attr})(module)
found = vars(module).setdefault({made}, found() if isinstance(found, type) else found)
"""


def import_lines(where: str, attr: str) -> str:
    """Return lines that import a module or run a file, and set ``found`` to its ``attr``."""
    if where.endswith(".py"):
        folder, module = dotted_name(Path(where))
    else:
        folder, module = _root(where), where
    find = _IMPORT_MODULE if module else _IMPORT_FILE
    return (find + _IMPORTED).format(
        name=repr("backend_" + Path(where).stem),
        path=repr(str(Path(where).resolve())),
        folders=repr(list(dict.fromkeys(map(str, (folder, Path.cwd()))))),
        module=repr(module),
        attr=repr(attr),
        made=repr("_made_" + attr),
    )


def _root(where: str) -> Path:
    """Return the folder on ``sys.path`` from which a module was loaded, or the working folder."""
    file = getattr(sys.modules.get(where), "__file__", None)
    if file is None:
        return Path.cwd()
    up = where.count(".") + (Path(file).name == "__init__.py")
    return Path(file).resolve().parents[up]
