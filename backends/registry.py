"""The registry: all backends by name, and what a selector such as ``--backend scipy`` matches.

A new backend needs an adapter class and a line in ``_CONVOLUTIONS``, or in ``_TRANSPOSED`` if
that is its operation. A framework is imported only when one of its backends is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import hints, user_module
from conv2d_conformance.backends.find_adapter import UnknownBackendError, adapter_of, import_target
from conv2d_conformance.backends.import_code import import_lines
from conv2d_conformance.backends.protocol import TooOld

if TYPE_CHECKING:
    from typing import Iterable

    from conv2d_conformance.backends.protocol import (
        Backend,
        Operation,
        Transposed,
    )

ENTRY_POINTS = "conv2d_conformance.backends"

ADAPTERS = "conv2d_conformance.backends.adapters."
# Module and class of each, under `ADAPTERS`.
_CONVOLUTIONS = {
    "textbook.paint": "textbook:Paint",
    "textbook.sum": "textbook:Sum",
    "textbook.sum_plus": "textbook:SumPlus",
    "scipy.signal.convolve2d": "scipy_signal:Convolve2d",
    "scipy.signal.correlate2d": "scipy_signal:Correlate2d",
    "scipy.signal.convolve-direct": "scipy_signal:ConvolveDirect",
    "scipy.signal.convolve-fft": "scipy_signal:ConvolveFft",
    "scipy.signal.correlate-direct": "scipy_signal:CorrelateDirect",
    "scipy.signal.correlate-fft": "scipy_signal:CorrelateFft",
    "scipy.signal.fftconvolve": "scipy_signal:Fftconvolve",
    "scipy.signal.oaconvolve": "scipy_signal:Oaconvolve",
    "scipy.ndimage.convolve": "scipy_ndimage:Convolve",
    "scipy.ndimage.correlate": "scipy_ndimage:Correlate",
    "tensorflow.nn.conv2d": "tensorflow_nn:Conv2d",
    "tensorflow.nn.conv2d-function": "tensorflow_nn:Conv2dFunction",
    "keras.layers.Conv2D": "keras_conv:LayersConv2D",
    "keras.ops.conv": "keras_conv:OpsConv",
    "torch.nn.functional.conv2d": "torch_nn:FunctionalConv2d",
    "torch.nn.functional.conv2d-compile": "torch_nn:FunctionalConv2dCompile",
    "torch.nn.Conv2d": "torch_nn:Conv2d",
    "jax.lax.conv_general_dilated": "jax_lax:ConvGeneralDilated",
    "jax.lax.conv_general_dilated-jit": "jax_lax:ConvGeneralDilatedJit",
    "jax.scipy.signal.convolve2d": "jax_scipy:Convolve2d",
    "jax.scipy.signal.correlate2d": "jax_scipy:Correlate2d",
}

# Separate, so that the operation of a call is known even without its framework.
_TRANSPOSED = {
    "tensorflow.nn.conv2d_transpose": "tensorflow_transpose:Conv2dTranspose",
    "keras.layers.Conv2DTranspose": "keras_transpose:LayersConv2DTranspose",
    "keras.ops.conv_transpose": "keras_transpose:OpsConvTranspose",
    "torch.nn.functional.conv_transpose2d": "torch_transpose:FunctionalConvTranspose2d",
    "torch.nn.ConvTranspose2d": "torch_transpose:ConvTranspose2d",
    "jax.lax.conv_transpose": "jax_transpose:ConvTranspose",
}

SHIPPED = {name: ADAPTERS + where for name, where in _CONVOLUTIONS.items()}
TRANSPOSED = {name: ADAPTERS + where for name, where in _TRANSPOSED.items()}


def registered() -> dict[str, str]:
    """Return every backend that can be named: shipped ones, then third parties' entry points."""
    return _with_shipped(_entry_points())


def _with_shipped(points: dict[str, list[str]]) -> dict[str, str]:
    names = {**SHIPPED, **TRANSPOSED}
    for name, targets in points.items():
        names.setdefault(name, targets[0])
    return names


def shipped(name: str) -> bool:
    """Return whether a backend is shipped with this package."""
    return name in SHIPPED or name in TRANSPOSED


def backends_of(distribution: str) -> list[str]:
    """Return the shipped backends of a distribution; nothing of it is imported."""
    targets = {**SHIPPED, **TRANSPOSED}
    return [
        name
        for name, target in targets.items()
        if import_target(target, name).spec.distributions[:1] == (distribution,)
    ]


def operation(name: str) -> Operation:
    """Return the operation of a call that does not load, and so has no spec."""
    return "conv_transpose2d" if name in TRANSPOSED else "conv2d"


def select(selector: str) -> list[str]:
    """Return the names that a selector matches: a name, a dotted prefix, or ``where:attr``.

    ``package.module.attr`` is taken for ``package.module:attr``, if there is such a module.

    Raises
    ------
    UnknownBackendError
        If it matches no backend, or one whose name an entry point takes from another.
    """
    if ":" in selector:
        return [selector]
    points = _entry_points()
    names = _with_shipped(points)
    begun = (selector + ".", selector + "-")
    chosen = [selector] if selector in names else [name for name in names if name.startswith(begun)]
    if not chosen:
        chosen = _own_name(selector, names)
    if not chosen:
        raise UnknownBackendError(hints.unknown_backend_message(selector, sorted(names)))
    _refuse_two_of_one_name(chosen, points)
    return chosen


def _refuse_two_of_one_name(names: list[str], points: dict[str, list[str]]) -> None:
    """Raise if two projects have a backend of one name: the wrong one could be judged unseen."""
    own = {**SHIPPED, **TRANSPOSED}
    for name in names:
        targets = [*([own[name]] if name in own else []), *points.get(name, [])]
        if len(targets) > 1:
            msg = (
                f"backend {name!r}: an entry point has the name of another backend; there are "
                f"{' and '.join(targets)}; rename the entry point, or select its value"
            )
            raise UnknownBackendError(msg)


def _own_name(selector: str, names: Iterable[str]) -> list[str]:
    """Return ``package.module:attr`` for a dotted name that is not of a registered project."""
    where, _, attr = selector.rpartition(".")
    known = {name.split(".")[0] for name in names}
    own = where.split(".")[0] not in known and attr.isidentifier()
    return [f"{where}:{attr}"] if own and user_module.is_there(where) else []


def load(name: str) -> Backend:
    """Import the framework and make the adapter of one name that `select` returned.

    Its spec names the method to call, as ``operation``.

    Raises
    ------
    Unavailable
        If the framework is not installed or does not load.
    UnknownBackendError
        If a ``where:attr`` is not found, or is not a backend.
    """
    try:
        return adapter_of(import_target(registered().get(name, name), name), name)
    except TooOld as error:
        if not error.instead:
            raise
        return adapter_of(import_target(error.instead, name), name)


def load_transposed(name: str) -> Transposed:
    """Load one name whose operation is the transposed convolution.

    Raises
    ------
    Unavailable
        If the framework is not installed or does not load.
    UnknownBackendError
        If there is no such name.
    """
    if name not in TRANSPOSED:
        raise UnknownBackendError(hints.unknown_backend_message(name, sorted(TRANSPOSED)))
    return load(name)  # type: ignore[return-value]  # its operation is known


def import_snippet(name: str) -> str:
    """Return a snippet (see `Spec`) that imports and calls a backend, in any folder."""
    where, _, attr = registered().get(name, name).partition(":")
    call = 'y = getattr(found, "conv2d", found)(img, k, padding)\n'
    return import_lines(where, attr) + call


def _entry_points() -> dict[str, list[str]]:
    """Return the targets of each name among the entry points, without their extras."""
    try:
        from importlib.metadata import entry_points
    except ImportError:  # Python 3.7
        return {}
    points: Any = entry_points()
    if hasattr(points, "select"):
        found = points.select(group=ENTRY_POINTS)
    else:
        found = points.get(ENTRY_POINTS, ())  # Python < 3.10
    targets: dict[str, list[str]] = {}
    for point in found:
        target = "".join(point.value.partition("[")[0].split())
        if target not in targets.setdefault(point.name, []):
            targets[point.name].append(target)
    return targets
