"""Each mutant of a layer with the check that must catch it and the words of its message."""

from __future__ import annotations

from tests.mutants import fourier_layers as fourier
from tests.mutants import layer_faults as faults
from tests.mutants import layer_hygiene as hygiene
from tests.mutants import layer_slips as slips
from tests.mutants.layer_faults import changed, same, unwritten
from tests.mutants.layer_hygiene import nan_in
from tests.mutants.layer_slips import misgiven, reading, where
from tests.mutants.mutant import Mutant

EXACT = "test_a_layer_of_integers_is_exact"
REAL = "test_a_layer_of_real_data_stays_within_the_error_bound"
LAYOUT = "test_every_native_layout_gives_the_same_layer"
REFUSED = "test_what_is_declared_as_refused_is_refused"
SAME = "test_same_with_a_stride_pads_as_declared"
GRADIENTS = "test_gradients_are_those_of_the_definition"
TIMED = "test_a_layer_of_a_network_that_passes_is_timed"
FUSED = "test_a_layer_is_exact_when_bias_addition_and_relu_follow"
CONSTANTS = "test_a_layer_is_exact_when_constants_follow"
PAIRING = "test_a_layer_and_its_gradients_pair_alike"
UNTOUCHED = "test_operands_of_a_layer_are_left_untouched"
ANEW = "test_weights_changed_between_calls_of_a_layer_are_read_anew"
LATER = "test_a_later_call_leaves_an_earlier_result_of_a_layer_alone"
APART = "test_the_results_of_equal_images_share_no_memory"
CHANNELS_LAST = "test_views_with_channels_last_give_the_same_layer"
THREADS = "test_four_threads_may_call_a_layer_at_once"
MANY = "test_many_calls_of_a_layer_give_one_result"
REFUSAL = "test_a_refused_call_of_a_layer_leaves_the_next_one_alone"
LOST = "test_what_is_not_finite_in_a_layer_reaches_every_output_that_reads_it"
LOCAL = "test_what_is_not_finite_in_a_layer_stays_where_it_is_read"


_AVERAGED = faults.KernelGradientAveraged
_LOWER_UNDER_STRIDE = same(faults.strided, lower=True)
_UNSTRIDED = same(faults.strided, unstrided=True)

LAYER_MUTANTS = tuple(
    Mutant(*row)
    for row in (
        ("stride-swapped", reading(slips.stride_swapped), EXACT, "axes of the stride swapped"),
        (
            "stride-swapped-for-channels",
            misgiven(where(slips.several, slips.stride_swapped)),
            EXACT,
            "axes of the stride swapped",
        ),
        (
            "column-stride-ignored",
            reading(slips.column_stride_ignored),
            EXACT,
            "stride of the columns ignored",
        ),
        (
            "row-dilation-ignored",
            reading(slips.row_dilation_ignored),
            EXACT,
            "dilation of the rows ignored",
        ),
        (
            "dilation-ignored",
            misgiven(slips.dilation_ignored),
            EXACT,
            "with the dilation ignored",
        ),
        (
            "dilation-swapped",
            reading(slips.dilation_swapped),
            EXACT,
            "axes of the dilation swapped",
        ),
        (
            "depthwise-undilated",
            reading(where(slips.depthwise, slips.dilation_ignored)),
            EXACT,
            "with the dilation ignored",
        ),
        (
            "inputs-interleaved",
            reading(slips.inputs_interleaved),
            EXACT,
            "channels of the groups interleaved",
        ),
        (
            "outputs-interleaved",
            changed(faults.outputs_interleaved),
            EXACT,
            "outputs of the groups interleaved",
        ),
        (
            "kernels-interleaved",
            reading(slips.kernels_interleaved),
            EXACT,
            "kernels of the groups interleaved",
        ),
        ("groups-reversed", reading(slips.groups_reversed), EXACT, "the groups in reverse"),
        (
            "first-group-for-all",
            reading(slips.first_group_for_all),
            EXACT,
            "channels of the first group for every one",
        ),
        (
            "first-image-for-all",
            reading(slips.first_image_for_all),
            EXACT,
            "the first image in place of every one",
        ),
        (
            "channels-reversed",
            reading(slips.channels_reversed),
            EXACT,
            "channels of the image in reverse",
        ),
        ("pads-mirrored", reading(slips.pads_mirrored), EXACT, "with the pads mirrored"),
        ("pads-swapped", reading(slips.pads_swapped), EXACT, "pads of rows and columns swapped"),
        (
            "negative-pads-as-zero",
            reading(slips.negative_pads_as_zero),
            EXACT,
            "negative pads taken as zero",
        ),
        (
            "same-lower-under-stride",
            _LOWER_UNDER_STRIDE,
            EXACT,
            "an odd pixel before the image and pads for the last window",
        ),
        ("same-lower-under-stride-declared", _LOWER_UNDER_STRIDE, SAME, "measured None"),
        (
            "same-unstrided-for-channels",
            same(slips.several, unstrided=True),
            EXACT,
            "an odd pixel after the image and pads as with stride 1",
        ),
        ("same-unstrided", _UNSTRIDED, SAME, "declared 'output', measured 'input'"),
        ("last-output-unwritten", unwritten(faults.last_output), EXACT, "never wrote"),
        ("last-row-unwritten", unwritten(faults.last_row_of_a_stride), EXACT, "never wrote"),
        (
            "one-by-one-border-unwritten",
            unwritten(faults.border_of_one_by_one),
            EXACT,
            "never wrote",
        ),
        (
            "past-sixteen-dropped",
            reading(where(slips.past_sixteen, slips.past_sixteenth_dropped)),
            EXACT,
            "without the channels past the first 16",
        ),
        (
            "last-of-13-columns-shifted",
            changed(faults.shifted_for_widths(13)),
            EXACT,
            "First at (0, 0, 0, 12)",
        ),
        (
            "last-of-33-columns-shifted",
            changed(faults.shifted_for_widths(33)),
            EXACT,
            "First at (0, 0, 0, 32)",
        ),
        (
            "bfloat16-for-channels",
            reading(where(slips.several, slips.through_bfloat16)),
            REAL,
            "bfloat16-like",
        ),
        ("wider-for-groups", changed(faults.widened), EXACT, "gave float64"),
        ("refuses-no-image", changed(faults.refusing_no_image), EXACT, "the batch is empty"),
        (
            "kernel-gradient-flipped",
            faults.KernelGradientFlipped,
            GRADIENTS,
            "It equals the reference rotated by 180°",
        ),
        ("kernel-gradient-averaged", _AVERAGED, GRADIENTS, "the reference times 0.5"),
        ("kernel-gradient-averaged-pairing", _AVERAGED, PAIRING, "⟨k, gradient by k⟩"),
        (
            "image-gradient-unflipped",
            faults.ImageGradientUnflipped,
            GRADIENTS,
            "by a kernel rotated by 180°",
        ),
        (
            "fourier-kernel-gradient-averaged",
            fourier.KernelGradientAveraged,
            PAIRING,
            "⟨k, gradient by k⟩",
        ),
        ("image-gradient-undilated", faults.ImageGradientUndilated, PAIRING, "gradient by x"),
        (
            "gradient-tail-unwritten",
            faults.ImageGradientTailUnwritten,
            GRADIENTS,
            "It holds NaN or infinity",
        ),
        ("layout-transposes", faults.LayoutTransposing, LAYOUT, "the transposed kernel"),
        (
            "channels-reversed-past-100-columns",
            reading(where(slips.past_a_hundred_columns, slips.channels_reversed)),
            TIMED,
            "elements are wrong",
        ),
        ("addition-after-relu", faults.AdditionAfterRelu, FUSED, "with ReLU before the addition"),
        ("constants-of-the-first-image", faults.ConstantsOfTheFirstImage, CONSTANTS, "constants"),
        ("bias-of-the-first-output", faults.BiasOfTheFirstOutput, FUSED, "followed by bias"),
        (
            "fourier-channels-reversed",
            fourier.ChannelsReversed,
            EXACT,
            "elements are wrong",
        ),
        (
            "fourier-last-channel-halved",
            fourier.LastChannelHalved,
            REAL,
            "elements are wrong",
        ),
        (
            "stride-of-rows-alone",
            faults.StrideOfRowsAlone,
            EXACT,
            "expected (1, 8, 5, 5)",
        ),
        (
            "dilation-in-pairs-alone",
            faults.DilationInPairsAlone,
            EXACT,
            "dilation ignored",
        ),
        ("refuses-nothing", faults.RefusingNothing, REFUSED, "as refusing stride with dilation"),
        ("destroys-weights", hygiene.DestroyingItsWeights, UNTOUCHED, "changed its operands"),
        ("caches-weights-by-id", hygiene.CachingWeightsById, ANEW, "weights changed in place"),
        ("buffers-in-turn-for-batches", hygiene.BuffersInTurn, LATER, "an earlier one"),
        ("one-result-for-equal-images", hygiene.OneResultForEqualImages, APART, "share"),
        ("ignores-transposed-views", hygiene.IGNORING_TRANSPOSED_VIEWS, CHANNELS_LAST, "wrong"),
        (
            "weights-in-the-images-format",
            hygiene.WEIGHTS_IN_THE_IMAGES_FORMAT,
            CHANNELS_LAST,
            "wrong",
        ),
        (
            "image-in-the-weights-format",
            hygiene.IMAGE_IN_THE_WEIGHTS_FORMAT,
            CHANNELS_LAST,
            "wrong",
        ),
        ("layer-scratch-shared", hygiene.SharingItsScratch, THREADS, "by 4 threads at once"),
        ("layer-wrong-at-the-fiftieth", hygiene.WrongAtTheFiftiethCall, MANY, "gave other bits"),
        ("refused-layer-kept", hygiene.KeepingARefusedRequest, REFUSAL, "a channel too few"),
        ("nan-to-other-groups", nan_in(hygiene.to_other_groups), LOCAL, "nan of a pixel"),
        ("nan-to-other-images", nan_in(hygiene.to_other_images), LOCAL, "nan of a pixel"),
        ("nan-to-the-next-output", nan_in(hygiene.to_the_next_output), LOCAL, "nan of a tap"),
        ("nan-to-the-packed-image", fourier.ImagesPackedInPairs, LOCAL, "nan of a pixel"),
        ("nan-of-later-outputs", nan_in(hygiene.lost_past_the_first_output), LOST, "is finite"),
        ("nan-lost-in-groups", nan_in(hygiene.lost_in_groups), LOST, "a tap of nan"),
    )
)
