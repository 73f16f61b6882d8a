"""The adapter of `mylib.conv2d`. Only the suite imports it, so that mylib itself needs no suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.backends.protocol import Spec, Unsupported

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Padding


class Conv2d:
    """``mylib.conv2d``, which has no other padding than ``full``."""

    spec = Spec(
        name="mylib.conv2d",
        call="mylib.conv2d(img, k)",
        distributions=("mylib",),
        paddings=("full",),
        dtypes=("float32", "float64"),
        orientation="convolution",
        boundary="zeros",
        snippet="import mylib\ny = mylib.conv2d(img, k)",
    )

    def conv2d(self, img: Array, k: Array, padding: Padding) -> Array:
        """Call it."""
        import mylib

        if padding != "full":
            msg = "mylib.conv2d has no padding but the full one"
            raise Unsupported(msg)
        return mylib.conv2d(img, k)  # type: ignore[no-any-return]
