"""Asserts that an array is a convolution of two others, within the derived bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.dtypes import info, is_float
from conv2d_conformance.definition.layers import four
from conv2d_conformance.definition.shown_numbers import tell_apart
from conv2d_conformance.errors import WrongShapeError, WrongValueError
from conv2d_conformance.testing import requested, wrong_result
from conv2d_conformance.testing.lowered_precision import find_lowered_operands

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from conv2d_conformance.definition.arrays import Array, Floats
    from conv2d_conformance.definition.correlation import Boundary, Orientation
    from conv2d_conformance.definition.padding import Align, Pads, Pair, Strided
    from conv2d_conformance.definition.sums.exact_sums import Exact
    from conv2d_conformance.testing.requested import Algorithm, Requested


def assert_conv2d(
    actual: ArrayLike,
    x: ArrayLike,
    k: ArrayLike,
    *,
    padding: str | int | Pair | Pads = "valid",
    stride: int | Pair = 1,
    dilation: int | Pair = 1,
    groups: int = 1,
    bias: ArrayLike | None = None,
    orientation: Orientation = "correlation",
    anchor: Align = "upper",
    strided_same: Strided = "output",
    boundary: Boundary = "zeros",
    algorithm: Algorithm = "direct",
) -> None:
    """Assert that ``actual`` is the convolution of ``x`` and ``k``, as far as its dtype holds it.

    There is no tolerance to choose. Each element may be off by what an honest sum in the dtype of
    the operands may be off by, in any order of summation, and by no more: lowered precision, such
    as TF32, fails.

    Parameters
    ----------
    actual : array_like, (Oh, Ow) or (N, O, Oh, Ow)
        The result of a call. NumPy, and what ``numpy.asarray`` reads; tensors of PyTorch on any
        device. Any dtype; one finer than the operands' is judged by theirs.
    x : array_like, (H, W) or (N, C, H, W)
        The image: float16, bfloat16, float32, float64, or integers.
    k : array_like, (Kh, Kw) or (O, C/groups, Kh, Kw)
        The kernel, as it was given to the call.
    padding : str, int or pairs
        ``"valid"``, ``"same"`` or ``"full"`` in any case; a number for all sides; (rows, columns);
        or ((top, bottom), (left, right)), negative to crop.
    stride, dilation : int or (int, int)
    groups : int
    bias : array_like or None
        A number, or (O,): added to each output.
    orientation : str
        How the call reads the kernel: ``correlation``, as deep learning does; ``convolution``,
        rotated by 180°, as ``scipy.signal.convolve2d`` does; or another word of
        `definition.correlation.ORIENTATIONS`.
    anchor : str
        Where ``same`` puts an odd pixel of padding: ``upper`` after the image, ``lower`` before.
    strided_same : str
        What ``same`` pads with a stride: ``output`` as much as the last window needs, as
        TensorFlow does; ``input`` as with stride 1.
    boundary : str
        What lies outside the image: ``zeros``, ``edge``, ``reflect``, ``mirror`` or ``wrap``, the
        words of ``scipy.ndimage``.
    algorithm : str
        ``direct`` for a sum per element; ``fft`` for Fourier transforms and other fast algorithms,
        which are judged by norms and not element by element.

    Raises
    ------
    WrongShapeError, WrongValueError
        An `AssertionError` that says where the first wrong element is, and the cause where one
        explains it: a flip, a shift, another anchor or boundary, a missing bias, a lost kernel
        element, TF32.
    TypeError, ValueError
        If an argument says nothing, or the shapes of the operands do not fit.

    Notes
    -----
    An element may err by ``2(√K + 2)·u·S``, with ``S = |x| ⋆ |k| + |bias|``, K products and u the
    unit roundoff of the coarser operand, plus underflow: N. J. Higham and T. Mary, "A new approach
    to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41 (2019). An FFT may err by
    ``(6 log₂N + 2√C + 1)·u·Σ‖x_c‖₂·‖k_c‖₂``. `definition.error_bounds` derives both. In float32,
    sums of 512 products or more fail within the bound too, if they are those of operands in TF32 or
    bfloat16; `testing.lowered_precision` derives that. `tests/benchmarks/README.md` counts how
    often honest results fail.

    A result of integers from integers has no error: it is to be exact, and to fit its dtype. An
    element that reads NaN or infinity is to be not finite. One whose ``S`` exceeds the largest
    number of the dtype may overflow.

    Examples
    --------
    >>> import numpy as np
    >>> from conv2d_conformance.testing import assert_conv2d
    >>> x, k = np.arange(9.0).reshape(3, 3), np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> assert_conv2d([[27.0, 37.0], [57.0, 67.0]], x, k)
    >>> assert_conv2d([[13.0, 23.0], [43.0, 53.0]], x, k)
    Traceback (most recent call last):
    ...
    conv2d_conformance.errors.WrongValueError: float64, x (3, 3) and k (2, 2): 4 of 4 elements ...
    """
    __tracebackhide__ = True
    wanted = requested.request(
        x, k, padding=padding, stride=stride, dilation=dilation, groups=groups, bias=bias,
        orientation=orientation, anchor=anchor, strided_same=strided_same, boundary=boundary,
        algorithm=algorithm,
    )  # fmt: skip
    result = requested.numbers("actual", actual)
    what = f"{wanted.x.dtype}, x {np.shape(x)} and k {np.shape(k)}"
    if result.shape != wanted.shape:
        cause = wrong_result.explain_shape(wanted, result)
        msg = f"{what}: the shape is {result.shape}, expected {wanted.shape}. {cause}".rstrip()
        raise WrongShapeError(msg)
    if not result.size:
        return
    exact = wanted.exact()
    bound = wanted.bound(exact, result.dtype)
    wrong = wrong_elements(four(result), exact, bound)
    if wrong.any():
        raise WrongValueError(
            _message(what, wanted, four(result), exact, bound, wrong), bound=bound
        )
    if lowered := find_lowered_operands(wanted, four(result), exact):
        msg = f"{what}: sums of {exact.taps} products are within the bound, but lowered. {lowered}"
        raise WrongValueError(msg, bound=bound)


def wrong_elements(result: Array, exact: Exact, bound: Floats) -> Array:
    """Mark the elements that no honest call gives."""
    with np.errstate(invalid="ignore", over="ignore"):
        beyond = ~(exact.error_of(result) <= bound)
    shown = ~np.isfinite(result.astype(np.float64))
    if is_float(result.dtype):
        beyond &= ~(shown & (exact.scale > float(info(result.dtype).max)))
    finite = np.isfinite(exact.value) & np.isfinite(exact.scale)
    return np.asarray(np.where(finite, beyond, ~shown))


def _message(
    what: str, wanted: Requested, result: Array, exact: Exact, bound: Floats, wrong: Array
) -> str:
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    error = exact.error_of(result)[first]
    shown = first[2:] if wanted.planes else first
    expected, got = tell_apart(exact.value[first], result[first], exact.low[first])
    cause = wrong_result.explain(wanted, result, exact, bound, wrong)
    return (
        f"{what}: {int(wrong.sum())} of {wrong.size} elements are wrong. First at {shown}: "
        f"expected {expected}, got {got}; the error {error:.3g} exceeds the bound "
        f"{bound[first]:.3g}. {cause}"
    )
