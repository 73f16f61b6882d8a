"""The results document as types: the one statement of its schema.

`conv2d_conformance.reports.document.schema` checks documents against these types, and
``schema.json`` beside it is made from them.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict  # Python 3.11 has none that says `closed`.

from conv2d_conformance.reports.document.sample import Sample
from conv2d_conformance.reports.document.severity import Severity

SCHEMA_VERSION: Final = 1
# JSON has types of its own: "1" is no number, and true is no integer.
CONFIG = ConfigDict(strict=True, use_attribute_docstrings=True)

Outcome = Literal[
    "passed",
    "failed",
    "expected failure",
    "unexpected pass",
    "unsupported",
    "refused",
    "measured",
    "error",
    "crashed",
    "timed out",
    "not run",
]
Number = float | Literal["nan", "inf", "-inf"]
Utc = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$")]
# Two axes, or the four of a layer.
Shape = Annotated[list[int], Field(min_length=2, max_length=4)]


class Fingerprint(TypedDict, extra_items=str):  # type: ignore[call-arg]  # mypy knows none yet
    """The machine and the software that gave the numbers."""

    python: str
    platform: str
    machine: str
    cpu: str
    cpu_flags: list[str]
    threads: str
    packages: dict[str, str]


class Clause(TypedDict, closed=True):
    """A numbered requirement."""

    id: str
    section: str
    title: str
    statement: str


class Declared(TypedDict, extra_items=str | None):  # type: ignore[call-arg]
    """The declaration of an adapter; None declares nothing."""

    orientation: str | None
    anchor: str | None
    boundary: str | None
    larger_kernel: str | None


class BackendRecord(TypedDict, closed=True):
    """A call under test, as its adapter describes it."""

    kind: Literal["backend"]
    backend: str
    """Dotted name."""
    call: str
    """The call as its user writes it."""
    algorithm: str | None
    versions: dict[str, str]
    """Version by distribution."""
    paddings: list[str]
    dtypes: list[str]
    declared: Declared
    settings: dict[str, str]
    """What was pinned: precision, threads, flags."""
    available: bool
    reason: str | None
    """Why it is not available."""
    python: NotRequired[str | None]
    """Version of the interpreter in which it runs."""


class FactRecord(TypedDict, closed=True):
    """A measured behaviour of a backend in which backends may differ."""

    kind: Literal["fact"]
    backend: str
    fact: str
    value: Any
    declared: Any
    detail: str | None


class VerdictRecord(TypedDict, closed=True):
    """Whether a backend meets a clause on one case.

    A file may leave out what has a default, and an ``id`` of ``check[backend-case]``.
    """

    kind: Literal["verdict"]
    id: str
    """Unique within the run."""
    backend: str
    clause: str
    check: str
    case: str
    definition: str
    """Hash of the case's definition."""
    outcome: Outcome
    symptom: str | None
    message: str | None
    reason: str | None
    link: str | None
    margin: Number | None
    """Worst error divided by its bound, also where the check passed."""
    where: list[int] | None
    seconds: Number
    repeat: str | None
    """The command that repeats it."""
    script: NotRequired[str | None]
    """A script that shows the failure by itself, as a path from this document's folder."""
    sample: NotRequired[Sample | None]
    severity: NotRequired[Severity | None]
    """How bad an expected failure is, as its record declares; of others it is derived."""


class TimingRecord(TypedDict, closed=True):
    """Seconds per call on one case; the first call is separate."""

    kind: Literal["timing"]
    backend: str
    case: str
    img: Shape
    kernel: Shape
    dtype: str
    padding: str
    first_call: Number
    median: Number
    iqr: Number
    min: Number
    rounds: int
    loops: int


class LeftOutRecord(TypedDict, closed=True):
    """A timing that was not taken."""

    kind: Literal["left out"]
    backend: str
    case: str
    reason: str


class RatioRecord(TypedDict, closed=True):
    """The time per call of this run divided by that of ``against``, from calls made in turn."""

    kind: Literal["ratio"]
    backend: str
    case: str
    ratio: Number
    """Of the medians."""
    low: Number
    """Lower end of the confidence interval, corrected for the number of cases."""
    high: Number
    level: Number
    """Confidence of the interval."""
    pairs: int
    confirmed: bool
    """A second round of calls agreed."""
    slower: bool
    against: str


class EndRecord(TypedDict, closed=True):
    """The run completed; a run without this record was interrupted."""

    kind: Literal["end"]
    finished: Utc
    exit: int
    planned: NotRequired[int]


Record = Annotated[
    BackendRecord
    | FactRecord
    | VerdictRecord
    | TimingRecord
    | LeftOutRecord
    | RatioRecord
    | EndRecord,
    Field(discriminator="kind"),
]


class RunHeader(TypedDict):
    """The part of a run that is known before its first record."""

    environment: str
    started: Utc | None
    command: str
    not_run: Annotated[str | None, Field(description="Why nothing ran; null if something did.")]
    fingerprint: Fingerprint | None
    clauses: list[Clause]


class Run(RunHeader, closed=True):
    """One process, or the reason why there was none; ``records`` is its last key."""

    records: list[Record]


@with_config(CONFIG)
class Document(TypedDict, closed=True):
    """Facts, verdicts and timings of 2-D convolution calls; enough for every report and the gate.

    A number that is not finite is a string. ``runs`` is the last key.
    """

    schema_version: Literal[1]
    runs: list[Run]


class DocumentError(ValueError):
    """A results document cannot be read or written; one line says why and how to fix it."""
