"""Snippets of JAX's calls."""

from __future__ import annotations

PINS = """\
import jax
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_default_matmul_precision", "highest")
"""
_PLANES = PINS + "x, w = img[None, None], k[None, None]\n"
_FULL = """\
rows, columns = k.shape[0] - 1, k.shape[1] - 1
full = (rows, rows), (columns, columns)
"""
_LAYER_PADS = {
    "valid": 'pads = "VALID"\n',
    "same": 'pads = "SAME"\n',
    "full": """\
rows, columns = dilation[0] * (k.shape[2] - 1), dilation[1] * (k.shape[3] - 1)
pads = (rows, rows), (columns, columns)
""",
    "explicit": "pads = padding\n",
}
_CALL = """\
def call(x, w):
    return jax.lax.conv_general_dilated(
        x, w, stride, pads, rhs_dilation=dilation, feature_group_count=groups
    )
"""
_RESULT = "y = np.asarray(call(img, k))\n"
_GRADIENTS = """\
_, pull = jax.vjp(call, img, k)
by_img, by_k = map(np.asarray, pull(cotangent))
"""
_TRANSPOSED = """\
x, w = img.transpose(0, 2, 3, 1), k.transpose(2, 3, 0, 1)
y = jax.lax.conv_transpose(x, w, stride, "{word}", rhs_dilation=dilation)
y = np.asarray(y).transpose(0, 3, 1, 2)
"""


def planes(call: str, before: str = "") -> dict[str, str]:
    """Return the snippets of a call on planes; ``before`` defines what it calls."""
    result = f"y = np.asarray({call}(x, w, (1, 1), {{pads}}))[0, 0]\n"
    return {
        "valid": _PLANES + before + result.format(pads='"VALID"'),
        "same": _PLANES + before + result.format(pads='"SAME"'),
        "full": _PLANES + before + _FULL + result.format(pads="full"),
    }


def layers(decorator: str = "") -> dict[str, str]:
    """Return the snippets of the call on layers."""
    return _by_padding(decorator + _CALL + _RESULT)


def gradients(decorator: str = "") -> dict[str, str]:
    """Return the snippets of the call's gradients."""
    return _by_padding(decorator + _CALL + _GRADIENTS)


def _by_padding(call: str) -> dict[str, str]:
    return {padding: PINS + pads + call for padding, pads in _LAYER_PADS.items()}


def transposed() -> dict[str, str]:
    """Return the snippets of the transposed convolution."""
    return {p: PINS + _TRANSPOSED.format(word=p.upper()) for p in ("valid", "same")}
