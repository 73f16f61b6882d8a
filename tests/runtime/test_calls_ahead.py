"""Many calls in one message: each is as if it had been made alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.backends.worker import wire
from conv2d_conformance.checks.exhaustive import EveryImage
from conv2d_conformance.checks.registry import load_checks
from conv2d_conformance.errors import ExitedError, RaisedError
from conv2d_conformance.runtime.call_guard import GuardedBackend
from conv2d_conformance.runtime.patience import FLOOR
from conv2d_conformance.runtime.remote import RemoteRunner
from conv2d_conformance.runtime.worker_process import WorkerProcess
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.hosted_calls import answer, hosted, image
from tests.mutants.table import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# The calls of these do something odd on an image of this shape.
ODD = (9, 10)
__all__ = ["hosted"]


def operands(*images: Any) -> list[Any]:
    return [(img, np.ones((3, 3)), "same") for img in images]


def three() -> list[Any]:
    return operands(image(), np.ones(ODD), image() + 1)


def alone(backend: GuardedBackend, calls: list[Any]) -> list[Any]:
    return [answer(partial(backend.conv2d, *each)) for each in calls]


def together(backend: GuardedBackend, calls: list[Any]) -> list[Any]:
    return [answer(each.take) for each in backend.conv2d_each(calls)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["segfaults", "exits", "leaves", "floods", "forks", "raises", "chats", "stale"]
)
def test_calls_of_one_message_give_what_they_give_alone(
    hosted: Callable[..., Any], name: str
) -> None:
    one, other = GuardedBackend(hosted(name)), GuardedBackend(hosted(name))
    assert together(one, three()) == alone(other, three())


@pytest.mark.slow
def test_a_call_that_hangs_among_others_costs_itself_alone(hosted: Callable[..., Any]) -> None:
    backend = GuardedBackend(hosted("hangs", seconds=0.5))
    kinds = [found[0] for found in together(backend, three())]
    assert kinds == [np.dtype(float), "TimedOutError", np.dtype(float)]


@pytest.mark.slow
def test_what_was_called_before_one_that_ends_the_process_is_not_called_again(
    hosted: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, send, sent = GuardedBackend(hosted("segfaults")), wire.send, []

    def sending(stream: Any, head: dict[str, Any], blobs: list[bytes]) -> None:
        sent.append(head)
        send(stream, head, blobs)

    monkeypatch.setattr(wire, "send", sending)
    together(backend, operands(image(), image() + 1, np.ones(ODD)))
    assert [len(head.get("requests", [head])) for head in sent] == [3]


@pytest.mark.slow
def test_an_image_that_calls_share_is_as_the_last_one_left_it(hosted: Callable[..., Any]) -> None:
    img = image()
    made = GuardedBackend(hosted("counts")).conv2d_each(operands(img, img, image(), img))
    found = [(call.take()[0, 0], img[0, 0]) for call in made]
    assert found == [(1, 1), (2, 2), (1, 2), (3, 3)]


@pytest.mark.slow
def test_a_later_call_of_the_message_changes_an_earlier_result(hosted: Callable[..., Any]) -> None:
    first, second = GuardedBackend(hosted("stale")).conv2d_each(operands(image(), image() + 7))
    kept = first.take()
    assert np.array_equal(kept, image())
    second.take()
    assert np.array_equal(kept, image() + 7)


@pytest.mark.slow
def test_what_calls_of_one_message_print_counts_for_each_and_is_passed_on(
    hosted: Callable[..., Any], capfd: pytest.CaptureFixture[str]
) -> None:
    many = 60
    together(GuardedBackend(hosted("prints")), operands(*[image()] * many))
    assert capfd.readouterr().err == ("x" * 10**4 + "\n") * many


@pytest.mark.slow
def test_deadlines_and_accounts_learn_from_calls_of_one_message(
    hosted: Callable[..., Any],
) -> None:
    backend = GuardedBackend(hosted("stale", seconds=60))
    backend.conv2d_each(three())
    assert backend.patience.deadline(three()[0]) == FLOOR
    assert backend.cost.total > 0


ENDS_ON_ONE_SHAPE = """
import os
from conv2d_conformance.backends.adapters.textbook import Sum

def conv2d(img, k, padding):
    if (img.shape, k.shape) == ((3, 2), (4, 5)):
        ACT
    return Sum().conv2d(img, k, padding)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "error", "says"),
    [
        ("os._exit(3)", ExitedError, "ended with status 3"),
        ("raise OSError(5)", RaisedError, r"image \(3, 2\): .*1 of 36 images"),
    ],
)
def test_the_small_image_that_ends_the_process_is_the_last_recorded_call_or_named(
    tmp_path: Path, act: str, error: type[Exception], says: str
) -> None:
    (tmp_path / "calls.py").write_text(ENDS_ON_ONE_SHAPE.replace("ACT", act), "utf-8")
    place = RemoteRunner(WorkerProcess(), f"{tmp_path / 'calls.py'}:conv2d", 20)
    subject = BackendUnderTest(place)
    with pytest.raises(error, match=says):
        load_checks()[SMALL].run(subject, EveryImage((4, 5), "same"))
    place.interpreter.stop()
    ended = [call for call in subject.calls if call.result is None]
    assert error is RaisedError or ended == [subject.calls[-1]]
    assert error is RaisedError or ended[0].img.values.shape == (3, 2)
