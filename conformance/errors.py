"""How a check fails: one exception per symptom, so that an expected failure names its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.float64]

# What the script of a failure holds the call to: the name of a file in
# ``matrix/reproducers/templates/claims``, with spaces for underscores.
Claim: TypeAlias = str

# The error of each symptom. Every subclass enters itself.
SYMPTOMS: dict[str, type[NonconformanceError]] = {}


class NonconformanceError(AssertionError):
    """A clause is not met; the message is a finished bug report.

    A subclass has a ``symptom``; the claim that its script holds the call to, unless an error names
    another; and ``first_call``, if the script makes the first call of the check, not the last.

    Parameters
    ----------
    message : str
    claim : str or None
        What the call was to do, where that does not follow from the symptom.
    bound : ndarray or None
        Bound of each element's error, where the result was compared with the reference.
    operands : tuple or None
        Image, kernel and padding of the call at fault, where it was not the check's last.
    conventions : Conventions or None
        Where no call is at fault but all are: what one is to be found against.
    """

    symptom: ClassVar[str] = "value"
    claims: ClassVar[Claim] = "right"
    first_call: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        SYMPTOMS.setdefault(cls.symptom, cls)

    def __init__(
        self,
        message: str,
        *,
        claim: Claim | None = None,
        bound: Floats | None = None,
        operands: tuple[Array, Array, str] | None = None,
        conventions: object | None = None,
    ) -> None:
        super().__init__(message)
        self.claim = claim or self.claims
        self.bound = bound
        self.operands = operands
        self.conventions = conventions


class WrongValueError(NonconformanceError):
    """An element lies beyond the bound."""


class WrongShapeError(NonconformanceError):
    """The result has another shape, or is no array."""

    symptom = "shape"


class WrongDtypeError(NonconformanceError):
    """The result has another dtype."""

    symptom = "dtype"
    claims = "keeps its dtype"


class WrongFactError(NonconformanceError):
    """A declared fact differs from the measured one, or the facts contradict each other."""

    symptom = "fact"


class MutatedInputError(NonconformanceError):
    """An operand was changed by the call."""

    symptom = "mutated input"
    claims = "operands untouched"


class StaleOutputError(NonconformanceError):
    """A result depends on, or was changed by, another call."""

    symptom = "stale output"
    claims = "independent"
    first_call = True


class UnstableError(NonconformanceError):
    """The same operands gave another result."""

    symptom = "unstable"
    claims = "repeatable"
    first_call = True


class GlobalStateError(NonconformanceError):
    """The call changed what belongs to the whole process."""

    symptom = "global state"
    claims = "process untouched"


class TimedOutError(NonconformanceError):
    """The call outran its deadline."""

    symptom = "timed out"
    claims = "returns"


class ExitedError(NonconformanceError):
    """The call set out to end the process."""

    symptom = "crashed"
    claims = "returns"


class AcceptedError(NonconformanceError):
    """Bad input gave a number."""

    symptom = "accepted bad input"
    claims = "refused"


class RaisedError(NonconformanceError):
    """The call raised on input that it declares to take."""

    symptom = "raised"
    claims = "taken"


class Refused(Exception):  # noqa: N818  (an outcome, not an error)
    """The call refused what it may refuse; the message quotes it."""


class NotRun(Exception):  # noqa: N818  (likewise)
    """There was nothing to call; the message says what is missing."""
