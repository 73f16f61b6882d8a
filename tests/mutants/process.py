"""Slips that show in special values, from call to call, or in the process around the call."""

from __future__ import annotations

import itertools
import os
import random
import sys
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from conv2d_conformance.definition.conventions import output_size
from conv2d_conformance.definition.correlation import shape_of
from tests.mutants import direct

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.definition.correlation import Array
    from tests.mutants.direct import Conv2d


def swallowing_nan(img: Array, k: Array, padding: str) -> Array:
    """What is not finite counts as zero."""
    direct.require(img, k, padding)
    finite = np.isfinite(img.astype(np.float64))
    return direct.conv2d(np.where(finite, img, 0).astype(img.dtype), k, padding)


def spreading_nan(img: Array, k: Array, padding: str) -> Array:
    """One pixel that is not finite spoils every output, as in a Fourier transform."""
    out = direct.conv2d(img, k, padding)
    finite = np.isfinite(img.astype(np.float64)).all()
    return out if finite else np.full_like(out, np.nan)


def clipped(img: Array, k: Array, padding: str) -> Array:
    """Results saturate at ten thousand."""
    out = direct.conv2d(img, k, padding)
    return np.clip(out, -10000, 10000) if out.dtype.kind == "f" else out


def barely_biased(img: Array, k: Array, padding: str) -> Array:
    """A ten-millionth is added everywhere."""
    out = direct.conv2d(img, k, padding)
    return out + np.float32(1e-7) if out.dtype == np.float32 else out


def wrong_at(slips: Callable[[int], bool]) -> Callable[[], Conv2d]:
    """Off by one in the first output, on the calls whose number ``slips`` picks."""

    def make() -> Conv2d:
        calls = itertools.count(1)

        def conv2d(img: Array, k: Array, padding: str) -> Array:
            out = direct.conv2d(img, k, padding)
            if slips(next(calls)) and out.size:
                out[0, 0] += 1
            return out

        return conv2d

    return make


def leaving_a_row_unwritten(img: Array, k: Array, padding: str) -> Array:
    """The last row is whatever lay in memory."""
    direct.require(img, k, padding)
    # Before the sums are made: memory that they free would hold the same numbers every time.
    out = np.empty(output_size(padding, shape_of(img), shape_of(k)), img.dtype)
    out[:-1] = direct.conv2d(img, k, padding)[:-1]
    return out


def hanging(img: Array, k: Array, padding: str) -> Array:
    """Never comes back."""
    time.sleep(3600)
    return direct.conv2d(img, k, padding)


def leaving(img: Array, k: Array, padding: str) -> Array:
    """Ends the process, as if all were well."""
    os._exit(0)
    return direct.conv2d(img, k, padding)


def quitting(img: Array, k: Array, padding: str) -> Array:
    """Ends the process the polite way."""
    sys.exit(0)
    return direct.conv2d(img, k, padding)


def silencing(img: Array, k: Array, padding: str) -> Array:
    """Switches NumPy's warnings off for everybody."""
    np.seterr(all="ignore")
    return direct.conv2d(img, k, padding)


def seeding(img: Array, k: Array, padding: str) -> Array:
    """Seeds the global random generators."""
    np.random.seed(0)
    random.seed(0)
    return direct.conv2d(img, k, padding)


def moving(img: Array, k: Array, padding: str) -> Array:
    """Changes the working directory."""
    os.chdir("/")
    return direct.conv2d(img, k, padding)


def shown_flipped(img: Array, k: Array, padding: str) -> Array:
    """Right, and shown in bug reports as a call that flips its kernel."""
    return direct.conv2d(img, k, padding)


shown_flipped.snippet = (  # type: ignore[attr-defined]
    "from tests.mutants import direct\ny = direct.conv2d(img, k[::-1], padding)"
)


def swallowing_a_nan_tap(padding: str, dtype: str) -> Conv2d:
    """A kernel element that is not finite counts as zero, under one padding and for one dtype."""

    def conv2d(img: Array, k: Array, wanted: str) -> Array:
        if (wanted, k.dtype.name) == (padding, dtype):
            k = np.where(np.isfinite(k), k, 0).astype(k.dtype)
        return direct.conv2d(img, k, wanted)

    return conv2d


def exporting(img: Array, k: Array, padding: str) -> Array:
    """Sets a variable for every process that is started afterwards."""
    os.environ["OMP_NUM_THREADS"] = str(1 + int(os.environ.get("OMP_NUM_THREADS", "1")))
    return direct.conv2d(img, k, padding)


def sharing_its_scratch_from_the_third_caller() -> Conv2d:
    """Two calls at once have a scratch array each; all that come third share one."""
    inside: list[int] = []
    scratch: dict[str, Array] = {}

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        direct.require(img, k, padding)
        inside.append(0)
        padded, size = direct.windows(img, shape_of(k), padding)
        name = "shared" if len(inside) > 2 else f"own of {threading.get_ident()}"
        scratch[name] = padded
        time.sleep(0)
        total = direct.total(scratch[name], k, size, np.ndindex(*k.shape))
        inside.pop()
        return total

    return conv2d


def sharing_its_scratch() -> Conv2d:
    """All calls pad into one array, and let go of the processor before they read it."""
    scratch: dict[str, Array] = {}

    def conv2d(img: Array, k: Array, padding: str) -> Array:
        direct.require(img, k, padding)
        padded, size = direct.windows(img, shape_of(k), padding)
        scratch["padded"] = padded
        time.sleep(0)
        return direct.total(scratch["padded"], k, size, np.ndindex(*k.shape))

    return conv2d
