"""Compares everything that a call returns with the arrays next to the script."""

from __future__ import annotations

import faulthandler
import os

import numpy as np

from conv2d_conformance.matrix.reproducers.templates.declared import (
    given,
    img,
    k,
    native,
    padding,
    prepare,
)
from conv2d_conformance.matrix.reproducers.templates.head import end

# --- the script begins here


def refuse(status):
    """Stand for ``os._exit``."""
    msg = f"the call ended the process with {status}"
    raise RuntimeError(msg)


def returned():
    """Everything that the call returns, by name."""
    try:
        return native(img, k, padding)
    except SystemExit as error:
        return end(1, "the call ended the process with", error.code)
    except Exception as error:
        return end(1, "raised", type(error).__name__ + ":", error)


def hold(name, got):
    """End unless the array is as expected, within the bound."""
    expected, bound = given["expected" + name], given["bound" + name]
    words = "result" + name + ":"
    if getattr(got, "shape", None) != expected.shape:
        end(1, words, "expected shape", expected.shape, "got", getattr(got, "shape", type(got)))
    if got.dtype != img.dtype:
        end(1, words, "expected dtype", img.dtype, "got", got.dtype)
    finite = np.isfinite(expected)
    bounded = ~np.isnan(bound)  # a plane with NaN under an FFT has no bound
    with np.errstate(invalid="ignore"):
        error = np.abs((got.astype(np.float64) - expected) - given["rest" + name])
        wrong = np.argwhere(
            np.where(finite, bounded & ~(error <= bound), np.isfinite(got.astype(np.float64)))
        )
    if len(wrong):
        at = tuple(wrong[0].tolist())
        print(words, len(wrong), "of", got.size, "elements are wrong, the first at", at)
        print("expected", expected[at].item(), "got", got[at].item())
        end(1, "error", format(error[at], ".3g"), "bound", format(bound[at], ".3g"))


def hold_all():
    """Call four times, on memory that holds no zeros."""
    names = [name for name in given if name.startswith("expected")]
    for byte in (0x3F, 0xFF, 0x3F, 0xFF):
        dirty = [np.full(given[name].size * img.itemsize, byte, np.uint8) for name in names * 4]
        del dirty  # memory that is handed out again
        for name, got in returned().items():
            hold(name, got)


try:
    prepare()
except Exception as error:
    end(2, "cannot run:", error)
os._exit = refuse
faulthandler.dump_traceback_later(120, exit=True)  # exits 1
try:
    hold_all()
finally:
    faulthandler.cancel_dump_traceback_later()
end(0, "no defect: all of it is right")
