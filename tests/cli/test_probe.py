"""The probe reports exactly what a call does, whatever that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from conv2d_conformance.backends.find_adapter import BareFunction
from conv2d_conformance.backends.registry import load
from conv2d_conformance.probe.probe import Probe, probe
from conv2d_conformance.probe.probe_shapes import KERNELS
from tests.mutants import bad_input, direct, geometry
from tests.mutants.honest import refusing

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array, Boundary, Orientation
    from conv2d_conformance.definition.shapes import Shape
    from tests.mutants.direct import Conv2d, Mode

BEYOND: dict[Mode, Boundary] = {
    "constant": "zeros",
    "edge": "edge",
    "symmetric": "reflect",
    "reflect": "mirror",
    "wrap": "wrap",
}
ORIENTATIONS: tuple[Orientation, ...] = (
    "correlation",
    "convolution",
    "flip-rows",
    "flip-columns",
    "transposed-correlation",
    "transposed-convolution",
    "transposed-flip-rows",
    "transposed-flip-columns",
)
# Orientation and anchor as measured by running SciPy by hand; see DESIGN, "Traps".
SCIPY = {
    "scipy.signal.convolve2d": ("convolution", "lower"),
    "scipy.signal.correlate2d": ("correlation", "upper"),
    "scipy.signal.convolve-direct": ("convolution", "lower"),
    "scipy.signal.correlate-direct": ("correlation", "lower"),
    "scipy.signal.fftconvolve": ("convolution", "lower"),
}


def probed(function: Conv2d) -> Probe:
    return probe(BareFunction("mine", function))


def facts(function: Conv2d) -> dict[str, Any]:
    return probed(function).facts()


def describe(kernel: Shape) -> str:
    return f"{kernel[0]}x{kernel[1]}"


def off_centre(img: Array, k: Array, padding: str) -> Array:
    """``same`` pads one row and column too many before the image, and one too few after."""
    if padding != "same":
        return direct.conv2d(img, k, padding)
    around = [
        (before + 1, after) for before, after in direct.around((k.shape[0], k.shape[1]), padding)
    ]
    return direct.total(np.pad(img, around), k, (img.shape[0], img.shape[1]), np.ndindex(*k.shape))


def test_the_right_call_has_every_fact_of_a_plain_correlation() -> None:
    found = facts(direct.conv2d)
    expected = {
        "orientation": "correlation",
        "anchor": {"rows": "upper", "columns": "upper"},
        "boundary": "zeros",
        "consistent": True,
        "complaints": [],
        "paddings": ["same", "valid", "full"],
        "larger_kernel": "raises",
        "larger_kernel_rows": "raises",
        "larger_kernel_columns": "raises",
        "refused_kernels": {},
        "sums_exactly": True,
        "probed_with": "float32",
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_each_orientation_is_told_from_the_others(orientation: Orientation) -> None:
    found = facts(geometry.reads(orientation))
    assert (found["orientation"], found["complaints"]) == (orientation, [])


@pytest.mark.parametrize("mode", BEYOND)
def test_each_boundary_is_told_from_the_others(mode: Mode) -> None:
    found = facts(geometry.beyond(mode))
    assert (found["boundary"], found["complaints"]) == (BEYOND[mode], [])


def test_an_extra_pixel_on_the_other_side_is_the_lower_anchor() -> None:
    found = facts(geometry.lower_anchor)
    assert found["anchor"] == {"rows": "lower", "columns": "lower"}
    assert found["consistent"]


def test_the_anchor_is_told_for_each_axis() -> None:
    def mixed(img: Array, k: Array, padding: str) -> Array:
        rows, columns = direct.around((k.shape[0], k.shape[1]), padding)
        out = np.pad(img, (rows, columns[::-1]))
        size = out.shape[0] - k.shape[0] + 1, out.shape[1] - k.shape[1] + 1
        return direct.total(out, k, size, np.ndindex(*k.shape))

    assert facts(mixed)["anchor"] == {"rows": "upper", "columns": "lower"}


def test_a_same_that_is_off_centre_for_odd_kernels_is_measured() -> None:
    shifts = probed(off_centre).conventions.shifts
    assert shifts["rows", 1] == shifts["columns", 1] == 1


def test_a_same_that_is_off_centre_shows_among_the_facts() -> None:
    assert facts(off_centre) != facts(geometry.lower_anchor)


def test_a_shift_of_full_is_a_complaint_that_says_by_how_much() -> None:
    found = facts(geometry.shifted("full"))
    assert found["orientation"] == "correlation"
    assert "full/6x7-by-3x3: shifted by (1, 1) against the other sizes" in found["complaints"]


def test_a_call_that_is_wrong_for_same_and_even_widths_is_told_each_map() -> None:
    complaints = facts(geometry.only(geometry.shifted("same"), even=True))["complaints"]
    pattern, *rest = complaints
    assert pattern == "same: wrong for every even image width, right for every odd one"
    named = [complaint.partition(": ")[0] for complaint in rest]
    assert named == [f"same/7x6-by-{describe(k)}" for k in KERNELS]


def test_a_call_that_is_wrong_for_every_even_width_is_told_the_pattern_first() -> None:
    found = facts(geometry.only(geometry.rolled, even=True))
    assert found["complaints"][0] == ("wrong for every even image width, right for every odd one")


def test_a_call_that_takes_odd_kernels_alone_is_consistent_and_has_no_anchor() -> None:
    found = facts(
        refusing(lambda _, k, __: not (k.shape[0] % 2 and k.shape[1] % 2), "odd kernels only")
    )
    assert found["consistent"]
    assert found["anchor"] == {"rows": None, "columns": None}
    assert set(found["refused_kernels"].values()) == {"ValueError: odd kernels only"}


def test_a_call_that_takes_same_alone_has_that_padding() -> None:
    found = facts(refusing(lambda _, __, padding: padding != "same", "same only"))
    assert found["paddings"] == ["same"]
    assert found["larger_kernel"] == "unsupported"
    assert found["refused_paddings"]["valid"] == "ValueError: same only"


def test_a_call_that_takes_uint8_alone_is_measured_in_it() -> None:
    found = facts(refusing(lambda img, _, __: img.dtype != np.uint8, "uint8 only"))
    assert (found["dtypes"], found["probed_with"]) == (["uint8"], "uint8")
    assert (found["orientation"], found["consistent"]) == ("correlation", True)


def test_a_call_that_raises_on_everything_is_quoted() -> None:
    found = facts(bad_input.raising)
    assert (found["orientation"], found["paddings"], found["dtypes"]) == (None, [], [])
    assert found["complaints"] == ["every call was refused; RuntimeError: not today"]


@pytest.mark.parametrize("answer", [None, 3.0, [[1.0]], np.ones((1, 1, 4, 5))], ids=str)
def test_an_answer_that_is_no_result_is_no_orientation(answer: Any) -> None:
    found = facts(bad_input.giving(answer))
    assert (found["orientation"], found["consistent"]) == (None, False)


def test_a_call_that_returns_none_is_not_said_to_give_zeros() -> None:
    assert facts(bad_input.giving(None))["larger_kernel"] != "zeros"


@pytest.mark.parametrize(
    "call",
    [bad_input.zeros, bad_input.the_image, geometry.swapped_operands],
    ids=lambda c: c.__name__,
)
def test_a_call_that_reads_no_kernel_has_no_orientation_and_says_so(call: Conv2d) -> None:
    found = facts(call)
    assert found["orientation"] is None
    assert "no orientation and shift explains" in found["complaints"][0]


def test_a_valid_that_swaps_its_operands_is_told_from_one_that_raises() -> None:
    assert facts(geometry.swapped_for_valid)["larger_kernel"] == "swaps"


@pytest.mark.parametrize("name", SCIPY)
def test_scipy_is_measured_as_it_is(name: str) -> None:
    pytest.importorskip("scipy")
    orientation, anchor = SCIPY[name]
    found = probe(load(name)).facts()
    assert (found["orientation"], found["boundary"]) == (orientation, "zeros")
    assert found["anchor"] == {"rows": anchor, "columns": anchor}
    assert (found["larger_kernel"], found["consistent"]) == ("swaps", True)


def test_an_fft_is_told_from_a_direct_sum() -> None:
    pytest.importorskip("scipy")
    exactly = {
        n: probe(load(n)).sums_exactly
        for n in ("scipy.signal.fftconvolve", "scipy.signal.convolve2d")
    }
    assert exactly == {"scipy.signal.fftconvolve": False, "scipy.signal.convolve2d": True}
