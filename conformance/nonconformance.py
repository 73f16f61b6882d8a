"""How a check fails: one exception per symptom, so that an expected failure names its own."""

from __future__ import annotations

from typing import ClassVar


class NonconformanceError(AssertionError):
    """A clause is not met; the message is a finished bug report."""

    symptom: ClassVar[str] = "value"


class WrongValueError(NonconformanceError):
    """An element lies beyond the bound."""


class WrongShapeError(NonconformanceError):
    """The result has another shape, or is no array."""

    symptom = "shape"


class WrongDtypeError(NonconformanceError):
    """The result has another dtype."""

    symptom = "dtype"


class WrongFactError(NonconformanceError):
    """A declared fact differs from the measured one, or the facts contradict each other."""

    symptom = "fact"


class MutatedInputError(NonconformanceError):
    """An operand was changed by the call."""

    symptom = "mutated input"


class StaleOutputError(NonconformanceError):
    """A result depends on, or was changed by, another call."""

    symptom = "stale output"


class AcceptedError(NonconformanceError):
    """Bad input gave a number."""

    symptom = "accepted bad input"


class RaisedError(NonconformanceError):
    """The call raised on input that it declares to take."""

    symptom = "raised"


class Refused(Exception):  # noqa: N818  (an outcome, not an error)
    """The call refused what it may refuse; the message quotes it."""


class NotRun(Exception):  # noqa: N818  (likewise)
    """There was nothing to call; the message says what is missing."""


SYMPTOMS: dict[str, type[NonconformanceError]] = {
    kind.symptom: kind
    for kind in (
        WrongValueError, WrongShapeError, WrongDtypeError, WrongFactError, MutatedInputError,
        StaleOutputError, AcceptedError, RaisedError,
    )
}  # fmt: skip
