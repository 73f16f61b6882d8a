"""Imports what a selector names, and makes an adapter of it: a class, an instance or a function."""

from __future__ import annotations

import importlib
import inspect
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import hints, user_module
from conv2d_conformance.backends.protocol import PLAIN_OPTIONS, Spec, Unavailable
from conv2d_conformance.backends.spec_rules import SpecError, check_adapter

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Array, Backend, Option, Padding, Pads


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


def import_target(target: str, name: str) -> Any:
    """Return what ``module:attr`` or ``path/to/file.py:attr`` names, for a backend of that name.

    Raises
    ------
    Unavailable
        If importing it lacks a framework.
    UnknownBackendError
        If there is no such module, file or attribute, or it cannot be imported.
    """
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
        raise unavailable(name, error) from error


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
        raise unavailable(name, error) from error
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
        return unavailable(name, error)
    if isinstance(error, SpecError):
        return UnknownBackendError(f"backend {name!r}: {error}")
    return UnknownBackendError(str(unavailable(name, error)))


def unavailable(name: str, error: BaseException) -> Unavailable:
    """Return one line that says why a backend does not load."""
    if isinstance(error, Unavailable):
        return error
    if isinstance(error, ImportError):
        return Unavailable(f"backend {name!r} needs what is not installed: {error}")
    first = (str(error).strip().splitlines() or [""])[0]
    return Unavailable(f"backend {name!r} does not load: {type(error).__name__}: {first}")
