"""Writes the stand-alone script of one failure: the native call, a reference, and the claim.

The script is meant for the framework's issue tracker. It imports NumPy and the framework only,
and runs on the oldest Python that a backend may need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.numpy_notation import PAD_MODES, TURNS
from conv2d_conformance.matrix.reproducers.about import comments
from conv2d_conformance.matrix.reproducers.carried_adapter import CarriedAdapter
from conv2d_conformance.matrix.reproducers.native_call import native_call
from conv2d_conformance.matrix.reproducers.template import load, load_claim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.matrix.reproducers.about import About
    from conv2d_conformance.matrix.reproducers.evidence import Evidence, Expected
    from conv2d_conformance.matrix.reproducers.template import Template
    from conv2d_conformance.runtime.call_log import RecordedOperand

# Elements of image and kernel together that are still readable in the text of an issue.
INLINE = 200
HEAD = '''\
"""One defect of a 2-D convolution call: exits 1 if it shows, 0 if not, 2 if it cannot be run.

Written by conv2d-conformance. Needs NumPy and what the native call imports, nothing else.
"""
'''
# The names that the reference uses, as `templates.declared` declares them.
CONVENTIONS = '''

BEFORE = {before}  # rows and columns of padding before the image
SIZE = {size}  # of the result
WIDE = np.{wide}
OUTSIDE = "{mode}"  # as numpy.pad has it: outside the image lie {boundary}


def oriented(k):
    """The kernel, read as {orientation}."""
    return {reads}


def bound(scale):
    """How far an honest result may lie from the exact one: {why}."""
    return np.zeros(SIZE) + {bound}
'''


def render(found: Evidence, about: About) -> str:
    """Return the script's text."""
    used = [*_pieces(found, about)]
    parts = [HEAD, *comments(about), "\n", *_imports(found, used), *_operands(found, about)]
    parts += [f"MODULES = {('numpy', *about.modules)!r}\n", native_call(found, about)]
    if any(piece.name == "reference" for piece in used):
        parts += _conventions(found)
    parts += [f"\n\n{piece.text}\n" for piece in used]
    if isinstance(about.adapter, CarriedAdapter):
        parts.append(about.adapter.text())
    return "".join(parts)


def _pieces(found: Evidence, about: About) -> Iterator[Template]:
    """Return the script's pieces, each after those that it needs."""
    last = load("stored") if found.stored else load_claim(found.claim)
    names = ["head"]
    if not about.snippet:
        names += ["carried"] * isinstance(about.adapter, CarriedAdapter) + ["adapter"]
    yield from map(load, dict.fromkeys((*names, *last.needs)))
    yield last


def _imports(found: Evidence, used: list[Template]) -> Iterator[str]:
    lines = {line for piece in used for line in piece.imports}
    lines |= set() if _inline(found) else {"from pathlib import Path\n"}
    yield "".join(sorted(lines, key=lambda line: (line.startswith("from "), line)))
    yield "\n"
    if any(a.values.dtype.name == "bfloat16" for a in found.operands.values()):
        yield "import ml_dtypes  # NumPy has no bfloat16 of its own\n"
    yield "import numpy as np\n"


def _inline(found: Evidence) -> bool:
    """Return whether the operands are written into the text."""
    size = sum(operand.values.size for operand in found.operands.values())
    return not found.stored and size <= INLINE


def _operands(found: Evidence, about: About) -> Iterator[str]:
    operands, inline = found.operands, _inline(found)
    yield f"\n\n{load('laid_out').text}\n\n" if any(map(_odd, operands.values())) else ""
    yield "\nnan, inf = np.nan, np.inf\n" if inline and not _finite(*operands.values()) else "\n"
    if not inline:
        yield f'with np.load(str(Path(__file__).with_name("{about.data}"))) as stored:\n'
        yield "    given = dict(stored)\n"
    for name, operand in operands.items():
        view = ".view(ml_dtypes.bfloat16)" if operand.values.dtype.name == "bfloat16" else ""
        value = _literal(operand.values) if inline else f"given[{name!r}]{view}"
        yield f"{name} = {value}\n"
        if _odd(operand):
            strides = operand.strides or operand.values.strides
            yield f"{name} = laid_out({name}, {strides}, {operand.writeable})\n"
    yield f"padding = {found.padding!r}\n"


def _odd(operand: RecordedOperand) -> bool:
    """Return whether an operand needs a memory layout that is not the default."""
    return operand.strides is not None or not operand.writeable


def _finite(*operands: RecordedOperand) -> bool:
    return all(np.isfinite(a.values.astype(np.float64)).all() for a in operands)


def _dtype(dtype: np.dtype[Any]) -> str:
    if dtype.name == "bfloat16":
        return "ml_dtypes.bfloat16"
    return f"np.{dtype.name}" if dtype.isnative else f"np.dtype({dtype.str!r})"


def _literal(a: Array) -> str:
    if not a.size:
        return f"np.zeros({a.shape}, {_dtype(a.dtype)})"
    rows = ",\n    ".join(repr(row) for row in a.tolist())
    return f"np.array([\n    {rows},\n], {_dtype(a.dtype)})"


def _conventions(found: Evidence) -> Iterator[str]:
    """Return the conventions as Python code, if the script has a reference."""
    convention, expected = found.convention, found.parts[0].expected
    if convention is None or expected is None:
        return
    dtype = found.operands["img"].values.dtype
    bound, why = _bound(expected, dtype)
    yield CONVENTIONS.format(
        orientation=convention.orientation,
        reads=f"k{TURNS[convention.orientation]}",
        boundary=convention.boundary,
        mode=PAD_MODES[convention.boundary],
        before=convention.before,
        size=expected.exact.value.shape,
        bound=bound,
        why=why,
        wide="int64" if dtype.kind in "iu" else "float64",
    )


def _bound(expected: Expected, dtype: np.dtype[Any]) -> tuple[str, str]:
    """Return the bound as a Python expression in ``scale``, and its source."""
    bound, taps = expected.bound, expected.exact.taps
    if not bound.any():
        return "0.0", "every partial sum is exact"
    if (bound == bound.flat[0]).all():
        return repr(float(bound.flat[0])), "norm-wise, as an FFT's is"
    unit, tiny = error_bounds.unit_roundoff(dtype), error_bounds.underflow(dtype, taps)
    text = f"2 * ({taps} ** 0.5 + 2) * {unit!r} * scale + {tiny!r}"
    return text, "2 (sqrt(K) + 2) u S, Higham and Mary 2019"
