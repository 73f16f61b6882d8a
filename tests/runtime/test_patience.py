"""A deadline follows what calls take, and a call that was not made is `NotRun`."""

from __future__ import annotations

import numpy as np
import pytest

from conv2d_conformance.errors import NotRun
from conv2d_conformance.runtime.patience import FLOOR, LEAST, LOST, TRIES, Patience

SMALL = np.ones((6, 7)), np.ones((3, 3)), "same"
LARGE = np.ones((512, 512)), np.ones((31, 31)), "same"
LAYER = np.ones((1, 64, 28, 28)), np.ones((64, 64, 3, 3)), "same"


def after(*seconds: float, compiles: bool = False) -> Patience:
    patience = Patience(60, compiles=compiles)
    for each in seconds:
        patience.learn(SMALL, each)
    return patience


@pytest.mark.parametrize(
    ("patience", "operands", "seconds"),
    [
        (after(), SMALL, 60),
        (after(0.001), SMALL, FLOOR),
        (after(0.001), LARGE, 60),
        (after(0.001), LAYER, 60),
        (after(0.001, 1.5), SMALL, 30),
        (after(9), SMALL, 60),
        (after(0.001, compiles=True), SMALL, 60),
    ],
)
def test_a_deadline_follows_what_calls_have_taken(
    patience: Patience, operands: tuple[object, ...], seconds: float
) -> None:
    assert patience.deadline(operands) == seconds


def test_a_call_that_has_hung_gets_less_and_less() -> None:
    patience, found = after(0.001), []
    for _ in range(9):
        found.append(patience.deadline(SMALL))
        patience.lose(found[-1])
    assert found == sorted(found, reverse=True)
    assert (found[0], found[-1]) == (FLOOR, LEAST)


def test_a_call_that_has_returned_is_not_given_up_after_a_few() -> None:
    patience = after(0.001)
    for _ in range(2 * TRIES):
        patience.lose(1)
    patience.require("mine")


@pytest.mark.parametrize(
    ("patience", "lost", "says"),
    [
        (after(), [1.0] * TRIES, "mine: not called, for 3 calls outran their deadline and none"),
        (after(0.001), [LOST, 1.0], "mine: not called, for 2 calls outran their deadline"),
    ],
)
def test_what_is_given_up_is_not_run(patience: Patience, lost: list[float], says: str) -> None:
    for seconds in lost:
        patience.lose(seconds)
    with pytest.raises(NotRun, match=says):
        patience.require("mine")
