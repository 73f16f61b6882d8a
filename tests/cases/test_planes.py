"""Every case has one name and one input, the same in every process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.cases import planes
from conv2d_conformance.cases.planes import Case
from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.conventions import Conventions, output_size
from conv2d_conformance.definition.correlation import correlate
from conv2d_conformance.definition.dtypes import dtype_by_name, is_float
from conv2d_conformance.runtime.time_budget import LADDER

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
RIGHT = Conventions("correlation", "zeros")
GROUPS: dict[str, tuple[Case, ...]] = {
    "integers": planes.PLAIN_CASES,
    "tails": planes.TAILS,
    "real": planes.REAL,
    "shaped": sum(planes.SHAPED.values(), ()),
    "few": planes.FEW_CASES,
    "laid-out": planes.LAID_OUT,
    "dtyped": planes.DTYPED,
    "ladder": LADDER,
}
EVERY = tuple(dict.fromkeys(case for group in GROUPS.values() for case in group))
DEFINITIONS = """
from conv2d_conformance.cases import planes as cases
for case in (*cases.INTEGERS[::7], *cases.REAL[::11], *cases.LAID_OUT):
    print(case.id, case.definition())
"""


def test_every_case_has_a_name_of_its_own_that_a_shell_leaves_alone() -> None:
    ids = [case.id for case in EVERY]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[A-Za-z0-9_.:/-]+", name)] == []


@pytest.mark.parametrize("group", GROUPS)
def test_no_group_holds_a_case_twice(group: str) -> None:
    assert len(set(GROUPS[group])) == len(GROUPS[group])


def test_every_other_group_is_made_of_the_cases_that_are_proved_to_discriminate() -> None:
    plain = {replace(case, layout="plain", only="both").id for case in EVERY}
    assert plain <= {case.id for case in (*planes.INTEGERS, *planes.REAL, *LADDER)}


def test_no_two_cases_have_the_same_definition() -> None:
    small = [case for case in EVERY if max(case.image) <= 128]
    assert len({case.definition() for case in small}) == len(small)


@pytest.mark.slow
def test_a_definition_is_the_same_in_every_process() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", DEFINITIONS],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(printed) == 1


def test_a_case_gives_new_arrays_at_each_call() -> None:
    case = planes.FEW_CASES[0]
    one, other = case.arrays(), case.arrays()
    assert not any(np.shares_memory(a, b) for a, b in zip(one, other, strict=True))


KEPT = [case for case in planes.LAID_OUT if case.layout != "repeated"]


@pytest.mark.parametrize("case", [*planes.FEW_CASES, *KEPT], ids=lambda case: case.id)
def test_a_layout_changes_the_memory_and_not_the_values(case: Case) -> None:
    plain = Case(case.image, case.kernel, case.padding, case.dtype, case.family)
    for laid_out, a in zip(case.arrays(), plain.arrays(), strict=True):
        np.testing.assert_array_equal(laid_out, a)


def test_rows_that_share_their_memory_are_all_the_first() -> None:
    (case,) = {case.layout: case for case in planes.LAID_OUT if case not in KEPT}.values()
    img, k = case.arrays()
    assert (img.strides[0], k.flags.c_contiguous) == (0, True)
    np.testing.assert_array_equal(img, np.tile(img[0], (case.image[0], 1)))


@pytest.mark.parametrize("operand", planes.ONE)
def test_one_operand_alone_is_laid_out(operand: planes.Operand) -> None:
    case = replace(planes.FEW_CASES[0], layout="fortran", only=operand)
    packed = [a.flags.c_contiguous for a in case.arrays()]
    assert packed == [operand == "kernel", operand == "image"]


@pytest.mark.parametrize("layout", planes.MEMORY_LAYOUTS)
def test_each_layout_is_what_it_is_called(layout: planes.MemoryLayout) -> None:
    a = planes.with_memory_layout(np.arange(12, dtype=np.float32).reshape(3, 4), layout)
    traits = {
        "reversed": max(a.strides) < 0,
        "strided": min(a.strides) > a.itemsize,
        "fortran": a.flags.f_contiguous and not a.flags.c_contiguous,
        "read-only": not a.flags.writeable,
        "big-endian": a.dtype.str == ">f4",
    }
    assert [name for name, holds in traits.items() if holds] == [layout]


def aspects(case: Case) -> dict[str, object]:
    return {
        "shape": (case.image, case.kernel),
        "padding": case.padding,
        "dtype": case.dtype,
        "family": case.family,
    }


def pairs(group: tuple[Case, ...]) -> Iterator[tuple[object, ...]]:
    for case in group:
        yield from combinations(aspects(case).items(), 2)


@pytest.mark.parametrize("group", ["integers", "real"])
def test_the_covering_cases_hold_every_pair_that_all_cases_hold(group: str) -> None:
    covering = tuple(case for case in GROUPS[group] if case.covering)
    assert set(pairs(GROUPS[group])) == set(pairs(covering))


@pytest.mark.parametrize("aspect", ["shape", "padding", "dtype"])
def test_the_covering_tails_hold_each_shape_padding_and_dtype(aspect: str) -> None:
    covering = {aspects(case)[aspect] for case in planes.TAILS if case.covering}
    assert covering == {aspects(case)[aspect] for case in planes.TAILS}


@pytest.mark.parametrize("group", ["integers", "real", "tails"])
def test_the_covering_cases_are_no_more_than_half(group: str) -> None:
    assert 2 * sum(case.covering for case in GROUPS[group]) <= len(GROUPS[group])


@pytest.mark.parametrize("case", planes.INTEGERS, ids=lambda case: case.id)
def test_every_partial_sum_of_integers_is_exact_in_the_dtype(case: Case) -> None:
    img, k = case.arrays()
    size = output_size(case.padding, case.image, case.kernel)
    exact = correlate(img, k, before=RIGHT.before(case.padding, case.kernel), size=size)
    dtype = dtype_by_name(case.dtype)
    limit = 1 / error_bounds.unit_roundoff(dtype) if is_float(dtype) else np.iinfo(dtype).max
    assert exact.scale.max() <= limit
