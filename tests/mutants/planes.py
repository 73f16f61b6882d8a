"""A call of two planes that declares what the right one does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.backends.protocol import FLOATS, Spec
from tests.mutants.mutant import Mutant

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.backends.protocol import Algorithm
    from tests.mutants.direct import Conv2d


class Plane:
    """A function that declares what the right one does."""

    def __init__(
        self,
        function: Conv2d,
        algorithm: Algorithm = "direct",
        *,
        compiles: bool = False,
        dtypes: tuple[str, ...] = FLOATS,
    ) -> None:
        self.conv2d = function
        self.spec = Spec(
            name="mutant",
            call="conv2d(img, k, padding)",
            dtypes=dtypes,
            orientation="correlation",
            anchor="upper",
            boundary="zeros",
            larger_kernel="raises",
            algorithm=algorithm,
            compiles=compiles,
            snippet=getattr(function, "snippet", ""),
        )


def stateful(
    id: str,  # noqa: A002
    make: Callable[[], Conv2d],
    check: str,
    words: str = "",
    dtypes: tuple[str, ...] = FLOATS,
) -> Mutant:
    """A mutant whose call is made anew."""
    return Mutant(id, lambda: Plane(make(), dtypes=dtypes), check, words, seconds=2)


def stateless(id: str, wrong: Conv2d, check: str, words: str = "") -> Mutant:  # noqa: A002
    """A mutant that keeps no state."""
    return stateful(id, lambda: wrong, check, words)
