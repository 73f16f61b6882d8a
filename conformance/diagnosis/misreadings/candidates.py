"""Searches for what a wrong result equals: the first candidate within the bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conv2d_conformance.definition.correlation import Array, Exact, Floats


class Candidate(NamedTuple):
    """A possible explanation of a wrong result: its words and its exact values.

    Parameters
    ----------
    words : str
        What follows "It equals the reference".
    exact : callable
        Computes the values; None where the reading has no result.
    order : tuple of int or None
        In which it would return the outputs.
    """

    words: str
    exact: Callable[[], Exact | None]
    order: tuple[int, ...] | None = None


def still_possible(
    candidates: Iterable[Candidate],
    of_block: Iterable[Candidate],
    block: Array,
    allowed: Callable[[Exact], Floats],
) -> Iterator[Candidate]:
    """Yield the candidates that explain a block of the result; ``of_block`` has their values."""
    for candidate, part in zip(candidates, of_block, strict=True):
        if first_explaining([part], block, allowed):
            yield candidate


def first_explaining(
    candidates: Iterable[Candidate],
    result: Array,
    allowed: Callable[[Exact], Floats],
    *,
    usual: Exact | None = None,
) -> str | None:
    """The words of the first candidate that explains the result, if one does.

    Parameters
    ----------
    candidates : iterable of Candidate
    result : ndarray
    allowed : callable
        The bound of each element's error.
    usual : Exact or None
        The right result. Where all values are near zero every candidate is close: with this one,
        the candidate must be ten times closer.
    """
    for words, compute, order in candidates:
        exact = compute()
        if exact is None or exact.value.shape != result.shape:
            continue
        error = exact.error_of(result if order is None else result[:, np.argsort(order)])
        closer = usual is None or 10 * error.max() < usual.error_of(result).max()
        if closer and (error <= allowed(exact)).all():
            return words
    return None
