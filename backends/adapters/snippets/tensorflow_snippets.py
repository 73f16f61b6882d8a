"""Snippets of TensorFlow's calls, on NHWC tensors."""

from __future__ import annotations

# What an older version does not have; see `adapters.tensorflow_versions`.
FULL_PRECISION = "tf.config.experimental.enable_tensor_float_32_execution(False)"
PINS = f"import tensorflow as tf\n{FULL_PRECISION}\n"
_PLANES = "x, w = tf.constant(img[None, :, :, None]), tf.constant(k[:, :, None, None])\n"
_LAYERS = "x, w = tf.constant(img.transpose(0, 2, 3, 1)), tf.constant(k.transpose(2, 3, 1, 0))\n"
_FULL = """\
rows, columns = k.shape[0] - 1, k.shape[1] - 1
full = [(0, 0), (rows, rows), (columns, columns), (0, 0)]
"""
_LAYER_PADS = {
    "valid": 'pads = "VALID"\n',
    "same": 'pads = "SAME"\n',
    "full": """\
rows, columns = dilation[0] * (k.shape[2] - 1), dilation[1] * (k.shape[3] - 1)
pads = [(0, 0), (rows, rows), (columns, columns), (0, 0)]
""",
    "explicit": "pads = [(0, 0), *padding, (0, 0)]\n",
}
_RESULT = """\
y = {call}(x, w, stride, pads, "NHWC", dilation).numpy().transpose(0, 3, 1, 2)
"""
_GRADIENTS = """\
with tf.GradientTape() as tape:
    tape.watch((x, w))
    y = {call}(x, w, stride, pads, "NHWC", dilation)
by_img, by_k = tape.gradient(y, (x, w), cotangent.transpose(0, 2, 3, 1))
by_img, by_k = by_img.numpy().transpose(0, 3, 1, 2), by_k.numpy().transpose(3, 2, 0, 1)
"""
_EXTENTS = {
    "valid": """\
rows = img.shape[2] * s + max(d * (k.shape[2] - 1) + 1 - s, 0)
columns = img.shape[3] * t + max(e * (k.shape[3] - 1) + 1 - t, 0)
""",
    "same": "rows, columns = img.shape[2] * s, img.shape[3] * t\n",
}
_TRANSPOSED = """\
shape = img.shape[0], rows, columns, k.shape[1] * groups
y = tf.nn.conv2d_transpose(x, w, shape, stride, "{word}", "NHWC", dilations=dilation)
y = y.numpy().transpose(0, 3, 1, 2)
"""


def planes(call: str) -> dict[str, str]:
    """Return the snippets of a call on planes."""
    head, result = PINS + _PLANES, f"y = {call}(x, w, 1, {{pads}}).numpy()[0, :, :, 0]\n"
    return {
        "valid": head + result.format(pads='"VALID"'),
        "same": head + result.format(pads='"SAME"'),
        "full": head + _FULL + result.format(pads="full"),
    }


def layers(call: str) -> dict[str, str]:
    """Return the snippets of a call on layers; the channels imply the groups."""
    return _by_padding(_RESULT.format(call=call))


def gradients(call: str) -> dict[str, str]:
    """Return the snippets of a call's gradients."""
    return _by_padding(_GRADIENTS.format(call=call))


def _by_padding(result: str) -> dict[str, str]:
    return {padding: PINS + _LAYERS + pads + result for padding, pads in _LAYER_PADS.items()}


def transposed() -> dict[str, str]:
    """Return the snippets of the transposed convolution, for the size that Keras derives."""
    head = PINS + _LAYERS + "(s, t), (d, e) = stride, dilation\n"
    return {
        padding: head + extents + _TRANSPOSED.format(word=padding.upper())
        for padding, extents in _EXTENTS.items()
    }
