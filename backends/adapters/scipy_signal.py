"""``scipy.signal``: its families agree on ``valid`` and ``full``, not on an even ``same``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conv2d_conformance.backends.protocol import FLOATS, INTEGERS, Spec, Unavailable

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding

_DIRECT = Spec(
    name="",
    call="",
    distributions=("scipy",),
    dtypes=("float32", "float64", *INTEGERS),
    orientation="convolution",
    anchor="lower",
    boundary="zeros",
    larger_kernel="swaps",
)
_IMPORT = "import scipy.signal\ny = "
_FFT = replace(_DIRECT, dtypes=FLOATS + INTEGERS, algorithm="fft")
_FLOAT_FFT = replace(_FFT, dtypes=("float32", "float64"))


class _Signal:
    spec = _DIRECT

    def __init__(self) -> None:
        import scipy.signal

        self._signal = scipy.signal


class Convolve2d(_Signal):
    """``scipy.signal.convolve2d`` with its default boundary, zeros."""

    spec = replace(
        _DIRECT,
        name="scipy.signal.convolve2d",
        call="scipy.signal.convolve2d(img, k, mode=padding)",
        snippet=_IMPORT + "scipy.signal.convolve2d(img, k, mode=padding)",
    )

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it."""
        return self._signal.convolve2d(img, k, mode=padding)  # type: ignore[no-any-return]


class Correlate2d(_Signal):
    """``scipy.signal.correlate2d`` with its default boundary, zeros."""

    spec = replace(
        _DIRECT,
        name="scipy.signal.correlate2d",
        call="scipy.signal.correlate2d(img, k, mode=padding)",
        snippet=_IMPORT + "scipy.signal.correlate2d(img, k, mode=padding)",
        orientation="correlation",
        anchor="upper",
    )

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it."""
        return self._signal.correlate2d(img, k, mode=padding)  # type: ignore[no-any-return]


class ConvolveDirect(_Signal):
    """``scipy.signal.convolve`` summing directly."""

    spec = replace(
        _DIRECT,
        name="scipy.signal.convolve-direct",
        call="scipy.signal.convolve(img, k, mode=padding, method='direct')",
        snippet=_IMPORT + 'scipy.signal.convolve(img, k, mode=padding, method="direct")',
    )
    method = "direct"

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it."""
        return self._signal.convolve(  # type: ignore[no-any-return]
            img, k, mode=padding, method=self.method
        )


class ConvolveFft(ConvolveDirect):
    """``scipy.signal.convolve`` by FFT; integers are rounded and cast back."""

    spec = replace(
        _FFT,
        name="scipy.signal.convolve-fft",
        call="scipy.signal.convolve(img, k, mode=padding, method='fft')",
        snippet=_IMPORT + 'scipy.signal.convolve(img, k, mode=padding, method="fft")',
    )
    method = "fft"


class CorrelateDirect(_Signal):
    """``scipy.signal.correlate`` summing directly; not `Correlate2d`'s anchor."""

    spec = replace(
        _DIRECT,
        name="scipy.signal.correlate-direct",
        call="scipy.signal.correlate(img, k, mode=padding, method='direct')",
        snippet=_IMPORT + 'scipy.signal.correlate(img, k, mode=padding, method="direct")',
        orientation="correlation",
    )
    method = "direct"

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it."""
        return self._signal.correlate(  # type: ignore[no-any-return]
            img, k, mode=padding, method=self.method
        )


class CorrelateFft(CorrelateDirect):
    """``scipy.signal.correlate`` by FFT; integers are rounded and cast back."""

    spec = replace(
        _FFT,
        name="scipy.signal.correlate-fft",
        call="scipy.signal.correlate(img, k, mode=padding, method='fft')",
        snippet=_IMPORT + 'scipy.signal.correlate(img, k, mode=padding, method="fft")',
        orientation="correlation",
    )
    method = "fft"


class Fftconvolve(_Signal):
    """``scipy.signal.fftconvolve``; float16 comes back as float32, integers as float64."""

    spec = replace(
        _FLOAT_FFT,
        name="scipy.signal.fftconvolve",
        call="scipy.signal.fftconvolve(img, k, mode=padding)",
        snippet=_IMPORT + "scipy.signal.fftconvolve(img, k, mode=padding)",
    )

    def __init__(self) -> None:
        super().__init__()
        if not hasattr(self._signal, "oaconvolve"):  # SciPy < 1.4 gives float64 for float32
            self.spec = replace(self.spec, dtypes=("float64",))

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it."""
        return self._signal.fftconvolve(img, k, mode=padding)  # type: ignore[no-any-return]


class Oaconvolve(_Signal):
    """``scipy.signal.oaconvolve``, FFT by overlap and add; float16 and integers are promoted."""

    spec = replace(
        _FLOAT_FFT,
        name="scipy.signal.oaconvolve",
        call="scipy.signal.oaconvolve(img, k, mode=padding)",
        snippet=_IMPORT + "scipy.signal.oaconvolve(img, k, mode=padding)",
    )

    def __init__(self) -> None:
        super().__init__()
        if not hasattr(self._signal, "oaconvolve"):
            msg = "scipy.signal.oaconvolve came with SciPy 1.4; install scipy>=1.4"
            raise Unavailable(msg)

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it."""
        return self._signal.oaconvolve(img, k, mode=padding)  # type: ignore[no-any-return]
