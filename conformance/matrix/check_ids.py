"""The path of a check in the package, and its id in documents."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ROOM = Path(__file__).resolve().parents[1]
# Documents name a check by its path in a checkout.
FOLDER = "conformance"


@cache
def path_in_package(path: Path) -> Path | None:
    """Return the path of a file or folder within the package; None if it is outside."""
    found = path.resolve()
    return found.relative_to(ROOM) if found.is_relative_to(ROOM) else None


def check_id(item: pytest.Item) -> str:
    """Return the id of a check in documents: the same in a checkout and from a wheel."""
    within = path_in_package(item.path)
    node = str(item.nodeid)
    return node if within is None else f"{FOLDER}/{within.as_posix()}::{node.partition('::')[2]}"


def check_path(identifier: str) -> Path:
    """Return the file of a check, by its id."""
    return ROOM / Path(identifier.partition("::")[0]).relative_to(FOLDER)
