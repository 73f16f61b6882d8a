"""The stand-alone script that shows one failure of a layer."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from conv2d_conformance.matrix.script import About, comments

if TYPE_CHECKING:
    from conv2d_conformance.cases.layers import Layer

HEAD = '''\
"""One defect of a 2-D convolution layer: exits 1 if it shows, 0 if not, 2 if it cannot be run.

Written by conv2d-conformance. Needs NumPy, the arrays beside it and the adapter that it imports.
"""
'''
BODY = '''
import faulthandler
import os
import sys
from pathlib import Path

import numpy as np
{ml_dtypes}
with np.load(str(Path(__file__).with_name({data!r}))) as stored:
    given = dict(stored)
{views}img, k, cotangent = given["img"], given["k"], given.get("cotangent")
padding = {padding!r}
options = {options!r}


def end(code, *words):
    """Say what was found, and in which versions."""
    faulthandler.cancel_dump_traceback_later()
    print(*(str(word).encode("ascii", "backslashreplace").decode() for word in words))
    print("Python", sys.version.split()[0])
    for name in {modules!r}:
        print(name, getattr(sys.modules.get(name), "__version__", "is not imported"))
    sys.exit(code)


def left(status):
    raise RuntimeError("the call ended the process with {{}}".format(status))


def adapter():
    """What makes the call; that something is not installed is no defect."""
    try:
{adapter}
    except Exception as error:
        end(2, "cannot run:", error)
    return {layout}


def returned():
    """Everything that the call returns, by name."""
    found = adapter()
    try:
        return {{{calls}}}
    except SystemExit as error:
        end(1, "the call ended the process with", error.code)
    except Exception as error:
        end(1, "raised", type(error).__name__ + ":", error)


def hold(name, got):
    """End unless the array is as expected, within the bound."""
    expected, bound = given["expected" + name], given["bound" + name]
    words = "result" + name + ":"
    if getattr(got, "shape", None) != expected.shape:
        end(1, words, "expected shape", expected.shape, "got", getattr(got, "shape", type(got)))
    if got.dtype != img.dtype:
        end(1, words, "expected dtype", img.dtype, "got", got.dtype)
    error = np.abs((got.astype(np.float64) - expected) - given["rest" + name])
    wrong = np.argwhere(~(error <= bound))
    if len(wrong):
        at = tuple(wrong[0].tolist())
        print(words, len(wrong), "of", got.size, "elements are wrong, the first at", at)
        print("expected", format(expected[at], ".9g"), "got", format(float(got[at]), ".9g"))
        end(1, "error", format(error[at], ".3g"), "bound", format(bound[at], ".3g"))


faulthandler.dump_traceback_later(120, exit=True)  # exits 1
os._exit = left
for byte in (0x3F, 0xFF, 0x3F, 0xFF):
    names = [name for name in given if name.startswith("expected")]
    dirty = [np.full(given[name].size * img.itemsize, byte, np.uint8) for name in names * 4]
    del dirty  # memory that is handed out again, and holds no zeros
    for name, got in returned().items():
        if "expected" + name in given:
            hold(name, got)
end(0, "no defect: all of it is right")
'''
RESULT = '"": getattr(found, {operation!r}, found)(img, k, padding, **options)'
GRADIENTS = (
    '**dict(zip(("_by_img", "_by_k"), found.gradients(img, k, padding, cotangent, **options)))'
)
VIEWS = """\
short = [name for name in ("img", "k", "cotangent") if name in given]
given.update({name: given[name].view(ml_dtypes.bfloat16) for name in short})
"""


def render(layer: Layer, adapter: str, parts: tuple[str, ...], about: About) -> str:
    """The whole script; ``parts`` names what is held to the stored arrays."""
    short = layer.dtype == "bfloat16"
    calls = [RESULT.format(operation=layer.operation)] * ("" in parts) + [GRADIENTS] * any(parts)
    return (
        HEAD
        + "".join(comments(about))
        + BODY.format(
            ml_dtypes="import ml_dtypes  # NumPy has no bfloat16 of its own\n" if short else "",
            data=about.data,
            views=VIEWS if short else "",
            padding=layer.padding,
            options=layer.keywords,
            modules=("numpy", *about.modules),
            adapter=indent(adapter.strip("\n"), " " * 8),
            layout=f"type(found)(layout={layer.layout!r})" if layer.layout else "found",
            calls=", ".join(calls),
        )
    )
