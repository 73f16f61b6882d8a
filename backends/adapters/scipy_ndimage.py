"""``scipy.ndimage`` as SciPy ships it: the output is the image's size, its border is reflected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conv2d_conformance.backends.padding import require_supported
from conv2d_conformance.backends.protocol import INTEGERS, Spec

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding

_SPEC = Spec(
    name="",
    call="",
    distributions=("scipy",),
    paddings=("same",),
    dtypes=("float32", "float64", *INTEGERS),
    boundary="reflect",
)
_IMPORT = "import scipy.ndimage\ny = "
_WHY = (
    "scipy.ndimage gives an output of the image's size only; for 'valid' cut the border off, "
    "for 'full' pad the image by (Kh - 1, Kw - 1) first"
)


class _Ndimage:
    spec = _SPEC

    def __init__(self) -> None:
        import scipy.ndimage

        self._ndimage = scipy.ndimage


class Convolve(_Ndimage):
    """``scipy.ndimage.convolve`` with its defaults."""

    spec = replace(
        _SPEC,
        name="scipy.ndimage.convolve",
        call="scipy.ndimage.convolve(img, k)",
        snippet=_IMPORT + "scipy.ndimage.convolve(img, k)",
        orientation="convolution",
        anchor="upper",
    )

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it; the one padding is ``same``."""
        require_supported(self.spec.paddings, padding, _WHY)
        return self._ndimage.convolve(img, k)  # type: ignore[no-any-return]


class Correlate(_Ndimage):
    """``scipy.ndimage.correlate`` with its defaults."""

    spec = replace(
        _SPEC,
        name="scipy.ndimage.correlate",
        call="scipy.ndimage.correlate(img, k)",
        snippet=_IMPORT + "scipy.ndimage.correlate(img, k)",
        orientation="correlation",
        anchor="lower",
    )

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it; the one padding is ``same``."""
        require_supported(self.spec.paddings, padding, _WHY)
        return self._ndimage.correlate(img, k)  # type: ignore[no-any-return]
