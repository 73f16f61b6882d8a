"""Verdicts in words and counts by outcome, never as a percentage; "did not run" is not green."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from conv2d_conformance.reports.document.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conv2d_conformance.reports.document.model import (
        BackendRecord,
        Document,
        EndRecord,
        Number,
        Run,
        VerdictRecord,
    )

Status = Literal["conforms", "fails", "incomplete", "not run"]
Key = tuple[str, str]

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
WORST_FIRST: tuple[Outcome, ...] = (
    "crashed",
    "timed out",
    "error",
    "failed",
    "unexpected pass",
    "not run",
    "expected failure",
    "measured",
    "refused",
    "unsupported",
    "passed",
)
# What is said of a run that holds a part of the checks.
LEFT_OUT = "checks were left out"
ONLY_A_PART = "a part of the suite does not show that a call conforms"
FAILING: frozenset[Outcome] = frozenset(WORST_FIRST[:5])
DEVIATING: frozenset[Outcome] = FAILING | {"expected failure"}
RAN: frozenset[Outcome] = FAILING | {"passed", "expected failure"}


@dataclass(frozen=True)
class Line:
    """One backend in one environment; ``backend`` is None for an environment that did not run."""

    environment: str
    backend: str | None
    status: Status
    sentence: str
    counts: Counter[Outcome]


@dataclass
class Cell:
    """The outcomes of one clause on one backend."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    margin: float | None = None

    @property
    def worst(self) -> Outcome:
        """The worst outcome in the cell."""
        return worst(self.counts)

    def add(self, verdict: VerdictRecord) -> None:
        """Count one verdict."""
        self.counts[verdict["outcome"]] += 1
        self.margin = worse_margin(self.margin, verdict["margin"])


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the worst of one or more outcomes."""
    return min(outcomes, key=WORST_FIRST.index)


def worse_margin(held: float | None, margin: Number | None) -> float | None:
    """Return the larger of two margins, NaN being the largest."""
    if margin is None or held != held:
        return held
    value = float(margin)
    return value if held is None or not value <= held else held


def summarise(document: Document) -> list[Line]:
    """Return one line per environment and backend, in the order of the document."""
    return [line for run in document["runs"] for line in _run_lines(run)]


def cells(document: Document) -> dict[Key, dict[str, Cell]]:
    """Return the outcomes of the checks, by (environment, backend) and then by clause."""
    found: dict[Key, dict[str, Cell]] = {}
    for run in document["runs"]:
        for verdict in verdicts(run):
            row = found.setdefault((run["environment"], verdict["backend"]), {})
            row.setdefault(verdict["clause"], Cell()).add(verdict)
    return found


def overall(document: Document) -> tuple[Status, str]:
    """Return the verdict on the whole document, as a status and a sentence."""
    lines = summarise(document)
    tally = Counter(line.status for line in lines if line.backend is not None)
    absent = sum(line.backend is None for line in lines)
    if not tally["conforms"] and not tally["fails"] and not tally["incomplete"]:
        return "not run", "Nothing ran: no backend has a verdict."
    parts = [
        f"{tally[status]} {_plural(status, tally[status])}" for status in _present_statuses(tally)
    ]
    missing = f"; {count(absent, 'environment')} did not run" if absent else ""
    deviating = sum(
        line.status == "conforms" and bool(line.counts["expected failure"]) for line in lines
    )
    known = f" ({deviating} with expected failures)" if deviating else ""
    sentence = f"Of {count(tally.total(), 'backend')}, {_and(parts)}{known}{missing}."
    if tally["fails"]:
        return "fails", sentence
    whole = not (absent or tally["incomplete"] or tally["not run"])
    return ("conforms" if whole else "incomplete"), sentence


def backends(run: Run) -> dict[str, BackendRecord | None]:
    """Return the backends that a run speaks of, with what their adapters say."""
    found: dict[str, BackendRecord | None] = {}
    for record in run["records"]:
        if record["kind"] == "backend":
            found[record["backend"]] = record
        elif record["kind"] != "end":
            found.setdefault(record["backend"], None)
    return found


def versions(run: Run) -> dict[str, str]:
    """Return the versions of the distributions of a run's backends."""
    records = [record for record in backends(run).values() if record is not None]
    return {name: version for record in records for name, version in record["versions"].items()}


def verdicts(run: Run) -> Iterator[VerdictRecord]:
    """Yield the verdicts of a run."""
    for record in run["records"]:
        if record["kind"] == "verdict":
            yield record


def end(run: Run) -> EndRecord | None:
    """Return the record that closes a run; None if it was interrupted."""
    return next((record for record in run["records"] if record["kind"] == "end"), None)


def doubt(run: Run) -> str:
    """Return why a run cannot be taken for whole; empty if it can."""
    closing = end(run)
    if closing is None:
        return "the run was interrupted"
    explained = any(verdict["outcome"] in FAILING for verdict in verdicts(run))
    if closing["exit"] not in (0, 1) or (closing["exit"] == 1 and not explained):
        return f"the run ended with exit {closing['exit']}"
    return ""


def reduced(run: Run) -> str:
    """Return how many checks an option left out; empty if none. Timings do not count."""
    held, planned = held_part(run)
    return f"{planned - held} of {planned} {LEFT_OUT}" if held < planned else ""


def held_part(run: Run) -> tuple[int, int]:
    """Return how many checks a run holds, and of how many; (0, 0) if older and unknown."""
    closing = end(run)
    planned = closing.get("planned", 0) if closing else 0
    timings = {clause["id"] for clause in run["clauses"] if clause["section"] == "timing"}
    ran = sum(verdict["clause"] not in timings for verdict in verdicts(run))
    return (min(ran, planned), planned)


def _run_lines(run: Run) -> Iterator[Line]:
    environment = run["environment"]
    if run["not_run"] is not None:
        yield Line(environment, None, "not run", f"not run: {run['not_run']}", Counter())
        return
    counts: dict[str, Counter[Outcome]] = {name: Counter() for name in backends(run)}
    for verdict in verdicts(run):
        counts[verdict["backend"]][verdict["outcome"]] += 1
    if not counts:
        yield Line(environment, None, "not run", "nothing ran", Counter())
    why = "; ".join(filter(None, (doubt(run), reduced(run))))
    for name, record in backends(run).items():
        status, sentence = _judge(record, counts[name], why)
        yield Line(environment, name, status, sentence, counts[name])


def _judge(record: BackendRecord | None, counts: Counter[Outcome], why: str) -> tuple[Status, str]:
    if record is not None and not record["available"]:
        return "not run", f"not run: {record['reason'] or 'not available, no reason given'}"
    ran = sum(counts[outcome] for outcome in RAN)
    bad = sum(counts[outcome] for outcome in FAILING)
    tail = f"; {why}" if why else ""
    if bad:
        return "fails", f"fails {bad} of {count(ran, 'check')}{tail}"
    if not ran:
        return "not run", _nothing(counts) + tail
    if why:
        return "incomplete", f"{count(ran, 'check')} without a failure, yet {why}"
    return _without_failure(ran, counts)


def _without_failure(ran: int, counts: Counter[Outcome]) -> tuple[Status, str]:
    if missed := counts["not run"]:
        return "incomplete", f"incomplete: {missed} of {count(ran + missed, 'check')} did not run"
    if known := counts["expected failure"]:
        return "conforms", f"conforms, with {count(known, 'expected failure')}"
    return "conforms", "conforms"


def _nothing(counts: Counter[Outcome]) -> str:
    counted = [f"{count} {outcome}" for outcome, count in counts.items() if count]
    return f"nothing ran ({_and(counted)})" if counted else "nothing ran"


def _present_statuses(tally: Counter[Status]) -> list[Status]:
    return [status for status in get_args(Status) if tally[status]]


def _plural(status: Status, count: int) -> str:
    words = {"conforms": "conform", "fails": "fail", "incomplete": "are incomplete"}
    if count == 1:
        return {"incomplete": "is incomplete", "not run": "did not run"}.get(status, status)
    return words.get(status, "did not run")


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
