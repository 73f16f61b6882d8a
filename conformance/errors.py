"""The ways a check fails: one exception per symptom; an expected failure names its symptom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.float64]

# What the script of a failure claims about the call: the name of a file in
# ``matrix/reproducers/templates/claims``, with spaces for underscores.
Claim: TypeAlias = str

# The error class of each symptom. Every subclass registers itself.
SYMPTOMS: dict[str, type[NonconformanceError]] = {}


class NonconformanceError(AssertionError):
    """A clause is not met; the message is a finished bug report.

    A subclass has a ``symptom`` and the claim that its script makes, unless an error names another
    one. ``first_call`` is true if the script repeats the first call of the check, not the last.

    Parameters
    ----------
    message : str
    claim : str or None
        What the call should have done, where that does not follow from the symptom.
    bound : ndarray or None
        Bound of each element's error, where the result was compared with the reference.
    operands : tuple or None
        Image, kernel and padding of the call at fault, where it was not the check's last.
    conventions : Conventions or None
        Given where all calls are at fault, not a single one: the script searches for a call that
        deviates from them.
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
    """The error of an element exceeds the bound."""


class WrongShapeError(NonconformanceError):
    """The result has another shape, or is not an array."""

    symptom = "shape"


class WrongDtypeError(NonconformanceError):
    """The result has another dtype."""

    symptom = "dtype"
    claims = "keeps its dtype"


class WrongFactError(NonconformanceError):
    """A declared fact differs from the measured one, or the facts contradict each other."""

    symptom = "fact"


class MutatedInputError(NonconformanceError):
    """The call changed an operand."""

    symptom = "mutated input"
    claims = "operands untouched"


class StaleOutputError(NonconformanceError):
    """A result depends on, or was changed by, another call."""

    symptom = "stale output"
    claims = "independent"
    first_call = True


class UnstableError(NonconformanceError):
    """The same operands gave another result the second time."""

    symptom = "unstable"
    claims = "repeatable"
    first_call = True


class GlobalStateError(NonconformanceError):
    """The call changed global state of the process."""

    symptom = "global state"
    claims = "process untouched"


class TimedOutError(NonconformanceError):
    """The call exceeded its deadline."""

    symptom = "timed out"
    claims = "returns"


class ExitedError(NonconformanceError):
    """The call tried to end the process."""

    symptom = "crashed"
    claims = "returns"


class AcceptedError(NonconformanceError):
    """The call accepted bad input and returned a number."""

    symptom = "accepted bad input"
    claims = "refused"


class RaisedError(NonconformanceError):
    """The call raised an error for input that it declares to accept."""

    symptom = "raised"
    claims = "taken"


class Refused(Exception):  # noqa: N818  (an outcome, not an error)
    """The call refused input that it may refuse; the message quotes it."""


class Measured(Exception):  # noqa: N818  (likewise)
    """The call deviates from a clause, but declares nothing that it could be held to.

    Parameters
    ----------
    message : str
        What the call did, after ``declares nothing; ``, or which fact it does not declare.
    symptom : str
        How a call that declares its facts would have failed.
    """

    def __init__(self, message: str, symptom: str) -> None:
        super().__init__(message)
        self.symptom = symptom

    @classmethod
    def instead_of(cls, error: NonconformanceError, said: str | None = None) -> Measured:
        """Return what stands in place of a failure; ``said`` replaces its message."""
        return cls(f"declares nothing; {said or error}", error.symptom)


class NotRun(Exception):  # noqa: N818  (likewise)
    """There was no backend to call, or it is not called any more; the message says why."""


# No answer of the call at all: it did not return, or was not called.
NO_ANSWER = (TimedOutError, ExitedError, NotRun)
