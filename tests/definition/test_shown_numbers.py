"""Two numbers that differ are written so that they differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conv2d_conformance.definition.shown_numbers import tell_apart


@pytest.mark.parametrize(
    ("expected", "got", "rest", "written"),
    [
        (3.0, 4.0, 0.0, ("3", "4")),
        (7.268788030e17, 7.268788031e17, 0.0, ("7.26878803e+17", "7.268788031e+17")),
        (1.0, 1.0 + 2**-52, 0.0, ("1", "1.0000000000000002")),
        (2.0**53, np.int64(2**53 + 1), 0.0, ("9007199254740992", "9007199254740993")),
        (2.0**53, np.int64(2**53), 1.0, ("9007199254740993", "9007199254740992")),
        (0.5, np.float32("nan"), 0.0, ("0.5", "nan")),
        (-66.0, np.complex64(-66 + 1j), 0.0, ("-66", "-66+1j")),
    ],
)
def test_as_many_digits_are_written_as_tell_two_numbers_apart(
    expected: float, got: Any, rest: float, written: tuple[str, str]
) -> None:
    assert tell_apart(expected, got, rest) == written
