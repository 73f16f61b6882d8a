"""A block of a layer, computed alone, is that block of the whole layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.cases import blocks
from conv2d_conformance.cases.layer_tables import FULL, PAIRS
from conv2d_conformance.definition import layers
from conv2d_conformance.definition.padding import pads_of

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer


@pytest.mark.parametrize("layer", [one for one in PAIRS if one.channels], ids=lambda one: one.id)
def test_every_block_is_that_of_the_whole(layer: Layer) -> None:
    img, k = layer.arrays()
    pads = pads_of(layer.padding, layer.image, layer.kernel, layer.options)
    whole = layers.correlate(img, k, pads=pads, options=layer.options)
    size = (whole.value.shape[2], whole.value.shape[3])
    for output in range(len(k)):
        for block in blocks.corners(size):
            part = blocks.exact(layer, img, k, pads, output, block)
            where = (slice(None), slice(output, output + 1), *block)
            np.testing.assert_array_equal(part.value, whole.value[where])
            np.testing.assert_array_equal(part.scale, whole.scale[where])


def test_blocks_lie_at_the_corners_and_the_centre() -> None:
    found = [(rows.start, columns.start) for rows, columns in blocks.corners((40, 3))]
    assert found == [(0, 0), (17, 0), (34, 0)]


@pytest.mark.parametrize("layer", FULL, ids=lambda one: one.id)
def test_a_layer_that_is_timed_holds_real_data_of_a_single_image(layer: Layer) -> None:
    assert (layer.family, layer.dtype, layer.shapes[0][0]) == ("normal", "float32", 1)
