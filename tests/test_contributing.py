"""Each walk-through of CONTRIBUTING.md works, followed to the letter in a copy of the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers.walkthrough import copy_tree, follow, steps

if TYPE_CHECKING:
    from pathlib import Path

TITLES = ("Add a backend", "Add a clause", "Add a mutant")


@pytest.mark.slow
@pytest.mark.parametrize("title", TITLES)
def test_a_walk_through_gives_what_it_says(title: str, tmp_path: Path) -> None:
    folder = copy_tree(tmp_path)
    for step in steps(title):
        printed = follow(step, folder)
        assert step.prints in printed, f"{step}\n{printed}"


@pytest.mark.parametrize("title", TITLES)
def test_a_walk_through_changes_files_and_sees_a_result(title: str) -> None:
    found = steps(title)
    assert any(step.head for step in found)
    assert [str(step) for step in found if not step.head and not step.prints] == []
