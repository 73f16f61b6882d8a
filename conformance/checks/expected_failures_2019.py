"""The expected failures of SciPy 1.3, TensorFlow 1.14 and Keras 2.3 that later releases fixed.

Their version ranges end at the first release that was measured without the failure, or, if no
such release was measured, at the last one that was.
"""

from __future__ import annotations

from conv2d_conformance.checks.expected_failure import ExpectedFailure
from conv2d_conformance.reports.tables.severity import ENDS, MANNERS, REFUSES, TAKES

_FFT_EMPTY = "returns array([]), of shape (0,), for an empty operand, as fftconvolve still does"
_DIVIDES = (
    "divides by the number of the kernel's elements, and the process dies of SIGFPE "
    "(CVE-2021-41209, fixed in TensorFlow 2.4.4)"
)
_NO_ROWS = (
    "divides by zero for an image without rows that is padded explicitly, and the process dies of "
    "SIGFPE. No upstream issue sought"
)
_CASTS = "casts the weights that it is given to the layer's dtype, which is the image's"
_LIST = "predicts of an empty batch an empty list, and no array. No upstream issue sought"
_ZERO = "raises for `same` with an even kernel and an output_padding of 0, as Keras 3 still does"
_KERNEL = "test_an_empty_kernel_is_refused"
_IMAGE = "test_an_empty_image_gives_nothing_but_what_the_definition_gives"
_DTYPES = "test_operands_of_two_dtypes_are_refused"
_ACCEPTED = "accepted bad input"
_LAYERS = (
    "test_a_layer_of_integers_is_exact",
    "test_a_layer_of_real_data_stays_within_the_error_bound",
    "test_every_native_layout_gives_the_same_layer",
)
_TRANSPOSED = (
    "test_a_transposed_layer_of_integers_is_exact",
    "test_a_transposed_layer_of_real_data_stays_within_the_error_bound",
)
_ISSUE_42208 = "https://github.com/tensorflow/tensorflow/issues/42208"

E = ExpectedFailure
RECORDS_2019: tuple[ExpectedFailure, ...] = (
    E("scipy.signal.*-fft", "scipy<1.9", _KERNEL, _ACCEPTED, TAKES, _FFT_EMPTY),
    E("scipy.signal.*-fft", "scipy<1.9", _IMAGE, "shape", TAKES, _FFT_EMPTY, "image-*/[sf]*"),
    E("scipy.signal.*-fft", "scipy<1.9", _IMAGE, "shape", TAKES, _FFT_EMPTY, "image-0x0/valid"),
    E(
        "tensorflow.nn.conv2d*",
        "tensorflow<2",
        _KERNEL,
        "crashed",
        ENDS,
        _DIVIDES,
        link=_ISSUE_42208,
    ),
    E("tensorflow.nn.conv2d*", "tensorflow<2", _IMAGE, "crashed", ENDS, _NO_ROWS, "image-0x?/full"),
    E("keras.layers.Conv2D", "tensorflow<2", _KERNEL, "crashed", ENDS, _DIVIDES, link=_ISSUE_42208),
    E("keras.layers.Conv2D", "keras<2.4", _DTYPES, _ACCEPTED, TAKES, _CASTS),
    *(
        E("keras.layers.Conv2D", "keras<2.4", check, "shape", MANNERS, _LIST, "n0*")
        for check in _LAYERS
    ),
    *(
        E("keras.layers.Conv2DTranspose", "keras<2.4", check, "shape", MANNERS, _LIST, "t-n0*")
        for check in _TRANSPOSED
    ),
    *(
        E(
            "keras.layers.Conv2DTranspose",
            "keras<2.4",
            check,
            "raised",
            REFUSES,
            _ZERO,
            "*-2x2/same/*/o0x0/*",
        )
        for check in _TRANSPOSED
    ),
)
