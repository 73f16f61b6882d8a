"""What an adapter provides, and what it says of the call that it makes.

Runs unchanged on Python 3.7 with numpy 1.16: it also lives in other interpreters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Literal, Protocol

    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Padding = Literal["valid", "same", "full"]
    Orientation = Literal[
        "correlation",
        "convolution",
        "flip-rows",
        "flip-columns",
        "transposed-correlation",
        "transposed-convolution",
        "transposed-flip-rows",
        "transposed-flip-columns",
    ]
    Anchor = Literal["upper", "lower"]
    Boundary = Literal["zeros", "edge", "reflect", "mirror", "wrap"]
    LargerKernel = Literal["raises", "empty", "swaps", "zeros"]
    Algorithm = Literal["direct", "fft"]
else:
    Protocol = object

PADDINGS: tuple[Padding, ...] = ("valid", "same", "full")
FLOATS = ("float16", "float32", "float64")
INTEGERS = ("uint8", "int8", "int16", "int32", "int64")


class Unsupported(Exception):  # noqa: N818  (the contract fixes the name; it is no error)
    """The call has no way to do what was asked; the message says why."""


class Unavailable(Exception):  # noqa: N818  (likewise)
    """The backend cannot be loaded here; the message says why and what to do."""


@dataclass(frozen=True)
class Spec:
    """What an adapter says of its call; each declared fact is held against the measured one.

    Parameters
    ----------
    name : str
        Dotted path of the public call, a variant behind a dash (``scipy.signal.convolve-fft``).
    call : str
        The call as its user would write it, on arrays ``img`` and ``k``.
    distributions : tuple of str
        What must be installed; the versions are recorded.
    paddings, dtypes : tuple of str
        What the call is held to; what it refuses beyond that is no failure. Empty declares
        nothing: the call is held to what it was measured to take.
    orientation, anchor, boundary, larger_kernel : str or None
        Declared facts: how the kernel is read; where ``same`` puts an even kernel's extra pixel;
        what lies outside the image; what ``valid`` does when the kernel exceeds the image in both
        axes. None declares nothing.
    algorithm : str
        ``direct`` summation is judged per element, ``fft`` norm-wise; None leaves it to the probe.
    compiles : bool
        True if every new shape costs a compilation; the matrix then runs its covering subset.
    snippet : str
        The call in the framework's own words: lines that import it and make ``y``, an array, of
        the arrays ``img`` and ``k`` and the word ``padding``; ``np`` is NumPy. Every script that
        shows a failure holds it. Empty, such a script imports the adapter.
    """

    name: str
    call: str
    distributions: tuple[str, ...] = ()
    paddings: tuple[Padding, ...] = PADDINGS
    dtypes: tuple[str, ...] = FLOATS
    orientation: Orientation | None = None
    anchor: Anchor | None = None
    boundary: Boundary | None = None
    larger_kernel: LargerKernel | None = None
    algorithm: Algorithm | None = "direct"
    compiles: bool = False
    snippet: str = ""


class Backend(Protocol):
    """One public call under test, behind the one interface."""

    spec: Spec

    def conv2d(self, img: Array, k: Array, padding: Padding) -> np.ndarray[Any, Any]:
        """Call the framework on ``img`` (H, W) and ``k`` (Kh, Kw); never flip, cast or repair.

        Raises
        ------
        Unsupported
            If the call has no such padding or option.
        """
