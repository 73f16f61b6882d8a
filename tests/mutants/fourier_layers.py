"""Layers by Fourier transforms, right and wrong: judged by their norms, channels summed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tests.mutants.given import padded
from tests.mutants.layers import Layer
from tests.mutants.transposed import Transposed

if TYPE_CHECKING:
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.definition.padding import Pair
    from tests.mutants.given import LayerRequest
    from tests.mutants.transposed import TransposedRequest


def spread(a: Array, steps: Pair) -> Array:
    """Zeros between the pixels or taps, which a step leaves out."""
    rows, columns = (max((n - 1) * step + 1, 0) for n, step in zip(a.shape[2:], steps, strict=True))
    wide = np.zeros((*a.shape[:2], rows, columns), a.dtype)
    wide[:, :, :: steps[0], :: steps[1]] = a
    return wide


def convolved(img: Array, k: Array) -> Array:
    """Every element of the convolution, channels summed as spectra, in the operands' precision."""
    rows, columns = (n + m - 1 for n, m in zip(img.shape[2:], k.shape[2:], strict=True))
    size = max(rows, 1), max(columns, 1)
    # NumPy transforms float32 in float32, and a short type in float64.
    spectra = np.fft.rfft2(img, size), np.fft.rfft2(k, size)
    summed = np.einsum("nchw,ochw->nohw", *spectra)
    return np.fft.irfft2(summed, size)[:, :, :rows, :columns].astype(img.dtype)


class FourierLayer(Layer):
    """A right one: the strided and dilated correlation, cut out of the whole convolution."""

    spec = replace(Layer.spec, algorithm="fft")

    def compute(self, given: LayerRequest) -> Array:
        out = self.room(given)
        if not out.size:
            return out
        image, kernel = padded(given.img, given.pads), spread(given.k, given.dilation)
        rows, columns = (
            slice(m - 1, m - 1 + (n - 1) * s + 1, s)
            for m, n, s in zip(kernel.shape[2:], given.size, given.stride, strict=True)
        )
        for channels, outputs in given.blocks():
            whole = convolved(image[:, channels], kernel[outputs, :, ::-1, ::-1])
            out[:, outputs] = whole[:, :, rows, columns]
        return out


class ChannelsReversed(FourierLayer):
    """Pairs the channels of the image with the kernel's in reverse."""

    def compute(self, given: LayerRequest) -> Array:
        return super().compute(replace(given, img=given.img[:, ::-1]))


class LastChannelHalved(FourierLayer):
    """Takes half of the last channel alone, as a factor of the real transform left out."""

    def compute(self, given: LayerRequest) -> Array:
        img = given.img.copy()
        if img.shape[1] > 1:
            img[:, -1:] /= 2
        return super().compute(replace(given, img=img))


class KernelGradientAveraged(FourierLayer):
    """The gradient by the kernel is a mean over the batch."""

    def by_kernel(self, given: LayerRequest, cotangent: Array) -> Array:
        found = super().by_kernel(given, cotangent)
        found /= found.dtype.type(max(len(given.img), 1))
        return found


class ImagesPackedInPairs(FourierLayer):
    """Two images are the real and the imaginary part of one; a NaN reaches the other's result."""

    def compute(self, given: LayerRequest) -> Array:
        out = super().compute(given)
        if len(given.img) == 2:
            with np.errstate(invalid="ignore"):
                out += 0 * out[::-1]
        return out


class FourierTransposed(Transposed):
    """A right transposed layer: the image spread by the stride, under the kernel."""

    spec = replace(Transposed.spec, algorithm="fft")

    def painted(self, asked: TransposedRequest) -> Array:
        few, many = len(asked.k) // asked.groups, asked.k.shape[1]
        out = np.zeros((len(asked.img), many * asked.groups, *asked.size), asked.img.dtype)
        if not out.size:
            return out
        image, kernel = spread(asked.img, asked.stride), spread(asked.k, asked.dilation)
        for g in range(asked.groups):
            ins, outs = slice(g * few, g * few + few), slice(g * many, g * many + many)
            out[:, outs] = convolved(image[:, ins], kernel[ins].swapaxes(0, 1))
        return out


class TransposedChannelsReversed(FourierTransposed):
    """Pairs the channels of the image with the kernel's in reverse."""

    def painted(self, asked: TransposedRequest) -> Array:
        return super().painted(replace(asked, img=asked.img[:, ::-1]))
