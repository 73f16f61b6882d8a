"""The stand-alone script that shows one failure: the native call, a reference, and the claim.

The text is for the framework's own tracker: it imports NumPy, the framework and nothing of ours,
and runs on the oldest Python that a backend may need.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.definition import error_bounds
from conv2d_conformance.definition.numpy_notation import PAD_MODES, TURNS
from conv2d_conformance.matrix.template import load, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.matrix.evidence import Evidence, Expected
    from conv2d_conformance.matrix.template import Template
    from conv2d_conformance.runtime.call_log import RecordedOperand

# Image and kernel together: what still reads well in the text of an issue.
INLINE = 200
HEAD = '''\
"""One defect of a 2-D convolution call: exits 1 if it shows, 0 if not, 2 if it cannot be run.

Written by conv2d-conformance. Needs NumPy and what the native call imports, nothing else.
"""
'''
# What the reference needs to know, as `conv2d_conformance.matrix.templates.declared` declares it.
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


@dataclass(frozen=True)
class About:
    """What a script says of its failure besides the evidence.

    Parameters
    ----------
    backend, check, case, message : str
        Shown in comments, whatever characters they hold.
    snippet : str
        The native call; see `conv2d_conformance.backends.protocol.Spec`.
    modules : tuple of str
        Modules whose versions are printed.
    data : str
        Name of the file beside the script that holds ``img`` and ``k``.
    """

    backend: str
    check: str
    case: str
    message: str
    snippet: str
    modules: tuple[str, ...]
    data: str


def render(found: Evidence, about: About) -> str:
    """The script's text."""
    used = pieces(found.claim)
    parts = [HEAD, *comments(about), "\n", *_imports(found, used), *_operands(found, about)]
    parts += [f"MODULES = {('numpy', *about.modules)!r}\n", _native(about.snippet)]
    if found.expected is not None and any(piece.name == "reference" for piece in used):
        parts.append(_conventions(found.expected, found))
    parts += [f"\n\n{piece.text}\n" for piece in used]
    return "".join(parts)


def _imports(found: Evidence, used: list[Template]) -> Iterator[str]:
    lines = {line for piece in used for line in piece.imports}
    yield "".join(sorted(lines | (set() if _inline(found) else {"from pathlib import Path\n"})))
    yield "\n"
    if "bfloat16" in (found.call.img.values.dtype.name, found.call.k.values.dtype.name):
        yield "import ml_dtypes  # NumPy has no bfloat16 of its own\n"
    yield "import numpy as np\n"


def _inline(found: Evidence) -> bool:
    """Whether the operands stand in the text."""
    return found.call.img.values.size + found.call.k.values.size <= INLINE


def comments(about: About) -> Iterator[str]:
    """What failed, how, and with what, in lines that stay comments."""
    yield f"# {_printable(about.backend)}: {about.check}, case {_printable(about.case)}\n"
    for line in about.message.splitlines():
        yield f"# {_printable(line)}\n"


def _printable(text: str) -> str:
    """``text`` on one line, what does not print spelled out: a comment that stays a comment."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _operands(found: Evidence, about: About) -> Iterator[str]:
    img, k = found.call.img, found.call.k
    inline = _inline(found)
    yield f"\n\n{load('laid_out').text}\n\n" if any(map(_odd, (img, k))) else ""
    yield "\nnan, inf = np.nan, np.inf\n" if inline and not _finite(img, k) else "\n"
    if not inline:
        yield f'with np.load(str(Path(__file__).with_name("{about.data}"))) as stored:\n'
        yield '    img, k = stored["img"], stored["k"]\n'
    for name, operand in (("img", img), ("k", k)):
        if inline:
            yield f"{name} = {_literal(operand.values)}\n"
        elif operand.values.dtype.name == "bfloat16":
            yield f"{name} = {name}.view(ml_dtypes.bfloat16)\n"
        if _odd(operand):
            strides = operand.strides or operand.values.strides
            yield f"{name} = laid_out({name}, {strides}, {operand.writeable})\n"
    yield f"padding = {found.call.padding!r}\n"


def _odd(operand: RecordedOperand) -> bool:
    """Whether the memory layout has to be made."""
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


def _native(snippet: str) -> str:
    body = indent(snippet.strip("\n"), "    ")
    return (
        f'\n\ndef native(img, k, padding):\n    """The call under test."""\n{body}\n    return y\n'
    )


def _conventions(expected: Expected, found: Evidence) -> str:
    dtype = found.call.img.values.dtype
    bound, why = _bound(expected, dtype)
    return CONVENTIONS.format(
        orientation=expected.orientation,
        reads=f"k{TURNS[expected.orientation]}",
        boundary=expected.boundary,
        mode=PAD_MODES[expected.boundary],
        before=expected.before,
        size=expected.size,
        bound=bound,
        why=why,
        wide="int64" if dtype.kind in "iu" else "float64",
    )


def _bound(expected: Expected, dtype: np.dtype[Any]) -> tuple[str, str]:
    """The bound as a Python expression in ``scale``, and where it comes from."""
    bound, taps = expected.bound, expected.exact.taps
    if not bound.any():
        return "0.0", "every partial sum is exact"
    if (bound == bound.flat[0]).all():
        return repr(float(bound.flat[0])), "norm-wise, as an FFT's is"
    unit, tiny = error_bounds.unit_roundoff(dtype), error_bounds.underflow(dtype, taps)
    text = f"2 * ({taps} ** 0.5 + 2) * {unit!r} * scale + {tiny!r}"
    return text, "2 (sqrt(K) + 2) u S, Higham and Mary 2019"
