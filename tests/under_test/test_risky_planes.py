"""A plane that may end the process is computed in the worker: its crash costs one record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.cases.case import Case
from conv2d_conformance.errors import ExitedError
from conv2d_conformance.runtime.in_process import InProcessRunner
from conv2d_conformance.runtime.runner_pool import RunnerPool
from conv2d_conformance.under_test.backend import BackendUnderTest
from conv2d_conformance.under_test.factory import load
from tests.helpers.judge_mutant import check_named
from tests.helpers.planted_versions import SOURCE
from tests.mutants import direct
from tests.mutants.planes import Plane
from tests.mutants.table import EXACT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conv2d_conformance.definition.correlation import Array

LARGER = Case((3, 4), (5, 6))
ABORT = """
    if img.shape == (3, 4) and k.shape == (5, 6):
        os.abort()
    require(img, k, padding)
"""
ABORTING = SOURCE.replace("\n    require(img, k, padding)\n", ABORT, 1)


def adapter(marker: int) -> Plane:
    """Gives a result that says where it was computed."""

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        return np.full_like(direct.conv2d(img, k, padding), marker)

    return Plane(conv2d, "direct", compiles=False)


@pytest.mark.parametrize(
    ("image", "kernel", "where"),
    [
        ((5, 6), (3, 3), "here"),
        ((5, 6), (5, 6), "here"),
        ((5, 6), (6, 3), "apart"),
        ((5, 6), (3, 7), "apart"),
        ((3, 4), (5, 6), "apart"),
    ],
)
def test_a_kernel_larger_than_the_image_is_called_with_apart(
    image: tuple[int, int], kernel: tuple[int, int], where: str
) -> None:
    places = {"here": 1, "apart": 2}
    subject = BackendUnderTest(
        adapter(places["here"]), apart=lambda: InProcessRunner(adapter(places["apart"]), 2)
    )
    assert subject.run(Case(image, kernel))[0, 0] == places[where]
    assert len(subject.calls) == 1


@pytest.fixture
def aborting(tmp_path: Path) -> Iterator[BackendUnderTest]:
    """A call that ends its process on one shape, loaded in this process."""
    (tmp_path / "aborting.py").write_text(ABORTING, "utf-8")
    pool = RunnerPool(trusting=True)
    yield load(pool, f"{tmp_path / 'aborting.py'}:conv2d")
    pool.stop()


@pytest.mark.slow
def test_a_call_that_ends_its_process_on_a_larger_kernel_costs_one_record(
    aborting: BackendUnderTest,
) -> None:
    with pytest.raises(ExitedError, match="SIGABRT"):
        check_named(EXACT).run(aborting, LARGER)
    check_named(EXACT).run(aborting, Case((6, 7), (3, 3)))
