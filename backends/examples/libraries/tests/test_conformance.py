"""Every clause of the standard, on both filters: one decorator each."""

from __future__ import annotations

from typing import Any

from filters import sharpen, smooth

from conv2d_conformance.testing import ExpectedFailure, parametrize_with_checks

# What the libraries do on purpose, or do not promise. The records are strict: a release that
# changes one of these fails this file until its record is deleted.
ASTROPY = [
    ExpectedFailure(
        "N1/*/same/*/nan-pixel",
        "value",
        "NaN stands for a missing pixel, which nan_treatment='fill' takes for zero",
        link="https://docs.astropy.org/en/stable/convolution/",
    ),
    ExpectedFailure("V1/*/same/*/int64/huge", "value", "sums integers in double precision"),
]
BYTE_ORDER = "reads a big-endian array's bytes as native ones: silently wrong"
OPENCV = [
    ExpectedFailure("H2/*/same/*/big-endian*", "value", BYTE_ORDER),
    ExpectedFailure("X1/*/layouts", "value", BYTE_ORDER),
]


def astropy_convolve(img: Any, k: Any, padding: str) -> Any:
    """The call in the form that the checks make: it has one padding."""
    if padding != "same":
        msg = "convolve gives a result of the image's shape"
        raise ValueError(msg)
    return smooth(img, k)


def opencv_filter2d(img: Any, k: Any, padding: str) -> Any:
    """Likewise."""
    if padding != "same":
        msg = "filter2D gives a result of the image's shape"
        raise ValueError(msg)
    return sharpen(img, k)


@parametrize_with_checks([astropy_convolve], "2026.12", expected_failures=ASTROPY, minimum=300)
def test_astropy(check: Any) -> None:
    check.run()


@parametrize_with_checks([opencv_filter2d], "2026.12", expected_failures=OPENCV, minimum=300)
def test_opencv(check: Any) -> None:
    check.run()
