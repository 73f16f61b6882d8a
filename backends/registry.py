"""The registry: all backends by name, and what a selector such as ``--backend scipy`` matches.

A new backend needs an adapter class and a line in ``_CONVOLUTIONS``, or in ``_TRANSPOSED`` if
that is its operation. A framework is imported only when one of its backends is loaded.
"""

from __future__ import annotations

import importlib
import inspect
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import hints, user_module
from conv2d_conformance.backends.import_code import import_lines
from conv2d_conformance.backends.protocol import PLAIN_OPTIONS, Spec, TooOld, Unavailable
from conv2d_conformance.backends.spec_rules import SpecError, check_adapter

if TYPE_CHECKING:
    from typing import Iterable

    from conv2d_conformance.backends.protocol import (
        Array,
        Backend,
        Operation,
        Option,
        Padding,
        Pads,
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


class UnknownBackendError(ValueError):
    """The selector matches nothing; the message lists what it may be."""


class BareFunction:
    """A function ``conv2d(img, k, padding)`` that declares nothing; its measured facts count.

    A function with a keyword ``stride``, ``dilation`` or ``groups`` is also called with layers.
    """

    def __init__(self, name: str, function: Any) -> None:
        self.spec = Spec(
            name=name,
            call="conv2d(img, k, padding)",
            paddings=(),
            dtypes=(),
            algorithm=None,
            options=_options(function),
        )
        self._function = function

    def conv2d(self, img: Array, k: Array, padding: Padding | Pads, **options: Any) -> Any:
        """Call the function unchanged."""
        return self._function(img, k, padding, **options)


KEYWORDS = ("stride", "dilation", "groups")


def _options(function: Any) -> tuple[Option, ...]:
    """Return the options that a function may take, by its keywords; empty without a layer's."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # some compiled functions have no signature
        return ()
    anything = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    given = {word for word in KEYWORDS if anything or word in parameters}
    if not given:
        return ()
    return tuple(word for word in PLAIN_OPTIONS if word in given or word not in KEYWORDS)


def registered() -> dict[str, str]:
    """Return every backend that can be named: shipped ones, then third parties' entry points."""
    names = {**SHIPPED, **TRANSPOSED}
    for name, targets in _entry_points().items():
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
        if _found(target, name).spec.distributions[:1] == (distribution,)
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
    names = registered()
    if ":" in selector:
        return [selector]
    begun = (selector + ".", selector + "-")
    chosen = [selector] if selector in names else [name for name in names if name.startswith(begun)]
    if not chosen:
        chosen = _own_name(selector, names)
    if not chosen:
        raise UnknownBackendError(hints.unknown_backend_message(selector, sorted(names)))
    _refuse_two_of_one_name(chosen)
    return chosen


def _refuse_two_of_one_name(names: list[str]) -> None:
    """Raise if two projects have a backend of one name: the wrong one could be judged unseen."""
    points = _entry_points()
    for name in names:
        own = [SHIPPED.get(name) or TRANSPOSED.get(name)] if shipped(name) else []
        targets = own + points.get(name, [])
        if len(targets) > 1:
            msg = (
                f"backend {name!r}: an entry point has the name of another backend; there are "
                f"{' and '.join(map(str, targets))}; rename the entry point, or select its value"
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
        return adapter_of(_found(registered().get(name, name), name), name)
    except TooOld as error:
        if not error.instead:
            raise
        return adapter_of(_found(error.instead, name), name)


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


def _found(target: str, name: str) -> Any:
    where, _, attr = target.partition(":")
    if not attr:
        msg = f"backend {name!r}: {where!r} names a module alone; say which function or class"
        if where.endswith(".py"):
            msg = hints.missing_attribute_message(where)
        raise UnknownBackendError(msg)
    module = _module(where, name)
    try:
        return attrgetter(attr)(module)
    except AttributeError:
        msg = f"backend {name!r}: {where} has no {attr!r}"
        if where.endswith(".py"):
            msg += f"; did you mean {hints.callable_paths(where)}?"
        raise UnknownBackendError(msg) from None


def _instantiate(found: Any, name: str) -> Any:
    try:
        return found() if isinstance(found, type) else found
    except SpecError as error:
        raise _import_error(name, error) from error
    except (Exception, SystemExit) as error:
        raise _unavailable(name, error) from error


def adapter_of(found: Any, name: str) -> Backend:
    """Return the adapter that an adapter class, an instance or a bare function gives.

    Raises
    ------
    Unavailable
        If the class cannot be made.
    UnknownBackendError
        If it is none of these.
    """
    made = _instantiate(found, name)
    spec = getattr(made, "spec", None)
    if isinstance(spec, Spec):
        _check(made, name)
        return made  # type: ignore[no-any-return]  # duck-typed: it has spec and its method
    if spec is not None and not callable(spec):
        msg = f"backend {name!r}: its spec is {hints.with_article(spec)}; make it a Spec(…)"
        raise UnknownBackendError(msg)
    if hasattr(made, "conv2d"):
        return BareFunction(name, made.conv2d)
    if callable(made):
        return BareFunction(name, made)
    msg = (
        f"backend {name!r} is {hints.with_article(made)}; give an adapter class, an instance or a "
        "function conv2d(img, k, padding)"
    )
    raise UnknownBackendError(msg)


def _check(made: Any, name: str) -> None:
    try:
        check_adapter(made)
    except SpecError as error:
        raise _import_error(name, error) from error


def _module(where: str, name: str) -> Any:
    if where.endswith(".py"):
        return _file(where, name)
    # A registered backend is installed; one that the user names may be in the working folder.
    own = name.startswith(where + ":")
    try:
        return user_module.import_by_name(where) if own else importlib.import_module(where)
    except ModuleNotFoundError as error:
        if (where + ".").startswith(f"{error.name}."):
            msg = (
                f"backend {name!r}: there is no module {where!r} here; give a module on "
                "sys.path or path/to/file.py:attr"
            )
            raise UnknownBackendError(msg) from None
        raise _unavailable(name, error) from error
    except Exception as error:
        raise _import_error(name, error) from error


def _file(where: str, name: str) -> Any:
    path = Path(where)
    if not path.is_file():
        msg = f"backend {name!r}: there is no file {where}"
        raise UnknownBackendError(msg)
    try:
        return user_module.import_by_path(path)
    except (Exception, SystemExit) as error:
        raise _import_error(name, error) from error


def _import_error(name: str, error: BaseException) -> Exception:
    """Make the error for a failed import: it may lack a framework, or not be Python."""
    if isinstance(error, (ImportError, Unavailable)):
        return _unavailable(name, error)
    if isinstance(error, SpecError):
        return UnknownBackendError(f"backend {name!r}: {error}")
    return UnknownBackendError(str(_unavailable(name, error)))


def _unavailable(name: str, error: BaseException) -> Unavailable:
    """Return one line that says why a backend does not load."""
    if isinstance(error, Unavailable):
        return error
    if isinstance(error, ImportError):
        return Unavailable(f"backend {name!r} needs what is not installed: {error}")
    first = (str(error).strip().splitlines() or [""])[0]
    return Unavailable(f"backend {name!r} does not load: {type(error).__name__}: {first}")


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
