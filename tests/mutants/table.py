"""Each mutant with the check that must catch it and the words that its message must hold."""

from __future__ import annotations

import ml_dtypes
import numpy as np

from tests.mutants import arithmetic, bad_input, direct, geometry, honest, hygiene, process
from tests.mutants.mutant import Mutant
from tests.mutants.planes import Plane, stateful, stateless

EXACT = "test_sums_of_small_integers_are_exact"
REAL = "test_real_data_stay_within_the_error_bound"
ELEMENTS = "test_the_questions_example_is_right_in_every_element"
MEAN = "test_the_questions_published_mean_comes_out"
DTYPE = "test_floats_keep_their_dtype"
MAPS = "test_one_convention_explains_every_index_map"
ORIENTATION = "test_the_kernel_is_read_in_the_declared_orientation"
ANCHOR = "test_same_puts_an_even_kernels_extra_pixel_where_declared"
BOUNDARY = "test_what_lies_outside_the_image_is_as_declared"
LARGER = "test_valid_with_a_larger_kernel_does_what_is_declared"
LARGER_ROWS = "test_valid_with_a_kernel_larger_in_one_axis_gives_no_number"
SMALL = "test_every_small_image_is_read_as_the_conventions_predict"
VALID = "test_valid_loses_a_kernel_less_one_pixel"
SAME = "test_same_keeps_the_image_shape"
FULL = "test_full_gains_a_kernel_less_one_pixel"
UNTOUCHED = "test_operands_are_left_untouched"
LAYOUT = "test_memory_layout_does_not_change_the_result"
LATER = "test_a_later_call_leaves_an_earlier_result_alone"
FOLLOWS = "test_a_result_does_not_follow_its_operands"
ANEW = "test_operands_changed_in_place_are_read_anew"
LINEAR = "test_a_sum_of_images_gives_the_sum_of_results"
SHIFT = "test_a_shifted_image_gives_the_shifted_result"
FLIPS = "test_flipping_image_and_kernel_flips_the_result"
RANK = "test_operands_of_the_wrong_rank_are_refused"
UNKNOWN = "test_an_unknown_padding_is_refused"
EMPTY = "test_an_empty_kernel_is_refused"
DTYPES = "test_operands_of_two_dtypes_are_refused"
NO_IMAGE = "test_an_empty_image_gives_nothing_but_what_the_definition_gives"
BITS = "test_operands_keep_the_precision_of_their_dtype"
LOST = "test_what_is_not_finite_reaches_every_output_that_reads_it"
LOCAL = "test_what_is_not_finite_stays_where_it_is_read"
REPEATS = "test_a_call_repeats_itself_on_a_dirtied_heap"
MANY = "test_a_thousand_calls_give_one_result"
PROCESS = "test_the_process_is_left_as_it_was"
SHOWN = "test_the_snippet_does_what_the_adapter_does"
SEARCH = "test_no_input_is_found_that_gives_a_wrong_result"
FIRST = "test_the_first_call_of_all_gives_what_a_later_one_gives"
LAST = "test_a_change_of_the_last_element_is_seen"
THREADS = "test_two_threads_may_call_at_once"
MANY_THREADS = "test_eight_threads_may_call_at_once"
ONE = "test_one_thread_stays_within_the_error_bound"
TIMED = "test_a_call_that_passes_is_timed"

_BY_ROWS = geometry.reads("flip-rows")
_TRANSPOSED = geometry.reads("transposed-correlation")
_BFLOAT16 = arithmetic.through(ml_dtypes.bfloat16)

MUTANTS = (
    stateless("flips-both", geometry.reads("convolution"), ORIENTATION, "measured convolution"),
    stateless("flips-rows", _BY_ROWS, ORIENTATION, "measured flip-rows"),
    stateless(
        "flips-columns", geometry.reads("flip-columns"), ORIENTATION, "measured flip-columns"
    ),
    stateless("transposes", _TRANSPOSED, ORIENTATION, "measured transposed-correlation"),
    stateless("lower-anchor", geometry.lower_anchor, ANCHOR, "measured lower"),
    stateless("edge-pixels", geometry.beyond("edge"), BOUNDARY, "measured edge"),
    stateless("symmetric-pixels", geometry.beyond("symmetric"), BOUNDARY, "measured reflect"),
    stateless("mirrored-pixels", geometry.beyond("reflect"), BOUNDARY, "measured mirror"),
    stateless("wrapped-pixels", geometry.beyond("wrap"), BOUNDARY, "measured wrap"),
    stateless("valid-cropped", geometry.cropped("valid"), VALID, "expected (4, 5)"),
    stateless("same-cropped", geometry.cropped("same"), SAME, "expected (6, 7)"),
    stateless("full-cropped", geometry.cropped("full"), FULL, "expected (8, 9)"),
    stateless("same-rolled", geometry.shifted("same"), FLIPS, "flip conv(x, k)"),
    stateless("full-shifted", geometry.shifted("full"), EXACT, "shifted by (1, 1)"),
    stateless("full-shifted-maps", geometry.shifted("full"), MAPS, "shifted by (1, 1)"),
    stateless("swaps-operands", geometry.swapped_operands, MAPS, "inconsistent"),
    stateless("swaps-operands-shape", geometry.swapped_operands, VALID, "gave shape (8, 9)"),
    stateless("swaps-for-valid", geometry.swapped_for_valid, LARGER, "measured swaps"),
    stateless(
        "unwritten-for-one-larger", geometry.unwritten_for_one_larger, LARGER, "other values"
    ),
    stateless("cuts-the-kernel", geometry.made_to_fit, LARGER_ROWS, "larger than the image"),
    stateless(
        "wrong-for-even-widths", geometry.only(geometry.rolled, even=True), MAPS, "even image width"
    ),
    stateless("wrong-for-even-exact", geometry.only(geometry.rolled, even=True), EXACT),
    stateless("wrong-for-8-columns", geometry.only(geometry.rolled, even=True), ELEMENTS),
    stateless("wrong-past-16-columns", geometry.only(geometry.rolled, columns=17), EXACT),
    stateless("wrong-past-100-columns", geometry.only(geometry.rolled, columns=101), TIMED),
    stateless("wrong-for-large-kernels", geometry.only(geometry.rolled, extent=8), EXACT),
    stateless(
        "flips-large-kernels", geometry.only(_BY_ROWS, extent=7), EXACT, "read as flip-rows, not"
    ),
    stateless(
        "transposes-large-kernels",
        geometry.only(_TRANSPOSED, extent=7),
        EXACT,
        "read as transposed-correlation, not correlation",
    ),
    stateless(
        "edge-past-16-columns",
        geometry.only(geometry.beyond("edge"), columns=17),
        EXACT,
        "boundary edge, not zeros",
    ),
    stateless(
        "lower-for-one-row-under-four",
        geometry.where(lambda n, m: (n[0], m[0]) == (1, 4), geometry.lower_anchor),
        SMALL,
        "expected pixel (0, 0)",
    ),
    stateless(
        "flips-where-the-kernel-is-the-image",
        geometry.where(lambda n, m: n == m == (5, 2), _BY_ROWS),
        SMALL,
        "kernel element (0, 0), output (0, 0) reads pixel (4, 0), expected pixel (0, 0)",
    ),
    stateless(
        "edge-for-one-pixel",
        geometry.where(lambda n, m: (n, m) == ((1, 1), (2, 5)), geometry.beyond("edge")),
        SMALL,
        "reads pixel (0, 0), expected nothing",
    ),
    stateless(
        "cropped-for-five-by-six",
        geometry.where(lambda n, m: (n, m) == ((5, 6), (4, 3)), geometry.cropped("full")),
        SMALL,
        "expected (8, 8)",
    ),
    stateless(
        "scaled-for-two-by-two",
        geometry.where(
            lambda n, m: (n, m) == ((2, 2), (1, 5)), lambda *call: direct.conv2d(*call) * 3
        ),
        SMALL,
        "the image holds the integers 1 to 4",
    ),
    stateless(
        "flips-past-22-columns", geometry.only(_BY_ROWS, columns=23), EXACT, "read as flip-rows"
    ),
    stateless("rolls-past-63-columns", geometry.only(geometry.rolled, columns=64), EXACT),
    stateless(
        "wrong-for-31-taps",
        geometry.where(lambda n, m: (n[0], m) == (4, (1, 31)), geometry.rolled),
        EXACT,
    ),
    stateless(
        "rolls-past-22-columns",
        geometry.only(geometry.rolled, columns=23),
        SEARCH,
        "smallest input found: valid/1x23-by-1x1/float32, img",
    ),
    stateless(
        "flips-tall-even-kernels",
        geometry.where(lambda _, m: m[0] > m[1] and m[0] % 2 == 0, _BY_ROWS),
        SEARCH,
        "smallest input found: valid/2x1-by-2x1/float32, img",
    ),
    stateless(
        "loses-a-negative-last-column",
        arithmetic.losing_a_negative_last_column,
        SEARCH,
        "smallest input found: valid/1x1-by-1x1/float32, img [[-1.0]], k [[1.0]]",
    ),
    stateless(
        "direction-ignored-when-searched",
        hygiene.ignoring_negative_strides,
        SEARCH,
        "/reversed, img",
    ),
    stateless("tf32", arithmetic.through_tf32, REAL, "TF32- or float16-like"),
    stateless("bfloat16", _BFLOAT16, REAL, "bfloat16-like"),
    stateless("float16", arithmetic.through(np.float16), REAL, "TF32- or float16-like"),
    stateless("tf32-mean", arithmetic.through_tf32, MEAN, "published 0.001123853"),
    stateless(
        "tf32-past-32-columns", geometry.only(arithmetic.through_tf32, columns=32), REAL, "TF32"
    ),
    stateless("sums-in-float16", arithmetic.accumulated_in(np.float16, np.float32), REAL),
    stateless("float64-in-float32", arithmetic.accumulated_in(np.float32, np.float64), REAL),
    stateless("scaled", arithmetic.scaled, REAL, "No other orientation, shift or boundary"),
    stateless(
        "scaled-integers", arithmetic.scaled, EXACT, "No other orientation, shift or boundary"
    ),
    stateless(
        "tf32-bits", arithmetic.through_tf32, BITS, "11 of 24 bits: the call computes in tf32"
    ),
    stateless("float16-bits", arithmetic.through(np.float16), BITS, "computes in float16"),
    stateless("bfloat16-bits", _BFLOAT16, BITS, "8 of 24 bits: the call computes in bfloat16"),
    Mutant(
        "fourier-bfloat16-bits",
        lambda: Plane(arithmetic.through(ml_dtypes.bfloat16, honest.fourier), "fft"),
        BITS,
        "8 of 24 bits: the call computes in bfloat16",
    ),
    stateless("nan-swallowed", process.swallowing_nan, LOST, "reads a pixel of nan and is finite"),
    stateless("nan-spread", process.spreading_nan, LOCAL, "nan reaches the output at (0, 0)"),
    stateless("clipped", process.clipped, REAL),
    stateless("barely-biased", process.barely_biased, REAL),
    stateful("wrong-once-in-200", process.wrong_at(lambda n: n % 200 == 0), MANY),
    stateful("wrong-after-1000", process.wrong_at(lambda n: n > 1000), MANY),
    stateful(
        "wrong-every-other-call", process.wrong_at(lambda n: n % 2 == 0), REPEATS, "another result"
    ),
    stateless("row-unwritten", process.leaving_a_row_unwritten, REPEATS, "never wrote"),
    stateless("hangs", process.hanging, MAPS, "no result within 2 s"),
    stateless(
        "hangs-for-16-columns",
        geometry.where(lambda _, m: m[1] == 16, process.hanging),
        EXACT,
        "no result within",
    ),
    stateless("exits", process.leaving, EXACT, "called os._exit(0)"),
    stateless("quits", process.quitting, EXACT, "called sys.exit(0)"),
    stateless("silences-numpy", process.silencing, PROCESS, "NumPy's error handling"),
    stateless("seeds", process.seeding, PROCESS, "Python's global random state"),
    stateless("changes-directory", process.moving, PROCESS, "the working directory"),
    stateless("shows-another-call", process.shown_flipped, SHOWN, "with other bits"),
    stateless("rectified", arithmetic.rectified, EXACT),
    stateless("rectified-sum", arithmetic.rectified, LINEAR, "conv(x + y)"),
    stateless("biased", arithmetic.biased, LINEAR, "conv(x + y)"),
    stateless("no-first-column", arithmetic.dropping_a_first_column, SHIFT, "shift conv(x)"),
    stateless("small-taps-dropped", arithmetic.dropping_small_taps, REAL, "all zeros"),
    stateless("promoted", arithmetic.returning(np.float64, np.float32), DTYPE, "gave float64"),
    stateless("demoted", arithmetic.returning(np.float32, np.float64), DTYPE, "gave float32"),
    stateless("image-mutated", hygiene.mutating(0), UNTOUCHED, "changed its operands"),
    stateless("kernel-mutated", hygiene.mutating(1), UNTOUCHED, "changed its operands"),
    stateless("kernel-destroyed", hygiene.destroying_its_kernel, UNTOUCHED, "changed its operands"),
    stateless("in-place", hygiene.in_place, FOLLOWS, "changing an operand after the call"),
    stateless("alias-for-identity", hygiene.alias_for_identity, FOLLOWS),
    stateful("buffer-reused", hygiene.reusing_its_buffer, LATER, "a later call changed"),
    stateful("float64-buffer-reused", hygiene.reusing_its_buffer_in("float64"), LATER, "changed"),
    stateless("float16-image-mutated", hygiene.mutating_in("float16"), UNTOUCHED, "its operands"),
    stateful("kernel-cached-by-shape", hygiene.caching_kernels_by_shape, MAPS, "inconsistent"),
    stateful("kernel-cached-by-id", hygiene.caching_kernels_by_id, ANEW, "as it was before"),
    stateful("image-cached-by-id", hygiene.caching_images_by_id, ANEW),
    stateful("result-cached-by-id", hygiene.caching_results_by_id, ANEW, "as it was before"),
    stateless("strides-ignored", hygiene.ignoring_strides, LAYOUT),
    stateless("direction-ignored", hygiene.ignoring_negative_strides, LAYOUT),
    stateless("reversed-columns-ignored", hygiene.ignoring_reversed_columns, LAYOUT),
    stateless("crop-for-packed", hygiene.taking_a_crop_for_packed, LAYOUT),
    stateless("byte-order-ignored", hygiene.ignoring_byte_order, LAYOUT),
    stateless("unknown-is-valid", bad_input.unknown_is_valid, UNKNOWN, "unknown-word"),
    stateless("empty-kernel-is-zero", bad_input.empty_kernel_gives_zeros, EMPTY, "kernel-0x3"),
    stateless("row-as-image", bad_input.row_as_image, RANK, "-1d"),
    stateless("dtypes-promoted", bad_input.promoting, DTYPES, "gave float64"),
    stateless("empty-image-is-ones", bad_input.empty_image_gives_ones, NO_IMAGE, "no pixel has"),
    stateless("image-strides-ignored", hygiene.one_strideless(0), LAYOUT),
    stateless("kernel-strides-ignored", hygiene.one_strideless(1), LAYOUT),
    stateless("stride-zero-ignored", hygiene.ignoring_a_stride_of_zero, LAYOUT),
    stateful("buffers-in-turn", hygiene.taking_buffers_in_turn, LATER, "a later call changed"),
    stateful("kernel-cached-by-prefix", hygiene.caching_by_prefix(1), LAST, "of the kernel"),
    stateful("image-cached-by-prefix", hygiene.caching_by_prefix(0), LAST, "of the image"),
    Mutant(
        "wrong-with-one-thread",
        lambda: Plane(direct.conv2d),
        ONE,
        "with one thread (OMP_NUM_THREADS=1",
        one_threaded=lambda: Plane(_BFLOAT16),
    ),
    stateful("scratch-shared", process.sharing_its_scratch, THREADS, "by 2 threads at once"),
    stateful(
        "scratch-shared-by-a-third",
        process.sharing_its_scratch_from_the_third_caller,
        MANY_THREADS,
        "by 8 threads at once",
    ),
    stateless("exports", process.exporting, PROCESS, "the environment variables"),
    stateful("first-call-wrong", process.wrong_at(lambda n: n == 1), FIRST, "another result"),
    stateless(
        "nan-tap-lost", process.swallowing_a_nan_tap("same", "float32"), LOST, "reads a tap of nan"
    ),
    stateless("nan-tap-lost-in-float64", process.swallowing_a_nan_tap("full", "float64"), LOST),
    stateful("int64-through-float64", lambda: arithmetic.through_float64, EXACT, dtypes=("int64",)),
    stateless("flushes-small-results", arithmetic.flushing_small_results, REAL),
    stateless(
        "wider-for-even-kernels", arithmetic.widening_for_even_kernels, EXACT, "gave float64, and"
    ),
    stateless("imaginary-part", arithmetic.giving_an_imaginary_part, EXACT, "elements are wrong"),
    stateless("text", arithmetic.giving_text, EXACT, "which are no numbers"),
    stateless("matrix", arithmetic.giving_a_matrix, EXACT, "returned a matrix"),
    stateless("transposes-separable-kernels", geometry.transposing_separable_kernels, EXACT),
    stateless(
        "tf32-for-large-images",
        geometry.where(lambda n, _: n[0] > 64, arithmetic.through_tf32),
        REAL,
        "TF32- or float16-like",
    ),
    stateless("zeros", bad_input.zeros, MAPS, "no orientation"),
    stateless("zeros-exact", bad_input.zeros, EXACT),
    stateless("the-image", bad_input.the_image, MAPS, "no orientation"),
    stateless("raises", bad_input.raising, EXACT, "RuntimeError: not today"),
    stateless(
        "raises-maps", bad_input.raising, MAPS, "every call was refused; RuntimeError: not today"
    ),
    stateless("none", bad_input.giving(None), EXACT, "returned a NoneType"),
    stateless("list", bad_input.as_list, EXACT, "returned a list"),
    stateless("channels", bad_input.with_channels, EXACT, "not a 2-D ndarray"),
)
