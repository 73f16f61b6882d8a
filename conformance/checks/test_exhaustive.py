"""G6: every image up to 6×6, under every kernel up to 5×5; nothing is sampled.

A call that compiles for every shape gets `checks.exhaustive.covering` of them: each pair of
extents along each axis and each parity of all four, in 81 shapes instead of 2200.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.checks.exhaustive import (
    EVERY_IMAGE,
    EveryImage,
    index_map_assertions,
    single,
)
from conv2d_conformance.checks.registry import check
from conv2d_conformance.errors import RaisedError

if TYPE_CHECKING:
    from conv2d_conformance.under_test.backend import BackendUnderTest


@check("G6", EVERY_IMAGE)
def test_every_small_image_is_read_as_the_conventions_predict(
    subject: BackendUnderTest, case: EveryImage
) -> None:
    cases, refusals = list(case.cases(subject)), []
    # A call that refuses some shapes is still checked on the others, and reports those first.
    for one, holds in zip(cases, index_map_assertions(subject, cases), strict=True):
        try:
            holds()
        except RaisedError as refusal:
            refusals.append((one, str(refusal)))
    if refusals:
        one, words = refusals[0]
        msg = f"image {one.image}: {words} (so for {len(refusals)} of {len(cases)} images)"
        raise RaisedError(msg, operands=(*single(one, (0, 0)), one.padding_word))
