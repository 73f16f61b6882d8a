"""Paddings, strides and groups, converted to a framework's own terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.backends.protocol import PADDINGS, Unsupported

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Pads, Pair, Spec, Step


def require_known(padding: str | Pads) -> str:
    """Return the word if it is one of the contract's; a framework's own spelling is refused."""
    if padding not in PADDINGS:
        msg = f"padding must be 'valid', 'same' or 'full', not {padding!r}"
        raise ValueError(msg)
    return padding


def require_supported(words: tuple[str, ...], padding: str | Pads, why: str) -> str:
    """Return the word if the call has it.

    Raises
    ------
    Unsupported
        If the call does not have this padding of the contract; ``why`` says what to do.
    """
    if isinstance(padding, tuple) or require_known(padding) not in words:
        raise Unsupported(why)
    return padding


def to_pixels(padding: str | Pads, k: Array, dilation: Step = 1) -> Pads:
    """Return rows (top, bottom) and columns (left, right) of explicit pads, or of ``full``."""
    if isinstance(padding, tuple):
        (top, bottom), (left, right) = padding
        return (top, bottom), (left, right)
    require_known(padding)
    rows, columns = (d * (n - 1) for d, n in zip(to_pair(dilation), k.shape[-2:]))
    return (rows, rows), (columns, columns)


def require_symmetric(pads: Pads, advice: str) -> Pair:
    """Return rows and columns for a call that pads both sides of an axis equally.

    Raises
    ------
    Unsupported
        If the sides differ; ``advice`` is the call that pads first.
    """
    (top, bottom), (left, right) = pads
    if (top, left) != (bottom, right):
        msg = f"the call pads both sides of an axis alike, not {pads}; pad first with {advice}"
        raise Unsupported(msg)
    return top, left


def to_pair(step: Step) -> Pair:
    """Return (rows, columns) of a pair, or of one number for both."""
    return step if isinstance(step, tuple) else (step, step)


def require_implied_groups(groups: int, image: Array, kernel: Array, order: str) -> None:
    """Refuse groups that a call without that argument would not infer from its operands.

    Raises
    ------
    ValueError
        If ``groups`` times the channels of the kernel, HWIO, are not those of the image.
    """
    channels, each = image.shape[order.index("C")], kernel.shape[2]
    if channels != groups * each:
        msg = f"{groups} groups of {each} channels are not the image's {channels}"
        raise ValueError(msg)


def require_no_groups(groups: int, spec: Spec) -> None:
    """Refuse groups if the call has none, in this version or in any.

    Raises
    ------
    Unsupported
        If there are several groups and the spec does not list the option.
    """
    if groups > 1 and "groups" not in spec.options:
        msg = f"{spec.name} of this version has no groups; call it for each and concatenate"
        raise Unsupported(msg)
