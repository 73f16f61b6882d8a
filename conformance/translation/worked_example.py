"""The example of the original question for the report, computed by the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.cases import question
from conv2d_conformance.definition.correlation import correlate, orient, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.definition.correlation import Array
    from conv2d_conformance.reports.page.example import Answer, Example


def example() -> Example:
    """Return image, kernel and what each way to write it gives, ``same`` with zeros outside."""
    k = question.kernel()
    return {
        "image": question.image().astype(float).tolist(),
        "kernel": k.astype(float).tolist(),
        "answers": [_answer(words, orientation, reads) for words, orientation, reads in _ways(k)],
    }


def _ways(k: Array) -> Iterator[tuple[str, str, Array]]:
    yield "Reads the kernel as it is: Keras, correlate2d(image, kernel)", "correlation", k
    rotated = orient(k, "convolution")
    yield "Rotates the kernel: convolve2d(image, kernel)", "convolution", rotated
    yield "Transposes it: correlate2d(image, kernel.T), the tempting mend", "none", k.T


def _answer(words: str, orientation: str, reads: Array) -> Answer:
    image, extents = question.image(), shape_of(reads)
    before = ((extents[0] - 1) // 2, (extents[1] - 1) // 2)
    found = correlate(image, reads, before=before, size=shape_of(image))
    return {"words": words, "orientation": orientation, "values": found.value.tolist()}
