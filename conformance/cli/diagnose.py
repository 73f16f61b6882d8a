"""The command `diagnose`: explains how one or two results follow from an image and a kernel."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.cases import question
from conv2d_conformance.cli import diagnose_text, read_arrays
from conv2d_conformance.cli.read_arrays import UnreadableError
from conv2d_conformance.console import emit, say, tell_if_slow
from conv2d_conformance.diagnosis.axis_layouts import operands
from conv2d_conformance.diagnosis.compare import compare
from conv2d_conformance.diagnosis.diagnose import IncompatibleShapesError, diagnose_result
from conv2d_conformance.runtime.kept_output import kept_output
from conv2d_conformance.runtime.runner_pool import RunnerPool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.definition.correlation import Array, Orientation
    from conv2d_conformance.diagnosis.diagnose import Diagnosis

# The two calls of the original question, in pure Python: SciPy's convolve2d and Keras's layer.
EXAMPLE = ("textbook.sum", "textbook.sum_plus")
USAGE = "give IMAGE KERNEL RESULT [RESULT2]"


@dataclass(frozen=True)
class DiagnoseRequest:
    """The arguments of one command: see ``python -m conv2d_conformance diagnose --help``."""

    arrays: Sequence[str]
    example: bool
    padding: str
    expected: Orientation
    as_json: bool
    verbose: bool = False


def diagnose(request: DiagnoseRequest) -> int:
    """Print the diagnosis; 0 (nothing to fix), 1 (a difference) or 2 (could not be judged)."""
    try:
        img, k, names = _operands(request)
        with kept_output(verbose=request.verbose) as output:
            results = _results(RunnerPool(output=output), names, img, k, request.padding)
        judged = [
            _diagnosed(name, img, k, made, request.expected) for name, made in results.items()
        ]
    except (UnreadableError, IncompatibleShapesError, UnknownBackendError) as error:
        say(f"conformance diagnose: {error}")
        return 2
    both = compare(*judged) if len(judged) > 1 else None
    fine = both.agree if both else judged[0].plain
    if request.as_json:
        emit(json.dumps(diagnose_text.render_json(img, k, judged, both), indent=2))
    else:
        for line in diagnose_text.render_text(img, k, judged, both):
            emit(line)
    return 0 if fine else 1


def _diagnosed(name: str, img: Array, k: Array, made: Array, expected: Orientation) -> Diagnosis:
    with tell_if_slow(f"looking for what explains {name}"):
        return diagnose_result(name, img, k, made, expected)


def _operands(request: DiagnoseRequest) -> tuple[Array, Array, Sequence[str]]:
    """Return the image, the kernel and the names of one or two results.

    Raises
    ------
    UnreadableError
        If there are too few operands or too many, or a file cannot be read.
    """
    if request.example:
        img, k, names = question.image(), question.kernel(), request.arrays or EXAMPLE
    else:
        if len(request.arrays) < 3:
            msg = f"{USAGE}, or --example"
            raise UnreadableError(msg)
        img, k = map(read_arrays.read, request.arrays[:2])
        names = request.arrays[2:]
    if img.ndim == k.ndim == 2 and all(m > n for m, n in zip(k.shape, img.shape, strict=True)):
        msg = f"the kernel, {k.shape}, is larger than the image, {img.shape}; give the image first"
        raise UnreadableError(msg)
    if len(names) > 2:
        msg = f"{len(names)} results were given; {USAGE}"
        raise UnreadableError(msg)
    return img, k, names


def _results(
    pool: RunnerPool, names: Sequence[str], img: Array, k: Array, padding: str
) -> dict[str, Array]:
    """Return each result by name, read from a file or computed by a call.

    A name that is given twice gets a number.
    """
    made: dict[str, Array] = {}
    try:
        for name in names:
            label = name if name not in made else f"{name} (again)"
            made[label] = (
                read_arrays.read(name)
                if read_arrays.is_file(name)
                else _called(pool, name, img, k, padding)
            )
    finally:
        pool.stop()
    return made


def _called(pool: RunnerPool, name: str, img: Array, k: Array, padding: str) -> Array:
    """Return what a call computes from the operands, both cast to one float dtype.

    Raises
    ------
    UnreadableError
        If the name selects several backends, or the call refuses the operands or returns something
        that is not an array of real numbers.
    """
    one, *more = pool.select(name)
    if more:
        msg = f"{name} stands for {len(more) + 1} calls; name one, as {one}"
        raise UnreadableError(msg)
    runner = pool.runner(one)
    dtype = np.result_type(img, k)
    dtype = dtype if dtype.kind == "f" else np.result_type(dtype, np.float32)
    pair = [a.astype(dtype) for a in operands(img, k)]
    say(f"calling {name} with padding {padding!r}")
    try:
        made: Any = np.asarray(runner.call("conv2d", (*pair, padding), {}))
    except Unsupported as error:
        msg = f"{name} has no {padding!r}: {error}; try another --padding"
        raise UnreadableError(msg) from error
    except Exception as error:
        first = (str(error).strip().splitlines() or [""])[0]
        msg = f"{name} refuses these operands: {type(error).__name__}: {first}"
        raise UnreadableError(msg) from error
    if made.dtype.kind not in "biuf" or not made.size or not 2 <= made.ndim <= 4:
        msg = (
            f"{name} returned {made.dtype} of shape {made.shape}, which is not a result to compare"
        )
        raise UnreadableError(msg)
    return made  # type: ignore[no-any-return]  # an array
