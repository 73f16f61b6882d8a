"""Snippets of PyTorch's calls."""

from __future__ import annotations

_PLANES = """\
import torch
x, w = torch.from_numpy(img)[None, None], torch.from_numpy(k)[None, None]
{call}
y = y.numpy()[0, 0]
"""
_LAYERS = """\
import torch
x, w = torch.from_numpy(img), torch.from_numpy(k)
{call}
y = y.numpy()
"""
# PyTorch knows bfloat16 by its own name only, so arrays go there and come back as bits.
_BFLOAT16_PLANES = """\
import torch
x = torch.from_numpy(img.view("int16")).view(torch.bfloat16)[None, None]
w = torch.from_numpy(k.view("int16")).view(torch.bfloat16)[None, None]
{call}
y = y.view(torch.int16).numpy().view(img.dtype)[0, 0]
"""
_BFLOAT16_LAYERS = _BFLOAT16_PLANES.replace("[None, None]", "").replace("[0, 0]", "")
_GRADIENTS = """\
import torch
x, w = torch.nn.Parameter(torch.from_numpy(img)), torch.nn.Parameter(torch.from_numpy(k))
{call}
by_img, by_k = (g.numpy() for g in torch.autograd.grad(y, (x, w), torch.from_numpy(cotangent)))
"""
_PADS = {"valid": '"valid"', "same": '"same"', "full": "(k.shape[0] - 1, k.shape[1] - 1)"}
_LAYER_PADS = {
    "valid": '"valid"',
    "same": '"same"',
    "full": "(dilation[0] * (k.shape[2] - 1), dilation[1] * (k.shape[3] - 1))",
    "explicit": "(padding[0][0], padding[1][0])",
}
_CROPS = {"valid": "0", "explicit": "(padding[0][0], padding[1][0])"}


def planes(call: str) -> dict[str, str]:
    """Return the snippets of a call on planes; ``{pads}`` in it is what it pads with."""
    return _snippets(_PLANES, _BFLOAT16_PLANES, call, _PADS)


def layers(call: str) -> dict[str, str]:
    """Return the snippets of a call on layers, which has ``pads``."""
    return _snippets(_LAYERS, _BFLOAT16_LAYERS, f"pads = {{pads}}\n{call}", _LAYER_PADS)


def gradients(call: str) -> dict[str, str]:
    """Return the snippets of a call's gradients, which NumPy's own dtypes have."""
    return _snippets(_GRADIENTS, "", f"pads = {{pads}}\n{call}", _LAYER_PADS)


def transposed(call: str) -> dict[str, str]:
    """Return the snippets of a transposed convolution, which has ``crops``."""
    return _snippets(_LAYERS, _BFLOAT16_LAYERS, f"crops = {{pads}}\n{call}", _CROPS)


def _snippets(text: str, bfloat16: str, call: str, paddings: dict[str, str]) -> dict[str, str]:
    made = {}
    for padding, pads in paddings.items():
        made[padding] = text.format(call=call.format(pads=pads))
        made[f"{padding}/bfloat16"] = bfloat16.format(call=call.format(pads=pads))
    return made
