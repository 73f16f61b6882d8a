"""The backend under test: where it runs, its recorded calls, and its operation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends.protocol import Spec, Unavailable
from conv2d_conformance.cases.represented import Represented
from conv2d_conformance.runtime.call_guard import GuardedBackend
from conv2d_conformance.runtime.call_log import CallLog
from conv2d_conformance.runtime.in_process import SECONDS, InProcessRunner
from conv2d_conformance.runtime.remote import RemoteRunner
from conv2d_conformance.runtime.time_budget import Clock
from conv2d_conformance.under_test.convolution import Convolution
from conv2d_conformance.under_test.transposed import TransposedConvolution

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conv2d_conformance.backends.protocol import Backend, Transposed
    from conv2d_conformance.backends.protocol import Operation as OperationName
    from conv2d_conformance.cases.case import Case
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.conventions import Conventions
    from conv2d_conformance.definition.correlation import Array, Exact
    from conv2d_conformance.definition.shapes import Shape
    from conv2d_conformance.probe.probe import Probe
    from conv2d_conformance.runtime.in_process import Runner
    from conv2d_conformance.under_test.called_backend import CalledBackend
    from conv2d_conformance.under_test.layers import Layers
    from conv2d_conformance.under_test.operation import Operation
    from conv2d_conformance.under_test.planes import Planes


@dataclass
class Margin:
    """Worst error divided by its bound, and the index where it was."""

    ratio: float
    where: tuple[int, ...]


class MissingBackend:
    """Stands for a backend that was requested and does not load."""

    def __init__(self, name: str, reason: str, operation: OperationName = "conv2d") -> None:
        self.spec = Spec(name=name, call=name, paddings=(), dtypes=(), operation=operation)
        self.reason = reason

    def conv2d(self, *_: object) -> Array:
        """Raise `NotRun`: there is nothing to call."""
        raise Unavailable(self.reason)


OPERATIONS: dict[str, Callable[[CalledBackend], Operation]] = {
    "conv2d": Convolution,
    "conv_transpose2d": TransposedConvolution,
}


class BackendUnderTest:
    """One backend, where it runs and which calls were made; checks use nothing else.

    Parameters
    ----------
    backend : Backend, Transposed, RemoteRunner or MissingBackend
        ``raw``: an adapter in this process, or a runner of one in another process.
    seconds : float
        The deadline of one call.
    selector : str or None
        Its name on the command line; by default the name in its spec.
    apart : callable or None
        Makes the same backend in another process. Calls that may end a process go there: empty
        operands, kernels larger than the image, bad input. Without it, this process makes them.
    one_threaded : callable or None
        Makes the same backend in a process that is set to use one thread.

    Attributes
    ----------
    requested_cases : tuple of Layer
        The only layers to check; empty for all cases.
    hung : dict
        The calls without a result: what a check had asked for, by the check and its siblings.
    """

    def __init__(
        self,
        backend: Backend | Transposed | RemoteRunner | MissingBackend,
        seconds: float = SECONDS,
        selector: str | None = None,
        apart: Callable[[], Runner] | None = None,
        one_threaded: Callable[[], Runner] | None = None,
    ) -> None:
        self.raw = backend
        self.runner: Runner = (
            backend if isinstance(backend, RemoteRunner) else InProcessRunner(backend, seconds)
        )
        self.guarded = GuardedBackend(self.runner)
        self.backend = CallLog(self.guarded)
        self.calls = self.backend.calls
        self._apart, self._one_threaded = apart, one_threaded
        self.cost = self.guarded.cost
        self.selector = selector or backend.spec.name
        self.margin: Margin | None = None
        self.clock = Clock()
        self.requested_cases: tuple[Layer, ...] = ()
        self.hung: dict[object, str] = {}

    @property
    def spec(self) -> Spec:
        """The adapter's declaration of its call."""
        return self.backend.spec

    @property
    def name(self) -> str:
        """Its selector without the part that names a Python."""
        return self.raw.name if isinstance(self.raw, RemoteRunner) else self.selector

    @property
    def packages(self) -> Mapping[str, str]:
        """Versions of the packages that are installed where it runs."""
        return self.runner.packages

    @cached_property
    def apart(self) -> GuardedBackend:
        """The backend in a process of its own; a call that ends it loses only its own record."""
        if self._apart is None:
            return self.guarded
        return self.guarded.beside(self._apart())

    @cached_property
    def one_threaded(self) -> GuardedBackend | None:
        """The backend in a process that is set to use one thread; None if it cannot be made."""
        return self._one_threaded and self.guarded.beside(self._one_threaded())

    @cached_property
    def risked(self) -> CallLog:
        """`apart`, with its calls recorded."""
        return CallLog(self.apart, self.calls)

    @cached_property
    def operation(self) -> Operation:
        """The operation of the backend: a convolution, or a transposed one."""
        return OPERATIONS[self.spec.operation](self)

    @property
    def planes(self) -> Planes:
        """The plain call of a convolution.

        Raises
        ------
        TypeError
            If the operation has no plain call.
        """
        if not isinstance(self.operation, Convolution):
            msg = f"{self.spec.name} is a transposed convolution, which has no planes"
            raise TypeError(msg)
        return self.operation.planes

    @property
    def layers(self) -> Layers:
        """The call as a layer: with channels, stride, dilation and groups."""
        return self.operation.layers

    @property
    def paddings(self) -> tuple[str, ...]:
        """Declared paddings, or those that gave a result."""
        return self.operation.paddings

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Declared dtypes, or those that gave a result."""
        return self.operation.dtypes

    @property
    def plain_dtype(self) -> str:
        """float32, or the first dtype that the call takes."""
        return "float32" if "float32" in self.dtypes else next(iter(self.dtypes), "float32")

    def sums_directly_in(self, dtype: str) -> bool:
        """Return whether each element has a bound of its own; otherwise one norm bounds them."""
        return self.operation.sums_directly_in(dtype)

    @property
    def declares(self) -> bool:
        """Whether an adapter declares anything; a bare function is checked against what it does."""
        return self.spec.algorithm is not None

    def facts(self) -> dict[str, Any]:
        """Return everything measured, by name and ready for JSON."""
        return self.operation.facts()

    def lacks(self, case: object) -> str | None:
        """Return why the call does not take a case, or None if it does."""
        if isinstance(case, Represented):
            case = case.representative(self.plain_dtype)
        return self.operation.lacks(case)

    # Shorthands of `planes`, for the checks that use planes alone.

    @property
    def probe(self) -> Probe:
        """The measurement of the plain call, made at first use."""
        return self.planes.probe

    @property
    def conventions(self) -> Conventions:
        """Measured orientation, anchor and boundary."""
        return self.planes.conventions

    def call(self, img: Array, k: Array, padding: str) -> Array:
        """Call the backend on input that it should accept; raises as `Planes.call`."""
        return self.planes.call(img, k, padding)

    def call_each(self, calls: Sequence[tuple[Array, Array, str]]) -> list[Callable[[], Array]]:
        """Call the backend on several operands; see `Planes.call_each`."""
        return self.planes.call_each(calls)

    def require_array(self, img: Array, k: Array, padding: str) -> Array:
        """Call the backend and require an array of the right shape; see `Planes.require_array`."""
        return self.planes.require_array(img, k, padding)

    def run(self, case: Case) -> Array:
        """Call the backend on a case."""
        return self.planes.run(case)

    def exact(
        self, img: Array, k: Array, padding: str, corner: Shape = (0, 0), size: Shape | None = None
    ) -> Exact:
        """Return the exact result; parameters and errors are those of `Planes.exact`."""
        return self.planes.exact(img, k, padding, corner, size)

    def size(self, img: Array, k: Array, padding: str) -> Shape:
        """Return the shape that the result must have."""
        return self.planes.size(img, k, padding)

    def result_size(self, case: Case) -> Shape:
        """Return the shape that the result of a case must have."""
        return self.planes.result_size(case)
