"""The expected failures of today's frameworks: typed and strict records with a reason.

A record that fits no check fails the run, and so does one whose check passes.
"""

from __future__ import annotations

from conv2d_conformance.checks.expected_failure import ExpectedFailure
from conv2d_conformance.checks.expected_failures_2019 import RECORDS_2019
from conv2d_conformance.reports.tables.severity import (
    LOWER,
    MANNERS,
    NOT_FINITE,
    REFUSES,
    TAKES,
    UNWRITTEN,
    WRONG,
)

_PROMOTES = "promotes operands of two dtypes by NumPy's rules instead of refusing them"
_N_DIMENSIONAL = "is N-dimensional: two operands of the same other rank are legal input to it"
_EMPTY_KERNEL = "takes an empty kernel and returns zeros, or an empty array of another shape"
_FFT_EMPTY = "returns array([]), of shape (0,), for an empty operand"
_EMPTY_SWAP = "finds the kernel larger than the empty image and swaps the operands"
_EPSILON = (
    "drops kernel elements below 2.2e-16 (DBL_EPSILON in its C source), so that a small kernel "
    "gives zeros and a kernel of wide range loses its small elements"
)
_NAN_TAP = (
    "drops kernel elements that are not greater than DBL_EPSILON, and a NaN is not: the result is "
    "finite, as if the element were zero. No upstream issue found"
)
_DOUBLE = "sums integers in double precision, so that what exceeds 2**53 is rounded"
_BFLOAT16_NAN = (
    "on processors with bfloat16 dot products oneDNN adds products in pairs: NaN in a bfloat16 "
    "image reaches one column more, through a zero of padding. TF_ENABLE_ONEDNN_OPTS=0 keeps it "
    "local. No upstream issue found"
)
_EMPTY_BATCH = (
    "with oneDNN, on by default on x86, an empty batch gives the image's shape: its channels, not "
    "the kernel's outputs. TF_ENABLE_ONEDNN_OPTS=0 gives the right one. No upstream issue found"
)
_AS_LIST = (
    "on TensorFlow, raises AttributeError where the result of NumPy arrays is empty: it asks their "
    "shapes for as_list, which tensors have. No upstream issue found"
)
_NO_BATCH = (
    "the compiled gradient of an empty batch raises AssertionError: Inductor expects another "
    "memory layout than convolution_backward returns; the eager call gives zeros. No upstream "
    "issue found"
)
_TWO_THREADS = (
    "with fullgraph=True, counts the compiled frames of all threads in one counter: a second "
    "thread resets it now and then, and the call raises that it found none. Without fullgraph it "
    "does not count"
)
_UNWRITTEN = (
    "with oneDNN, on by default on x86, a kernel one larger than the image gives memory that was "
    "never written, in the image's shape, instead of an empty result. TF_ENABLE_ONEDNN_OPTS=0 and "
    "tf.function give the empty one"
)
_LARGER_SWAP = (
    "checks for 'valid' whether the kernel fits the image, for 'same' and 'full' too, and raises "
    "for a kernel larger in one axis, where scipy.signal computes"
)
_BYTE_ORDER = (
    "with a warm cache, jit reads a big-endian array's bytes as native ones: silently wrong, "
    "where a cold call raises TypeError. No upstream issue found"
)
_CASTS = "casts the kernel to the layer's dtype, which is the image's"
_DRAWS = (
    "draws its initialiser's seed from Python's global random generator, so that building a layer "
    "changes the numbers that a program draws afterwards. No upstream issue found"
)
_ZERO = (
    "on TensorFlow, raises for `same` with an even kernel and an output_padding of 0, though it is "
    "less than the stride, as the documentation asks: it counts from (H - 1)s rows, of which no "
    "correlation gives H. On JAX and PyTorch Keras computes it. No upstream issue sought"
)
_RANK = "test_operands_of_the_wrong_rank_are_refused"
_KERNEL = "test_an_empty_kernel_is_refused"
_DTYPES = "test_operands_of_two_dtypes_are_refused"
_IMAGE = "test_an_empty_image_gives_nothing_but_what_the_definition_gives"
_LAYER = "test_a_layer_of_integers_is_exact"
_TRANSPOSED = "test_a_transposed_layer_of_integers_is_exact"
_REAL_TRANSPOSED = "test_a_transposed_layer_of_real_data_stays_within_the_error_bound"
_REAL_LAYER = "test_a_layer_of_real_data_stays_within_the_error_bound"
_LAYOUTS = "test_every_native_layout_gives_the_same_layer"
_GRADIENTS = "test_gradients_are_those_of_the_definition"
_PAIRING = "test_a_layer_and_its_gradients_pair_alike"
_LARGER = "test_valid_with_a_larger_kernel_does_what_is_declared"
_LARGER_ROWS = "test_valid_with_a_kernel_larger_in_one_axis_gives_no_number"
_LOST = "test_what_is_not_finite_reaches_every_output_that_reads_it"
_LOCAL = "test_what_is_not_finite_stays_where_it_is_read"
_REAL = "test_real_data_stay_within_the_error_bound"
_EXACT = "test_sums_of_small_integers_are_exact"
_SMALL = "test_every_small_image_is_read_as_the_conventions_predict"
_SEARCH = "test_no_input_is_found_that_gives_a_wrong_result"
_ACCEPTED = "accepted bad input"
_ISSUE_65214 = "https://github.com/tensorflow/tensorflow/issues/65214"
_ISSUE_10527 = "https://github.com/scipy/scipy/issues/10527"

E = ExpectedFailure
EXPECTED_FAILURES: tuple[ExpectedFailure, ...] = (
    E("scipy.signal.*-*", "scipy>=1.3", _RANK, _ACCEPTED, TAKES, _N_DIMENSIONAL, "both-*"),
    E("scipy.signal.[fo]*", "scipy>=1.3", _RANK, _ACCEPTED, TAKES, _N_DIMENSIONAL, "both-*"),
    E("scipy.ndimage.*", "scipy>=1.3", _RANK, _ACCEPTED, TAKES, _N_DIMENSIONAL, "both-*"),
    E("scipy.signal.*2d", "scipy>=1.3", _KERNEL, _ACCEPTED, TAKES, _EMPTY_KERNEL),
    E("scipy.signal.*-direct", "scipy>=1.3", _KERNEL, _ACCEPTED, TAKES, _EMPTY_KERNEL),
    E("scipy.signal.[fo]*", "scipy>=1.3", _KERNEL, _ACCEPTED, TAKES, _FFT_EMPTY),
    E("scipy.signal.*", "scipy>=1.3", _DTYPES, _ACCEPTED, TAKES, _PROMOTES),
    E(
        "scipy.ndimage.*",
        "scipy>=1.3",
        _DTYPES,
        _ACCEPTED,
        TAKES,
        "casts to the image's dtype",
        link=_ISSUE_10527,
    ),
    E("scipy.signal.*2d", "scipy>=1.3", _IMAGE, "shape", TAKES, _EMPTY_SWAP, "image-0x0/valid"),
    E(
        "scipy.signal.*-direct",
        "scipy>=1.3",
        _IMAGE,
        "shape",
        TAKES,
        _EMPTY_SWAP,
        "image-0x0/valid",
    ),
    E("scipy.signal.[fo]*", "scipy>=1.3", _IMAGE, "shape", TAKES, _FFT_EMPTY),
    E("scipy.ndimage.*", "scipy>=1.3", _LOST, "value", NOT_FINITE, _NAN_TAP, "*/nan-tap"),
    E("scipy.ndimage.*", "scipy>=1.3", _EXACT, "value", LOWER, _DOUBLE, "*/int64/huge"),
    E("scipy.ndimage.*", "scipy>=1.3", _REAL, "value", WRONG, _EPSILON, "*/float64/small"),
    E(
        "scipy.ndimage.*",
        "scipy>=1.3",
        _REAL,
        "value",
        WRONG,
        _EPSILON,
        "same/[34]*/float32/small",
        varied="*/float32/small",
    ),
    E(
        "scipy.ndimage.*",
        "scipy>=1.3",
        _REAL,
        "value",
        WRONG,
        _EPSILON,
        "same/17x16-by-4x5/float64/wide",
        varied="*/float64/wide",
    ),
    E(
        "scipy.ndimage.convolve",
        "scipy>=1.3",
        _REAL,
        "value",
        WRONG,
        _EPSILON,
        "same/9x10-by-3x3/float64/wide",
        varied="*/float64/wide",
    ),
    E("jax.scipy.signal.*", "jax>=0.4", _DTYPES, _ACCEPTED, TAKES, _PROMOTES),
    E("jax.scipy.signal.*", "jax>=0.4", _EXACT, "raised", REFUSES, _LARGER_SWAP, "*/2x6-by-3x3/*"),
    E(
        "jax.scipy.signal.*",
        "jax>=0.4",
        "test_same_keeps_the_image_shape",
        "raised",
        REFUSES,
        _LARGER_SWAP,
        "*/2x6-by-3x3/*",
    ),
    E(
        "jax.scipy.signal.*",
        "jax>=0.4",
        "test_full_gains_a_kernel_less_one_pixel",
        "raised",
        REFUSES,
        _LARGER_SWAP,
        "*/2x6-by-3x3/*",
    ),
    E(
        "jax.scipy.signal.*",
        "jax>=0.4",
        _SMALL,
        "raised",
        REFUSES,
        _LARGER_SWAP,
        "[sf]*/[124]x[45]",
    ),
    E("jax.scipy.signal.*", "jax>=0.4", _SMALL, "raised", REFUSES, _LARGER_SWAP, "[sf]*/5x[1235]"),
    E(
        "jax.lax.conv_general_dilated-jit",
        "jax>=0.4",
        "test_memory_layout_does_not_change_the_result",
        "value",
        WRONG,
        _BYTE_ORDER,
        "*/big-endian*",
    ),
    E(
        "jax.lax.conv_general_dilated-jit",
        "jax>=0.4",
        _SEARCH,
        "value",
        WRONG,
        _BYTE_ORDER,
        "layouts",
    ),
    E("jax.scipy.signal.*", "jax>=0.4", _SEARCH, "raised", REFUSES, _LARGER_SWAP, "shapes"),
    E("keras.layers.Conv2D", "keras>=3", _DTYPES, _ACCEPTED, TAKES, _CASTS),
    E(
        "keras.layers.Conv2D",
        "keras>=3",
        "test_the_process_is_left_as_it_was",
        "global state",
        MANNERS,
        _DRAWS,
    ),
    *(
        E(backend, "tensorflow>=2.10", check, "shape", MANNERS, _EMPTY_BATCH, "n0*", certain=False)
        for backend in ("tensorflow.nn.*", "keras.layers.*")
        for check in (_LAYER, _REAL_LAYER, _LAYOUTS)
    ),
    *(
        E(
            "torch.nn.functional.conv2d-compile",
            "torch>=2",
            check,
            "raised",
            REFUSES,
            _NO_BATCH,
            "n0*",
        )
        for check in (_GRADIENTS, _PAIRING)
    ),
    *(
        E(
            "torch.nn.functional.conv2d-compile",
            "torch==2.13.*",
            check,
            "raised",
            REFUSES,
            _TWO_THREADS,
            link="https://github.com/pytorch/pytorch/pull/185138",
            certain=False,
        )
        for check in (
            "test_two_threads_may_call_at_once",
            "test_eight_threads_may_call_at_once",
            "test_four_threads_may_call_a_layer_at_once",
        )
    ),
    E(
        "tensorflow.nn.conv2d*",
        "tensorflow>=2.10",
        _PAIRING,
        "shape",
        MANNERS,
        _EMPTY_BATCH,
        "n0*",
        certain=False,
    ),
    *(
        E(
            backend,
            "tensorflow>=2.10",
            check,
            "fact",
            UNWRITTEN,
            _UNWRITTEN,
            "*_by_one",
            _ISSUE_65214,
            certain=False,
        )
        for backend in ("tensorflow.nn.conv2d", "keras.ops.conv")
        for check in (_LARGER, _LARGER_ROWS)
    ),
    *(
        E("keras.ops.conv", "tensorflow>=2.10", check, "raised", REFUSES, _AS_LIST, "n0*")
        for check in (_LAYER, _REAL_LAYER)
    ),
    # Another layout needs oneDNN.
    E(
        "keras.ops.conv",
        "tensorflow>=2.10",
        _LAYOUTS,
        "raised",
        REFUSES,
        _AS_LIST,
        "n0*",
        certain=False,
    ),
    *(
        E(
            backend,
            versions,
            _LOCAL,
            "value",
            NOT_FINITE,
            _BFLOAT16_NAN,
            "*/bfloat16/nan-pixel",
            certain=False,
        )
        for backend, versions in (
            ("torch.nn.*", "torch>=2"),
            ("keras.*", "torch>=2"),
            ("tensorflow.nn.*", "tensorflow>=2.10"),
            ("keras.*", "tensorflow>=2.10"),
        )
    ),
    *(
        E(
            "keras.*[Tt]ranspose",
            "tensorflow>=2.10",
            check,
            "raised",
            REFUSES,
            _ZERO,
            "*-2x2/same/*/o0x0/*",
        )
        for check in (_TRANSPOSED, _REAL_TRANSPOSED)
    ),
    E("keras.ops.conv", "jax>=0.4", _DTYPES, _ACCEPTED, TAKES, "on JAX, " + _PROMOTES),
    *RECORDS_2019,
)
