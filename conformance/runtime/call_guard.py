"""Charges a backend's calls to the run's time, and stops calling a backend that hangs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conv2d_conformance.errors import TimedOutError
from conv2d_conformance.runtime.compiled_memory import MEMORY
from conv2d_conformance.runtime.time_accounts import TimeAccounts

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Padding, Pads
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.runtime.in_process import Runner

PATIENCE = 3


class GuardedBackend:
    """A backend with its runner; after `PATIENCE` exceeded deadlines it is not called again.

    ``cost`` gets the time of each call.
    """

    def __init__(self, runner: Runner, cost: TimeAccounts | None = None) -> None:
        self.runner = runner
        self.spec = runner.spec
        self.cost = cost or TimeAccounts(compiles=runner.spec.compiles)
        self._missed = 0

    def with_layout(self, layout: str) -> GuardedBackend:
        """Return the same adapter in another of its layouts, charged to the same account."""
        return GuardedBackend(self.runner.with_layout(layout), self.cost)

    def conv2d(self, img: Array, k: Array, padding: Padding | Pads, **options: Any) -> Array:
        """Call it.

        Raises
        ------
        TimedOutError, ExitedError
            If it exceeded its deadline, or ended the process or tried to.
        """
        return self._called("conv2d", img, k, padding, **options)  # type: ignore[no-any-return]

    def conv_transpose2d(self, img: Array, k: Array, padding: Padding, **options: Any) -> Array:
        """Call it; raises as `conv2d`."""
        operands = img, k, padding
        return self._called("conv_transpose2d", *operands, **options)  # type: ignore[no-any-return]

    def gradients(
        self, img: Array, k: Array, padding: Padding | Pads, cotangent: Array, **options: Any
    ) -> tuple[Array, Array]:
        """Let the framework differentiate the call; raises as `conv2d`."""
        operands = img, k, padding, cotangent
        return self._called("gradients", *operands, **options)  # type: ignore[no-any-return]

    def fused(self, *operands: Any, **options: Any) -> Array:
        """Make the call, followed by bias, addition and ReLU; raises as `conv2d`."""
        return self._called("fused", *operands, **options)  # type: ignore[no-any-return]

    def _called(self, method: str, *operands: Any, **options: Any) -> Any:
        if self._missed >= PATIENCE:
            msg = f"{self.spec.call}: not called, for {PATIENCE} calls outran their deadline"
            raise TimedOutError(msg)
        account = self.cost.call(method, *operands, **options)
        if account == "first_calls" and MEMORY.before_compiling():
            # The shape belongs to what is compiled from now on.
            self.cost.call(method, *operands, **options)
        try:
            with self.cost.charge(account):
                return self.runner.call(method, operands, options)
        except TimedOutError:
            self._missed += 1
            raise
