"""The probe: measures how a call reads its operands; it ignores what an adapter declares."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.backends import hints
from conv2d_conformance.backends.protocol import Unsupported
from conv2d_conformance.cases.case import Case
from conv2d_conformance.definition.conventions import AXES, Conventions, output_size
from conv2d_conformance.definition.correlation import Array, correlate, orient, shape_of
from conv2d_conformance.definition.dtypes import DTYPES, dtype_by_name, holds_numbers, largest_exact
from conv2d_conformance.errors import NO_ANSWER
from conv2d_conformance.probe import index_map, probe_shapes, summation
from conv2d_conformance.probe.combine_maps import combine

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.backends.protocol import Backend
    from conv2d_conformance.definition.shapes import Shape
    from conv2d_conformance.probe.probe_shapes import MapShapes

PROBED_PADDINGS = ("same", "valid", "full")
SMALL: Shape = (3, 4)
LARGER: dict[str, Shape] = {
    "larger_kernel": (5, 6),
    "larger_kernel_rows": (5, 3),
    "larger_kernel_columns": (2, 6),
    # The result is exactly empty, which frameworks handle in code of its own.
    "larger_kernel_by_one": (4, 5),
    "larger_kernel_rows_by_one": (4, 3),
    "larger_kernel_columns_by_one": (2, 5),
}
REFUSED = "refused: "
# Answers that are not an exception of the call, and so not a refusal.
NO_ANSWER_PREFIXES = {kind: f"{getattr(kind, 'symptom', 'not run')}: " for kind in NO_ANSWER}
NO_REFUSALS = ("returned ", *NO_ANSWER_PREFIXES.values())
# The very first call of a backend.
OPENING = Case((7, 8), (3, 3), "valid")


@dataclass
class Probe:
    """Everything measured about one backend. An answer that begins with ``refused:`` quotes it.

    Parameters
    ----------
    conventions : Conventions
    dtype : str or None
        The dtype of the index maps.
    paddings, dtypes : dict
        ``supported`` or the refusal; the output dtype or the refusal.
    kernels : dict
        Refusals of single kernel extents, by map.
    larger : dict
        The answer of ``valid`` to a kernel larger than the image, in both axes or in one.
    sums_exactly : bool or None
        Whether sums of integers came out exact under kernels of several sizes: direct summation
        does that, an FFT or Winograd's algorithm does not.
    first : ndarray or str
        The result of the very first call, on `OPENING`; or the refusal.
    """

    conventions: Conventions = field(default_factory=lambda: Conventions(None, None))
    dtype: str | None = None
    paddings: dict[str, str] = field(default_factory=dict)
    dtypes: dict[str, str] = field(default_factory=dict)
    kernels: dict[str, str] = field(default_factory=dict)
    larger: dict[str, str] = field(default_factory=dict)
    sums_exactly: bool | None = None
    first: Array | str = ""

    @property
    def supported_paddings(self) -> list[str]:
        """Paddings that gave a result."""
        return [p for p, answer in self.paddings.items() if not answer.startswith(REFUSED)]

    @property
    def supported_dtypes(self) -> list[str]:
        """Input dtypes that gave a result."""
        return [d for d, answer in self.dtypes.items() if not answer.startswith(REFUSED)]

    def facts(self) -> dict[str, Any]:
        """Return facts by name, ready for JSON, in the order in which a reader needs them."""
        found = self.conventions
        return {
            "orientation": found.orientation,
            "anchor": {axis: found.anchor(axis) for axis in AXES},
            "off_centre": {axis: found.shifts.get((axis, 1), 0) for axis in AXES},
            "boundary": found.boundary,
            "consistent": not found.complaints,
            "complaints": list(found.complaints),
            "paddings": self.supported_paddings,
            "full": self.paddings.get("full"),
            "refused_paddings": refusal_reasons(self.paddings),
            **{fact: self.larger.get(fact, "not probed") for fact in LARGER},
            "dtypes": self.supported_dtypes,
            "output_dtypes": self.dtypes,
            "refused_kernels": self.kernels,
            "sums_exactly": self.sums_exactly,
            "probed_with": self.dtype,
        }


def refusal_reasons(answers: dict[str, str]) -> dict[str, str]:
    """Return the reasons of the refusals, by name."""
    return {k: a.removeprefix(REFUSED) for k, a in answers.items() if a.startswith(REFUSED)}


def probe(backend: Backend, apart: Backend | None = None) -> Probe:
    """Measure a backend on what it supports; every exception of the call is an answer.

    ``apart`` is the same backend in another process, for calls that may end a process.
    """
    first = answer_or_refusal(lambda: backend.conv2d(*OPENING.arrays(), "valid"))
    if isinstance(first, np.ndarray):
        first = first.copy()
    found = Probe(first=first, dtypes={name: _dtype_answer(backend, name) for name in DTYPES})
    usable = [d for d in ("float32", "float64", *DTYPES) if d in found.supported_dtypes]
    if not usable:
        complaint = f"every call was refused; {found.dtypes['float32'].removeprefix(REFUSED)}"
        found.conventions = Conventions(None, None, complaints=(complaint,))
        return found
    found.dtype = usable[0]
    found.paddings = {p: _padding_answer(backend, p, usable[0]) for p in PROBED_PADDINGS}
    _read_maps(backend, found)
    for fact, kernel in LARGER.items():
        found.larger[fact] = _larger_answer(apart or backend, kernel, found)
    found.sums_exactly = _sums_exactly(backend, found)
    return found


def answer_or_refusal(call: Callable[[], Array]) -> Array | str:
    """Return the result of a call, or why it refused, which begins with ``refused:``."""
    try:
        result: object = call()
    except Unsupported as reason:
        return f"{REFUSED}{reason}"
    except NO_ANSWER as error:
        return f"{REFUSED}{NO_ANSWER_PREFIXES[type(error)]}{error}"
    except Exception as error:  # noqa: BLE001  (whatever a call raises is its answer)
        lines = str(error).strip().splitlines() or [""]
        return f"{REFUSED}{type(error).__name__}: {lines[0][:160]}"
    if isinstance(result, np.ndarray) and not holds_numbers(result.dtype):
        return f"{REFUSED}returned an array of {result.dtype}, which are no numbers"
    if isinstance(result, np.ndarray):
        return result
    return f"{REFUSED}returned {hints.with_article(result)}, not an ndarray"


def _plain(backend: Backend, padding: str, dtype: str) -> Array | str:
    img, k = np.ones((6, 7), dtype_by_name(dtype)), np.ones((3, 3), dtype_by_name(dtype))
    return answer_or_refusal(lambda: backend.conv2d(img, k, padding))  # type: ignore[arg-type]


def _dtype_answer(backend: Backend, dtype: str) -> str:
    answers = [_plain(backend, padding, dtype) for padding in PROBED_PADDINGS]
    results = [a for a in answers if not isinstance(a, str)]
    return results[0].dtype.name if results else str(answers[0])


def _padding_answer(backend: Backend, padding: str, dtype: str) -> str:
    answer = _plain(backend, padding, dtype)
    return answer if isinstance(answer, str) else "supported"


def _read_maps(backend: Backend, found: Probe) -> None:
    """Measure the conventions; of a compiled call by a third of the maps, if all of them agree."""
    paddings = found.supported_paddings
    if backend.spec.compiles:
        _measure_maps(backend, found, probe_shapes.covering_maps(paddings))
        if not (found.kernels or found.conventions.complaints):
            return
    _measure_maps(backend, found, probe_shapes.every_map(paddings))


def _measure_maps(backend: Backend, found: Probe, shapes: list[MapShapes]) -> None:
    dtype = dtype_by_name(str(found.dtype))
    maps, unreadable = [], []
    hung = set()
    for padding, image, kernel in shapes:
        if kernel in hung:
            continue
        name = probe_shapes.map_name(padding, image, kernel)
        try:
            maps.append(index_map.measure(backend.conv2d, image, kernel, padding, dtype))  # type: ignore[arg-type]
        except index_map.NotAnIndexMapError as error:
            unreadable.append(f"{name}: {error}")
        except NO_ANSWER as error:
            hung.add(kernel)
            unreadable.append(f"{name}: {NO_ANSWER_PREFIXES[type(error)]}{error}")
        except Exception as error:  # noqa: BLE001  (whatever a call raises is its answer)
            found.kernels[name] = f"{type(error).__name__}: {error}"
    combined = combine(maps)
    found.conventions = replace(combined, complaints=(*combined.complaints, *unreadable))


def _larger_answer(backend: Backend, kernel: Shape, found: Probe) -> str:
    if "valid" not in found.supported_paddings:
        return "unsupported"
    img, k = larger_operands(kernel, found)
    answer = answer_or_refusal(lambda: backend.conv2d(img, k, "valid"))
    if isinstance(answer, str):
        said = answer.removeprefix(REFUSED)
        return said if said.startswith(NO_REFUSALS) else "raises"
    if not answer.size:
        return "empty"
    if _is_swapped(answer, img, k, found):
        return "swaps"
    return "other values" if answer.any() else "zeros"


def larger_operands(kernel: Shape, found: Probe) -> tuple[Array, Array]:
    """Make a small image and a kernel that is larger."""
    img, k = (_numbers(shape, found, seed=i) % 5 for i, shape in enumerate((SMALL, kernel)))
    return img, k


def _is_swapped(answer: Array, img: Array, k: Array, found: Probe) -> bool:
    """Return whether the call swapped image and kernel; a correlation that swaps also rotates."""
    reads = orient(img, found.conventions.orientation or "correlation")
    size = output_size("valid", shape_of(k), shape_of(reads))
    if answer.shape != size or 0 in size:
        return False
    swapped = correlate(k, reads, size=size)
    return any((swapped.error_of(a) < 0.25).all() for a in (answer, answer[::-1, ::-1]))


def _sums_exactly(backend: Backend, found: Probe) -> bool | None:
    padding = next(iter(found.supported_paddings), None)
    if found.conventions.orientation is None or padding is None:
        return None
    call: Any = backend.conv2d
    dtype = dtype_by_name(str(found.dtype))
    return summation.exactly(call, found.conventions, padding, dtype)


def _numbers(shape: Shape, found: Probe, seed: int) -> Array:
    """Make integers so small that sums of 30 products are exact; positive for unsigned dtypes."""
    dtype = dtype_by_name(str(found.dtype))
    top = max(int((largest_exact(dtype) / 30) ** 0.5), 2)
    return np.random.default_rng(seed).integers(1, top + 1, shape).astype(dtype)
