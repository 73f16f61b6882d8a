"""The rules of padding: how far a layer pads its image, and the size of its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Pair = tuple[int, int]
# ((top, bottom), (left, right)); a negative one crops.
Pads = tuple[Pair, Pair]
Align = Literal["upper", "lower"]
Strided = Literal["output", "input"]
Operation = Literal["conv2d", "conv_transpose2d"]


@dataclass(frozen=True)
class Options:
    """The options of a layer; pairs are (rows, columns), at least 1.

    Parameters
    ----------
    stride : (int, int)
        Pixels from one window to the next.
    dilation : (int, int)
        Pixels from one tap to the next.
    groups : int
        Blocks of channels that are computed independently.

    Raises
    ------
    ValueError
        If one of them is less than 1.
    """

    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    groups: int = 1

    def __post_init__(self) -> None:
        if min(*self.stride, *self.dilation, self.groups) < 1:
            message = f"{self}: stride, dilation and groups are at least 1"
            raise ValueError(message)


class Geometry(Protocol):
    """The fields of a layer that the definition reads: operation, extents, padding and options."""

    @property
    def operation(self) -> Operation:
        """A correlation, or its adjoint."""

    @property
    def image(self) -> Pair:
        """(H, W)."""

    @property
    def kernel(self) -> Pair:
        """(Kh, Kw)."""

    @property
    def padding(self) -> str | Pads:
        """A word, or explicit pads."""

    @property
    def stride(self) -> Pair:
        """Pixels from one window to the next."""

    @property
    def channels(self) -> tuple[int, int, int, int] | None:
        """Batch, channels, outputs and groups; None for operands of two axes."""

    @property
    def options(self) -> Options:
        """Stride, dilation and groups."""

    @property
    def output_padding(self) -> Pair | None:
        """Rows and columns that a transposed result is longer by; None for the default."""


def reach(kernel: Pair, options: Options) -> Pair:
    """Pixels from the first tap to the last, ``d(K - 1)`` along each axis."""
    rows, columns = (d * (m - 1) for d, m in zip(options.dilation, kernel, strict=True))
    return rows, columns


def output_size(image: Pair, kernel: Pair, pads: Pads, options: Options) -> Pair:
    """Shape of a correlation: ``⌊(H + top + bottom - d(K - 1) - 1) / s⌋ + 1``, at least 0.

    The formula of ``torch.nn.Conv2d``.
    """
    rows, columns = (
        max((n + sum(pad) - span - 1) // s + 1, 0)
        for n, pad, span, s in zip(image, pads, reach(kernel, options), options.stride, strict=True)
    )
    return rows, columns


def transposed_size(
    image: Pair, kernel: Pair, pads: Pads, options: Options, output_padding: Pair = (0, 0)
) -> Pair:
    """Shape of a transposed convolution: ``(H - 1)s + d(K - 1) + 1 - top - bottom + extra``.

    The formula of ``torch.nn.ConvTranspose2d``; at least 0.
    """
    rows, columns = (
        max((n - 1) * s + span + 1 - sum(pad) + extra, 0)
        for n, s, span, pad, extra in zip(
            image, options.stride, reach(kernel, options), pads, output_padding, strict=True
        )
    )
    return rows, columns


def linear_extent(
    image: Pair, kernel: Pair, pads: Pads, options: Options, *, transposed: bool = False
) -> Pair:
    """Rows and columns of a layer's whole linear product, padded before or cropped after.

    A transposed layer spreads its image by the stride first; a layer steps over outputs at last.
    """
    steps = options.stride if transposed else (1, 1)
    rows, columns = (
        max((n - 1) * s + 1, 1) + span + sum(map(abs, pad))
        for n, s, span, pad in zip(image, steps, reach(kernel, options), pads, strict=True)
    )
    return rows, columns


def pads_of(
    padding: str | Pads,
    image: Pair,
    kernel: Pair,
    options: Options,
    *,
    align: Align = "upper",
    strided: Strided = "output",
) -> Pads:
    """Return the pads of a padding by name.

    Parameters
    ----------
    padding : str or Pads
        ``valid`` pads nothing and ``full`` d(K - 1) on every side; explicit pads are returned.
        ``same`` returns ⌈H / s⌉ rows, its pads halved.
    image, kernel : (int, int)
        (H, W) and (Kh, Kw).
    options : Options
    align : str
        Where ``same`` puts an odd pixel: ``upper`` after the image, ``lower`` before.
    strided : str
        What ``same`` pads in all where the stride s > 1. ``output`` pads as much as the last
        window needs, ``max((⌈H / s⌉ - 1)s + d(K - 1) + 1 - H, 0)``: "Notes on padding" of
        ``tf.nn``, and SAME_UPPER and SAME_LOWER of ONNX's Conv. ``input`` pads d(K - 1) for every
        stride, which gives every s-th pixel of the call with stride 1: the rule of
        ``torch.nn.Conv2d(padding="same")``, which takes stride 1 only, carried on.

    Returns
    -------
    Pads

    Raises
    ------
    ValueError
        If ``padding`` is another word.
    """
    if not isinstance(padding, str):
        return padding
    spans = reach(kernel, options)
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding == "full":
        return (spans[0], spans[0]), (spans[1], spans[1])
    if padding != "same":
        message = f"padding {padding!r}: say valid, same, full or ((top, bottom), (left, right))"
        raise ValueError(message)
    if strided == "output":
        rows, columns = map(_needed, image, spans, options.stride)
    else:
        rows, columns = spans
    return halve(rows, align), halve(columns, align)


def _needed(extent: int, span: int, stride: int) -> int:
    """Return how far the windows of ⌈H / s⌉ outputs extend beyond the image, along one axis."""
    windows = -(-extent // stride)
    return max((windows - 1) * stride + span + 1 - extent, 0)


def halve(total: int, align: Align) -> Pair:
    """``total`` pixels before and after, an odd one after (``upper``) or before (``lower``)."""
    small = total // 2
    return (small, total - small) if align == "upper" else (total - small, small)


@dataclass(frozen=True)
class SamePaddingRule:
    """A rule of how ``same`` pads a layer; the fields are arguments of `pads_of`."""

    strided: Strided
    align: Align

    def pads(self, layer: Geometry) -> Pads:
        """The pads of a layer whose padding is a word, and explicit ones as they are."""
        return pads_of(
            layer.padding,
            layer.image,
            layer.kernel,
            layer.options,
            align=self.align,
            strided=self.strided,
        )


SAME_PADDING_RULES = (
    SamePaddingRule("output", "upper"),
    SamePaddingRule("output", "lower"),
    SamePaddingRule("input", "upper"),
    SamePaddingRule("input", "lower"),
)
