"""What follows a convolution is found on real layers, and the printed line gives the result."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.diagnosis import axis_layouts
from conv2d_conformance.diagnosis.diagnose import diagnose_result
from conv2d_conformance.diagnosis.post_ops import fit
from conv2d_conformance.diagnosis.precision_loss import round_to_bits
from tests.helpers.naive_planes import correlate

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.backends.protocol import Array, Pads, Pair

RNG = np.random.default_rng(14)
# As Keras has them: NHWC and HWIO.
IMAGE = RNG.standard_normal((2, 16, 20, 3)).astype(np.float32)
KERNEL = RNG.standard_normal((3, 3, 3, 4)).astype(np.float32)
BIAS = RNG.standard_normal(4)[:, None, None]
SCALE = RNG.uniform(0.5, 2, 4)[:, None, None]
SAME: Pads = ((0, 1), (0, 1))
STEPPED = "stride 2"
OWN_SCALE, OWN_BIAS = "each output scaled by a factor of its own", "a bias added to each output"
RELU = "ReLU: negative numbers are 0"


def first(image: Array) -> Array:
    return np.ascontiguousarray(image.transpose(0, 3, 1, 2))


X, W = first(IMAGE), np.ascontiguousarray(KERNEL.transpose(3, 2, 0, 1))


def layer(
    image: Array = X,
    kernel: Array = W,
    pads: Pads = SAME,
    stride: Pair = (2, 2),
    groups: int = 1,
) -> Array:
    x, w = image.astype(np.float64), kernel.astype(np.float64)
    return correlate(x, w, list(pads), stride, (1, 1), groups)


def relu(y: Array) -> Array:
    return np.maximum(y, 0)


FLIPPED = KERNEL[::-1, ::-1].transpose(3, 2, 0, 1)
Y = layer()
PLANTED: dict[str, tuple[Array, list[str]]] = {
    "nothing": (Y, []),
    "a constant": (Y + 0.5, ["a constant 0.5 added"]),
    "a bias": (Y + BIAS, [OWN_BIAS]),
    "a batch norm": (Y * SCALE + BIAS, [OWN_SCALE, OWN_BIAS]),
    "normalised kernels": (Y * SCALE, [OWN_SCALE]),
    "ReLU": (relu(Y), [RELU]),
    "bias, ReLU": (relu(Y + BIAS), [OWN_BIAS, RELU]),
    "batch norm, ReLU": (relu(Y * SCALE + BIAS), [OWN_SCALE, OWN_BIAS, RELU]),
    "ReLU6": (np.clip(Y, 0, 6), ["ReLU6: clipped to 0 and 6"]),
    "bias, ReLU6": (np.clip(Y + BIAS, 0, 6), [OWN_BIAS, "ReLU6: clipped to 0 and 6"]),
    "a clip": (np.clip(Y, -1.5, 2), ["clipped below at -1.5 and above at 2"]),
    "a clip above": (np.minimum(Y, 2.5), ["clipped above at 2.5"]),
    "leaky ReLU": (np.where(Y < 0, Y / 10, Y), ["leaky ReLU: negative numbers times 0.1"]),
    "bias, leaky ReLU": (
        np.where(Y + BIAS < 0, (Y + BIAS) / 100, Y + BIAS),
        [OWN_BIAS, "leaky ReLU: negative numbers times 0.01"],
    ),
    "an absolute value": (np.abs(Y), ["absolute value taken"]),
    "an output that is always 0": (
        relu(Y + BIAS - np.array([0, 99, 0, 0])[:, None, None]),
        [OWN_BIAS, RELU],
    ),
    "kernels less their mean": (
        layer(kernel=(KERNEL - KERNEL.mean((0, 1, 2))).transpose(3, 2, 0, 1)),
        ["the kernel's mean subtracted"],
    ),
}  # fmt: skip
MISREAD: dict[str, tuple[Array, str]] = {
    "flipped": (layer(kernel=FLIPPED), "kernel rotated by 180°"),
    "as PyTorch pads": (
        layer(pads=((1, 1), (1, 1))), "same padded as with stride 1, as padding=K//2 does",
    ),
    "BGR": (layer(X[:, ::-1]), "channels in reverse"),
    "reshaped": (
        layer(IMAGE.reshape(2, 3, 16, 20)),
        "image reshaped from channels last to channels first, not transposed",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Diagnosed:
    """What is said of a result, and what the printed line gives."""

    words: list[str]
    made: Array


def diagnosed(result: Array, image: Array = IMAGE, kernel: Array = KERNEL) -> Diagnosed:
    judged = diagnose_result("result", image, kernel, result, "correlation")
    assert judged.best is not None, "none of these"
    line = judged.line(judged.best.hypothesis, judged.best.post)
    scope: dict[str, Any] = {"np": np, "image": image, "kernel": kernel}
    if "scipy" in line:
        pytest.importorskip("scipy.signal")
        scope["scipy"] = sys.modules["scipy"]
    return Diagnosed(judged.deviations(judged.best), eval(line, scope))  # noqa: S307  (the line under test)


def channels_last(y: Array) -> Array:
    return np.ascontiguousarray(y.transpose(0, 2, 3, 1)).astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_what_follows_is_named_and_its_line_gives_the_result(name: str) -> None:
    y, words = PLANTED[name]
    found = diagnosed(channels_last(y))
    assert [word for word in found.words if word != STEPPED] == words
    np.testing.assert_allclose(found.made, channels_last(y), rtol=0, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", MISREAD)
@pytest.mark.parametrize("after", [lambda y: y, lambda y: relu(y + BIAS)], ids=["bare", "ReLU"])
def test_a_misreading_is_found_below_what_follows(
    name: str, after: Callable[[Array], Array]
) -> None:
    y, word = MISREAD[name]
    found = diagnosed(channels_last(after(y)))
    assert word in found.words
    np.testing.assert_allclose(found.made, channels_last(after(y)), rtol=0, atol=1e-4)


GROUPED = RNG.standard_normal((1, 6, 12, 11)).astype(np.float32)
IN_GROUPS = RNG.standard_normal((6, 2, 3, 3)).astype(np.float32)


@pytest.mark.slow
def test_groups_are_read_from_the_shapes() -> None:
    y = layer(GROUPED, IN_GROUPS, ((1, 1), (1, 1)), (1, 1), 3).astype(np.float32)
    found = diagnosed(y, GROUPED, IN_GROUPS)
    assert found.words == []
    np.testing.assert_allclose(found.made, y, rtol=0, atol=1e-4)


@pytest.mark.slow
def test_interleaved_groups_are_named() -> None:
    apart = GROUPED.reshape(1, 2, 3, 12, 11).swapaxes(1, 2).reshape(GROUPED.shape)
    y = layer(apart, IN_GROUPS, ((1, 1), (1, 1)), (1, 1), 3).astype(np.float32)
    found = diagnosed(y, GROUPED, IN_GROUPS)
    assert found.words == ["a group reads channels that are not neighbours"]
    np.testing.assert_allclose(found.made, y, rtol=0, atol=1e-4)


@pytest.mark.slow
def test_a_depthwise_kernel_as_tensorflow_keeps_it_is_read() -> None:
    kernel = RNG.standard_normal((3, 3, 3, 2)).astype(np.float32)
    depthwise = kernel.transpose(2, 3, 0, 1).reshape(6, 1, 3, 3)
    y = channels_last(layer(kernel=depthwise, groups=3))
    found = diagnosed(y, kernel=kernel)
    assert found.words == [STEPPED]
    np.testing.assert_allclose(found.made, y, rtol=0, atol=1e-4)


PICTURE = RNG.integers(0, 256, (24, 21)).astype(np.uint8)
EDGES = RNG.standard_normal((3, 3))
FILTERED = layer(PICTURE[None, None], EDGES[None, None], ((1, 1), (1, 1)), (1, 1))[0, 0]
WHOLE: dict[str, tuple[Array, list[str]]] = {
    "saturated": (
        np.clip(np.rint(FILTERED), 0, 255).astype(np.uint8),
        ["clipped below at 0 and above at 255", "rounded to whole numbers"],
    ),
    "rounded": (np.rint(FILTERED), ["rounded to whole numbers"]),
    "cut": (np.trunc(FILTERED), ["cut to whole numbers, towards zero"]),
    "a sixteenth, rounded down": (
        np.floor(FILTERED / 16), ["scaled by 1/16", "rounded down to whole numbers"],
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers_are_explained_exactly(name: str) -> None:
    y, words = WHOLE[name]
    found = diagnosed(y, PICTURE, EDGES)
    assert found.words == words
    np.testing.assert_array_equal(found.made, y)


@pytest.mark.slow
def test_truncated_operands_are_not_a_scale() -> None:
    x, w = ((a.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32) for a in (X, W))
    found = diagnosed(channels_last(layer(x, w)))
    assert found.words == [STEPPED, "operands truncated to bfloat16"]


@pytest.mark.slow
def test_rounded_operands_are_named() -> None:
    found = diagnosed(channels_last(layer(round_to_bits(X, 8), round_to_bits(W, 8))))
    assert found.words == [STEPPED, "operands rounded to bfloat16"]


@pytest.mark.slow
def test_an_output_that_is_another_convolution_is_not_explained() -> None:
    mixed = np.where(np.arange(4)[:, None, None] == 2, layer(kernel=FLIPPED), Y)
    judged = diagnose_result("result", IMAGE, KERNEL, channels_last(relu(mixed)), "correlation")
    assert judged.best is None


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_an_honest_layer_is_never_accused(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups, read, outputs = (int(rng.integers(1, 4)) for _ in range(3))
    x = rng.standard_normal((int(rng.integers(1, 3)), groups * read, 13, 12)).astype(np.float32)
    w = rng.standard_normal((groups * outputs, read, 3, 3)).astype(np.float32)
    y = layer(x, w, ((1, 1), (1, 1)), (1, 1), groups).astype(np.float32)
    judged = diagnose_result("result", x, w, y, "correlation")
    assert judged.plain


@pytest.mark.slow
@pytest.mark.parametrize("planted", ["a bias", "ReLU", "leaky ReLU", "an absolute value"])
def test_without_the_search_for_what_follows_none_is_found(
    planted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "explain", lambda *_, **__: [])
    result = channels_last(PLANTED[planted][0])
    judged = diagnose_result("result", IMAGE, KERNEL, result, "correlation")
    assert judged.best is None


@pytest.mark.slow
def test_without_the_check_beyond_the_bounds_a_wrong_clip_would_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Elements set to the least value at random are no clip: only that check says so."""
    wrong = np.where(RNG.random(Y.shape) < 0.1, Y.min() - 1, Y)
    result = channels_last(wrong)
    assert diagnose_result("result", IMAGE, KERNEL, result, "correlation").best is None
    monkeypatch.setattr(
        fit._Activation,
        "_held",
        lambda self, *_: self.form,
    )
    assert diagnose_result("result", IMAGE, KERNEL, result, "correlation").best is not None


def test_the_kernels_mean_is_subtracted_for_each_output() -> None:
    problem = next(iter(axis_layouts.problems(IMAGE, KERNEL, channels_last(Y))))
    (changed,) = axis_layouts.kernel_changes(problem)
    np.testing.assert_allclose(changed.k.mean((1, 2, 3)), 0, atol=1e-12)
