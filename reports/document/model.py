"""The results document as types; ``schema.json`` next to this module is the published contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.sample import Sample

SCHEMA_VERSION = 1

Outcome = Literal[
    "passed",
    "failed",
    "expected failure",
    "unexpected pass",
    "unsupported",
    "refused",
    "error",
    "crashed",
    "timed out",
    "not run",
]
Number = float | Literal["nan", "inf", "-inf"]


class Fingerprint(TypedDict):
    """The machine and the software that gave the numbers."""

    python: str
    platform: str
    machine: str
    cpu: str
    cpu_flags: list[str]
    threads: str
    packages: dict[str, str]


class Clause(TypedDict):
    """A numbered requirement."""

    id: str
    section: str
    title: str
    statement: str


class Declared(TypedDict):
    """The declaration of an adapter; None declares nothing."""

    orientation: str | None
    anchor: str | None
    boundary: str | None
    larger_kernel: str | None


class BackendRecord(TypedDict):
    """A call under test, as its adapter describes it."""

    kind: Literal["backend"]
    backend: str
    call: str
    algorithm: str | None
    versions: dict[str, str]
    paddings: list[str]
    dtypes: list[str]
    declared: Declared
    settings: dict[str, str]
    available: bool
    reason: str | None
    python: NotRequired[str | None]


class FactRecord(TypedDict):
    """A measured behaviour of a backend in which backends may differ."""

    kind: Literal["fact"]
    backend: str
    fact: str
    value: Any
    declared: Any
    detail: str | None


class VerdictRecord(TypedDict):
    """Whether a backend meets a clause on one case."""

    kind: Literal["verdict"]
    id: str
    backend: str
    clause: str
    check: str
    case: str
    definition: str
    outcome: Outcome
    symptom: str | None
    message: str | None
    reason: str | None
    link: str | None
    margin: Number | None
    where: list[int] | None
    seconds: Number
    repeat: str | None
    script: NotRequired[str | None]
    sample: NotRequired[Sample | None]


class TimingRecord(TypedDict):
    """Seconds per call on one case; the first call is separate."""

    kind: Literal["timing"]
    backend: str
    case: str
    img: list[int]
    kernel: list[int]
    dtype: str
    padding: str
    first_call: Number
    median: Number
    iqr: Number
    min: Number
    rounds: int
    loops: int


class LeftOutRecord(TypedDict):
    """A timing that was not taken."""

    kind: Literal["left out"]
    backend: str
    case: str
    reason: str


class RatioRecord(TypedDict):
    """The time per call of this run divided by that of ``against``, from calls made in turn.

    ``low`` and ``high`` bound the ratio at the confidence ``level``, corrected for the number of
    cases; ``confirmed`` says that a second round of calls agreed.
    """

    kind: Literal["ratio"]
    backend: str
    case: str
    ratio: Number
    low: Number
    high: Number
    level: Number
    pairs: int
    confirmed: bool
    slower: bool
    against: str


class EndRecord(TypedDict):
    """The run completed; a run without this record was interrupted."""

    kind: Literal["end"]
    finished: str
    exit: int
    planned: NotRequired[int]


Record = (
    BackendRecord
    | FactRecord
    | VerdictRecord
    | TimingRecord
    | LeftOutRecord
    | RatioRecord
    | EndRecord
)


class RunHeader(TypedDict):
    """The part of a run that is known before its first record."""

    environment: str
    started: str | None
    command: str
    not_run: str | None
    fingerprint: Fingerprint | None
    clauses: list[Clause]


class Run(RunHeader):
    """One process, or the reason why there was none; ``records`` is its last key."""

    records: list[Record]


class Document(TypedDict):
    """Every run; ``runs`` is the last key."""

    schema_version: int
    runs: list[Run]


class DocumentError(ValueError):
    """A results document cannot be read or written; one line says why and how to fix it."""
