"""The interface of an adapter, and what it declares about its call.

Runs unchanged on Python 3.7 with numpy 1.16, because a worker process imports it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends.spec_rules import check_fields, check_refuses

if TYPE_CHECKING:
    from typing import Literal, Mapping, Protocol, Tuple, TypedDict, Union, Unpack

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
    StridedSame = Literal["output", "input"]
    Operation = Literal["conv2d", "conv_transpose2d"]
    Reads = Literal["adjoint", "rotated"]
    Ends = Literal["kernel", "stride"]
    Extra = Literal["after", "before", "halved"]
    Option = Literal[
        "batch", "stride", "dilation", "groups", "explicit", "negative", "output_padding"
    ]
    Pair = Tuple[int, int]
    Pads = Tuple[Pair, Pair]
    Step = Union[int, Pair]
    Snippet = Union[str, Mapping[str, str]]

    class Options(TypedDict, total=False):
        """The keywords of `Wide.conv2d`, and one of `Transposed.conv_transpose2d` alone."""

        stride: Step
        dilation: Step
        groups: int
        output_padding: Step | None
else:
    Protocol = object

PADDINGS: tuple[Padding, ...] = ("valid", "same", "full")
FLOATS = ("float16", "float32", "float64")
INTEGERS = ("uint8", "int8", "int16", "int32", "int64")
# The options of a convolution, and the further one of a transposed convolution.
PLAIN_OPTIONS: tuple[Option, ...] = (
    "batch",
    "stride",
    "dilation",
    "groups",
    "explicit",
    "negative",
)
OPTIONS: tuple[Option, ...] = (*PLAIN_OPTIONS, "output_padding")
# The words of each field of a `Spec`; Python 3.7 cannot read them off the types above.
SPEC_WORDS: dict[str, tuple[str, ...]] = {
    "paddings": PADDINGS,
    "dtypes": (*FLOATS, "bfloat16", *INTEGERS),
    "orientation": tuple(
        turn + word
        for turn in ("", "transposed-")
        for word in ("correlation", "convolution", "flip-rows", "flip-columns")
    ),
    "anchor": ("upper", "lower"),
    "boundary": ("zeros", "edge", "reflect", "mirror", "wrap"),
    "larger_kernel": ("raises", "empty", "swaps", "zeros"),
    "algorithm": ("direct", "fft"),
    "options": OPTIONS,
    "strided_same": ("output", "input"),
    "operation": ("conv2d", "conv_transpose2d"),
    "reads": ("adjoint", "rotated"),
    "ends": ("kernel", "stride"),
    "output_padding": ("after", "before", "halved"),
}
REFUSABLE = ("channels", "depthwise", "even", "gradients", "followed", "past_stride")


class Unsupported(Exception):  # noqa: N818  (the contract fixes the name; it is no error)
    """The call has no way to do what was requested; the message says why."""


class Unavailable(Exception):  # noqa: N818  (likewise)
    """The backend cannot be loaded; the message says why and what to do."""


class TooOld(Unavailable):
    """The framework is older than what the adapter calls; the message says which version has it.

    Parameters
    ----------
    message : str
        The text to show if there is no other adapter.
    instead : str
        The adapter for such a version, as the registry writes it; may be empty.
    """

    def __init__(self, message: str, instead: str = "") -> None:
        super().__init__(message)
        self.instead = instead


@dataclass(frozen=True)
class Spec:
    """The declaration of a call; each declared fact is compared with the measured one.

    Parameters
    ----------
    name : str
        Dotted path of the public call, a variant behind a dash (``scipy.signal.convolve-fft``).
    call : str
        The call as its user would write it, on arrays ``img`` and ``k``.
    distributions : tuple of str
        What must be installed; the versions are recorded.
    paddings, dtypes : tuple of str
        The input that the call must accept; refusing anything else is not a failure. Empty
        declares nothing: the call must accept what it was measured to accept.
    orientation, anchor, boundary, larger_kernel : str or None
        Declared facts: how the kernel is read; where ``same`` puts an even kernel's extra pixel;
        what lies outside the image; what ``valid`` does when the kernel exceeds the image in both
        axes. None declares nothing.
    algorithm : str
        ``direct`` summation has a bound per element, ``fft`` one norm; None leaves it to the probe.
    compiles : bool
        True if every new shape costs a compilation; the matrix then runs its covering subset.
    snippet : str, or mapping of str to str
        The native call: lines that import the framework and compute ``y``, an array, from the
        arrays ``img`` and ``k``; ``np`` is NumPy. One text serves every padding, and has the word
        as ``padding``. If paddings need different lines, a mapping has a text for each; a key
        such as ``same/bfloat16`` is for a dtype that needs lines of its own. Every script of a
        failure contains it. If it is empty, such a script imports the adapter.
    layer_snippet : str, or mapping of str to str
        The same for a layer: from ``img`` (N, C, H, W) and ``k`` (O, C / groups, Kh, Kw), the pairs
        ``stride`` and ``dilation``, and ``groups``; of a transposed convolution, from ``k``
        (C, O / groups, Kh, Kw), and ``output_padding``, which may be None. Explicit pads are under
        the key ``explicit``, and in the text ``padding``. It is for the first of ``layouts``.
    gradient_snippet : str, or mapping of str to str
        Likewise the lines that compute the gradients ``by_img`` and ``by_k`` from ``cotangent``.
    options : tuple of str
        What the call takes in addition to the plain one. ``batch``: ``img`` (N, C, H, W) with ``k``
        (O, C / groups, Kh, Kw). ``stride``, ``dilation``, ``groups``: keywords; an int, or a pair
        (rows, columns) for the first two. ``explicit``: padding ((top, bottom), (left, right));
        ``negative``: also with numbers below zero, which crop. Of a transposed convolution
        ``explicit`` numbers crop, and ``output_padding`` is a keyword: an int or a pair (rows,
        columns) by which the result is longer; None, or not listed, is the framework's default.
    refuses : tuple of tuple of str
        The smallest combinations of words that the call refuses by raising. A case that contains
        one may be refused; that is not a failure. Words: the options, the paddings, ``channels``
        (more than one), ``depthwise`` (as many groups as channels, and several), ``even``
        (an even kernel extent), ``gradients`` (those of the call), ``followed`` (by
        bias, addition and ReLU), ``past_stride`` (an
        output_padding that is not less than the stride), a layout, a dtype.
    layouts : tuple of str
        Memory layouts, by the framework's own names, that the adapter can be made for
        (``Adapter(layout="NHWC")``); the first is what ``Adapter()`` uses.
    differentiates : bool
        Whether the adapter has ``gradients``, the framework's own derivative of the call.
    fuses : bool
        Whether the adapter has ``fused``: relu(conv2d(img, k) + bias + addend). A compiled call
        compiles all of it together, because optimisers fuse it.
    fuses_constants : bool
        Whether the adapter has ``fused_constants``: the same, compiled for an image, with kernel,
        bias and addend as constants, as in a network that is frozen.
    strided_same : str or None
        What ``same`` pads with a stride: ``output`` as much as the last window needs, ``input`` as
        with stride 1. None declares nothing.
    operation : str
        The method that is called: ``conv2d``, or that of a transposed convolution. For the latter
        ``anchor`` says from which side ``same`` crops the odd pixel (``upper``: after).
    reads, ends : str or None
        Declared facts of a transposed convolution: whether it is the ``adjoint`` of correlating
        with its kernel, or of doing so with the kernel ``rotated`` by 180°; whether ``valid`` ends
        with the last pixel's ``kernel``, (H - 1)s + d(Kh - 1) + 1 rows, or also fills up the last
        pixel's ``stride``, at least H·s. None declares nothing.
    output_padding : str or None
        Declared fact of a transposed convolution: where an output_padding of q leaves q rows more,
        all ``after`` or all ``before``; or, under ``same``, that the crop minus q is ``halved``
        again. None declares nothing.
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
    snippet: Snippet = ""
    layer_snippet: Snippet = ""
    gradient_snippet: Snippet = ""
    options: tuple[Option, ...] = ()
    refuses: tuple[tuple[str, ...], ...] = ()
    layouts: tuple[str, ...] = ()
    differentiates: bool = False
    strided_same: StridedSame | None = None
    fuses: bool = False
    fuses_constants: bool = False
    operation: Operation = "conv2d"
    reads: Reads | None = None
    ends: Ends | None = None
    output_padding: Extra | None = None

    def __post_init__(self) -> None:
        check_fields(self, SPEC_WORDS)
        known = (*OPTIONS, *PADDINGS, *REFUSABLE, *self.layouts, *SPEC_WORDS["dtypes"])
        check_refuses(self.refuses, known)


def choose_snippet(snippet: Snippet, padding: object, dtype: str = "") -> str:
    """Return the text of a `Spec.snippet` for a padding and a dtype; empty if it has none."""
    if isinstance(snippet, str):
        return snippet
    word = padding if isinstance(padding, str) else "explicit"
    return snippet.get(f"{word}/{dtype}", snippet.get(word, ""))


class Backend(Protocol):
    """One public call under test, behind the interface that all share."""

    spec: Spec

    def conv2d(self, img: Array, k: Array, padding: Padding) -> np.ndarray[Any, Any]:
        """Call the framework on ``img`` (H, W) and ``k`` (Kh, Kw); never flip, cast or repair.

        Raises
        ------
        Unsupported
            If the call has no such padding or option.
        """


class Wide(Backend, Protocol):
    """A backend with options; those that its spec does not list keep their defaults."""

    def conv2d(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
    ) -> Array:
        """Call the framework on (N, C, H, W) and (O, C / groups, Kh, Kw), or on two planes."""


class Differentiable(Wide, Protocol):
    """A backend whose framework differentiates the call."""

    def gradients(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        cotangent: Array,
        **options: Unpack[Options],
    ) -> tuple[Array, Array]:
        """Return the gradients of ⟨conv2d(img, k), cotangent⟩ by ``img`` and by ``k``."""


class Fusing(Wide, Protocol):
    """A backend whose call can be followed by bias, addition and ReLU, as in a network."""

    def fused(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        bias: Array,
        addend: Array,
        **options: Unpack[Options],
    ) -> Array:
        """Return relu(conv2d(img, k) + bias + addend), ``bias`` (O,), ``addend`` as the result."""


class Transposed(Protocol):
    """One public call of transposed convolution under test."""

    spec: Spec

    def conv_transpose2d(
        self,
        img: Array,
        k: Array,
        padding: Padding | Pads,
        *,
        stride: Step = 1,
        dilation: Step = 1,
        groups: int = 1,
        output_padding: Step | None = None,
    ) -> Array:
        """Call the framework on (N, C, H, W) and (C, O / groups, Kh, Kw), or on two planes.

        Explicit padding crops ((top, bottom), (left, right)); ``output_padding`` rows and columns
        are cropped less, and where there is nothing to crop, are added.

        Raises
        ------
        Unsupported
            If the call has no such padding or option.
        """
