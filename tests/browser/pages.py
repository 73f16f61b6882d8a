"""The pages that are looked at: one as a run writes it, one whose every name is hostile."""

from __future__ import annotations

from datetime import date
from math import prod
from typing import TYPE_CHECKING, Any

from conv2d_conformance.reports.gate.compare import compare
from conv2d_conformance.reports.page.render import render_html
from conv2d_conformance.reports.tables.summary import backends
from conv2d_conformance.runtime.time_budget import LADDER
from conv2d_conformance.translation.worked_example import example
from tests.helpers.documents import END, backend, document, fact, realistic, run, timing, verdict

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document
    from conv2d_conformance.reports.document.sample import Sample
    from conv2d_conformance.reports.page.translations import Translation

NAME = "scipy.signal.convolve2d"
SAMPLE: Sample = {
    "of": "",
    "shape": [5, 6],
    "corner": [0, 0],
    "worst": [1, 2],
    "expected": ["1 2 -3", "4 5 6"],
    "got": ["1 2 -3", "4 5 nan"],
    "difference": ["0 0 0", "0 0 nan"],
}
HOSTILE = (
    "<script>alert(1)</script>",
    "\"'`</style></script><!--",
    "\u202eright to left",
    "x" * 300,
)
CODE = "y = torch.nn.functional.conv2d(torch.nn.functional.pad(x, (2, 1, 2, 1)), k.flip(2, 3))"


def full() -> Document:
    """A document with all that a page shows."""
    made = realistic(60)
    records = made["runs"][0]["records"]
    failed: Any = {"clause": "V1", "symptom": "value", "sample": SAMPLE, "message": "off by one"}
    case = "same/5x5-by-2x4/float32"
    records.insert(1, verdict(9001, "failed", check="test_drawn", case=case, **failed))
    records[1:1] = [_bits(name) for name in (NAME, "scipy.signal.fftconvolve")]
    for side in (32, 128, 512):
        for name, factor in ((NAME, 1.0), ("scipy.signal.fftconvolve", 0.4)):
            median = factor * side**2 * 1e-8
            shape = {"case": f"same/{side}", "img": [side, side], "kernel": [11, 11]}
            records.insert(1, timing(name, median, **shape))
    layer = {"case": "n1c3o64/224x224-by-7x7", "img": [1, 3, 224, 224], "kernel": [64, 3, 7, 7]}
    records.insert(1, timing(NAME, 0.1, **layer))
    return made


def _bits(name: str) -> Any:
    kept = {"operand_bits": 22, "accumulator_bits": 24, "class": "float32", "family": "fft-like"}
    return fact("precision", {"float32": {**kept, "grade": "norm-wise"}}, name)


def add_timings(made: Document) -> None:
    """Add a time of every backend at every size that is timed, as a run of everything has them."""
    for one in made["runs"]:
        for place, name in enumerate(backends(one)):
            for case in LADDER:
                median = 1e-8 * prod(case.image) * (1 + place % 5)
                img, kernel = list(case.image), list(case.kernel)
                one["records"].insert(1, timing(name, median, case=case.id, img=img, kernel=kernel))


def full_page() -> str:
    """The page of `full`, with translations, a baseline and the question's example."""
    names = (NAME, "torch.nn.functional.conv2d")
    translations: list[Translation] = [
        {"of": [of], "to": to, "padding": "same", "kernel": "even", "code": CODE, "why": None}
        for of in names
        for to in names
        if of != to
    ]
    refused: Translation = {
        "of": [names[0]], "to": names[1], "padding": "full", "kernel": "odd",
        "code": None, "why": "the call has no full",
    }  # fmt: skip
    changes = compare(realistic(60), full(), today=date(2025, 11, 21))
    return render_html(full(), [*translations, refused], changes, example())


def hostile_page() -> str:
    """A page of which every text is hostile."""
    records: list[Any] = []
    for name in HOSTILE:
        told: Any = {"message": name, "reason": name, "check": name, "case": name, "clause": name}
        records += [
            backend(name, call=name, settings={name: name}),
            verdict(outcome="failed", of=name, symptom=name, repeat=name, sample=SAMPLE, **told),
            fact("orientation", name, name),
            timing(name, 1.0, case=name),
        ]
    one: Translation = {
        "of": [HOSTILE[0]], "to": HOSTILE[1], "padding": "same", "kernel": "odd",
        "code": HOSTILE[0], "why": HOSTILE[1],
    }  # fmt: skip
    return render_html(document(run(*records, END, environment=HOSTILE[0])), [one])
