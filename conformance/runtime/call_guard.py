"""Charges a backend's calls to the run's time, and gives each a deadline."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from conv2d_conformance.errors import TimedOutError
from conv2d_conformance.runtime.compiled_memory import MEMORY
from conv2d_conformance.runtime.in_process import CallAhead
from conv2d_conformance.runtime.patience import Patience
from conv2d_conformance.runtime.time_accounts import TimeAccounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conv2d_conformance.backends.protocol import Padding, Pads
    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.runtime.in_process import Runner
    from conv2d_conformance.runtime.time_accounts import Account

    PlainOperands: TypeAlias = tuple[Array, Array, Padding]


class GuardedBackend:
    """A backend with its runner.

    ``cost`` gets the time of each call, and ``patience`` says how long it may take.
    """

    def __init__(
        self, runner: Runner, cost: TimeAccounts | None = None, patience: Patience | None = None
    ) -> None:
        self.runner = runner
        self.spec = runner.spec
        self.cost = cost or TimeAccounts(compiles=runner.spec.compiles)
        self.patience = patience or Patience(runner.seconds, compiles=runner.spec.compiles)

    def beside(self, runner: Runner) -> GuardedBackend:
        """Return the same backend in another runner, with the same account and patience."""
        return GuardedBackend(runner, self.cost, self.patience)

    def with_layout(self, layout: str) -> GuardedBackend:
        """Return the same adapter in another of its layouts."""
        return self.beside(self.runner.with_layout(layout))

    def conv2d(self, img: Array, k: Array, padding: Padding | Pads, **options: Any) -> Array:
        """Call it.

        Raises
        ------
        TimedOutError, ExitedError
            If it exceeded its deadline, or ended the process or tried to.
        NotRun
            If it is not called, after too many such calls.
        """
        return self._called("conv2d", img, k, padding, **options)  # type: ignore[no-any-return]

    def conv2d_each(self, calls: Sequence[PlainOperands]) -> list[CallAhead]:
        """Call it on several operands, in one message if it is in a worker process.

        The result of each is taken by a call, which raises as `conv2d`. What the message has no
        answer to, after a call that ended the process, is called when it is taken.
        """
        made = self._made_ahead(calls)
        return made + [
            CallAhead(partial(self.conv2d, *operands), returned=False)
            for operands in calls[len(made) :]
        ]

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

    def fused_constants(self, *operands: Any, **options: Any) -> Array:
        """Do as `fused`, compiled with all but the image as constants; raises as `conv2d`."""
        return self._called("fused_constants", *operands, **options)  # type: ignore[no-any-return]

    def _made_ahead(self, calls: Sequence[PlainOperands]) -> list[CallAhead]:
        """Return the calls that were made: up to the first one without an answer."""
        answers = self.runner.ahead("conv2d", calls, lambda n: self.patience.deadline(calls[n]))
        made: list[CallAhead] = []
        if answers is None:
            return made
        for operands in calls:
            account, began = self._account("conv2d", *operands), monotonic()
            try:
                self.patience.require(self.spec.call)
                with self.cost.charge(account):
                    one = next(answers)
            except Exception as error:  # noqa: BLE001  (raised again where it is taken)
                if isinstance(error, TimedOutError):
                    self.patience.lose(monotonic() - began)
                return [*made, CallAhead(partial(_raise, error), returned=False)]
            seconds = monotonic() - began
            if one.returned:
                self.patience.learn(operands, seconds)
            take = partial(self._taken, one, account)
            made.append(CallAhead(take, one.returned, seconds))
        return made

    def _taken(self, one: CallAhead, account: Account) -> Any:
        with self.cost.charge(account):
            return one.take()

    def _account(self, method: str, *operands: Any, **options: Any) -> Account:
        account = self.cost.call(method, *operands, **options)
        if account == "first_calls" and MEMORY.before_compiling():
            # The shape belongs to what is compiled from now on.
            self.cost.call(method, *operands, **options)
        return account

    def _called(self, method: str, *operands: Any, **options: Any) -> Any:
        self.patience.require(self.spec.call)
        account = self._account(method, *operands, **options)
        seconds, began = self.patience.deadline(operands), monotonic()
        try:
            with self.cost.charge(account):
                result = self.runner.call(method, operands, options, seconds)
        except TimedOutError:
            self.patience.lose(monotonic() - began)
            raise
        self.patience.learn(operands, monotonic() - began)
        return result


def _raise(error: Exception) -> NoReturn:
    raise error
