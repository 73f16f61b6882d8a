"""Makes a backend under test from an adapter or a selector."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conv2d_conformance.backends import registry
from conv2d_conformance.probe.determinism import ONE_THREAD
from conv2d_conformance.runtime.in_process import SECONDS
from conv2d_conformance.runtime.runner_pool import split_selector
from conv2d_conformance.under_test.backend import BackendUnderTest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.backends.protocol import Backend, Transposed
    from conv2d_conformance.runtime.in_process import Runner
    from conv2d_conformance.runtime.remote import RemoteRunner
    from conv2d_conformance.runtime.runner_pool import RunnerPool
    from conv2d_conformance.under_test.backend import MissingBackend


def put_under_test(
    backend: Backend | Transposed | RemoteRunner | MissingBackend,
    selector: str | None = None,
    apart: Callable[[], Runner] | None = None,
    seconds: float = SECONDS,
    one_threaded: Callable[[], Runner] | None = None,
) -> BackendUnderTest:
    """Make the backend under test of one adapter."""
    return BackendUnderTest(backend, seconds, selector, apart, one_threaded)


def load(pool: RunnerPool, selector: str) -> BackendUnderTest:
    """Load the backend that a selector names; one of another project runs in its own process.

    Raises
    ------
    Unavailable
        If its Python does not start, or the backend does not load in it.
    UnknownBackendError
        If the selector matches no backend.
    """
    name, python = split_selector(selector)
    one = partial(_one_threaded, pool, selector)
    if python is not None or not (pool.trusting or registry.shipped(name)):
        return put_under_test(pool.runner(selector), selector, one_threaded=one)
    apart = partial(pool.runner, selector)
    return put_under_test(registry.load(name), selector, apart, pool.seconds, one)


def _one_threaded(pool: RunnerPool, selector: str) -> Runner:
    return pool.beside(ONE_THREAD).runner(selector)
