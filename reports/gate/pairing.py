"""Pairs the runs and the backends of a candidate with those of a baseline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conv2d_conformance.reports.gate.change import Change
from conv2d_conformance.reports.gate.sides import Pair, Side, partial, sides, unusable

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document, Run


@dataclass
class PairingResult:
    """The pairs to compare; ``unjudged`` has a sentence for everything that has no pair.

    ``partial`` has one for each two runs of which an option has reduced either.
    """

    pairs: list[Pair] = field(default_factory=list)
    unjudged: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)


def pair_backends(
    baseline: Document, candidate: Document, *, only_common: bool = False
) -> PairingResult:
    """Pair the backends of both documents.

    Two documents of one run each are joined even if their environments differ in name.
    """
    found = PairingResult()
    found.unjudged += unusable(baseline, "baseline") + unusable(candidate, "candidate")
    before = {run["environment"]: run for run in baseline["runs"]}
    after = {run["environment"]: run for run in candidate["runs"]}
    if len(baseline["runs"]) == len(candidate["runs"]) == 1:
        _join(found, baseline["runs"][0], candidate["runs"][0])
        found.partial += filter(None, [partial(baseline["runs"][0], candidate["runs"][0])])
        return found
    for name in sorted(before.keys() & after.keys()):
        _join(found, before[name], after[name])
        if said := partial(before[name], after[name]):
            found.partial.append(f"in {name}, {said}")
    for name in sorted(before.keys() ^ after.keys()):
        _alone(found, name, in_baseline=name in before, only_common=only_common)
    found.pairs.sort(key=lambda pair: (pair.environment, pair.backend))
    return found


def _alone(found: PairingResult, name: str, *, in_baseline: bool, only_common: bool) -> None:
    here, there = ("baseline", "candidate") if in_baseline else ("candidate", "baseline")
    said = f"environment {name} is in the {here} and not in the {there}"
    if only_common:
        found.changes.append(
            Change("environment not compared", name, "", f"in the {here}", f"not in the {there}",
                   "nothing is known of it: --only-common leaves it out")
        )  # fmt: skip
        return
    advice = "run it too" if in_baseline else f"commit a baseline for {name}"
    found.unjudged.append(f"{said}; {advice}, or leave it out with --only-common")
    if in_baseline:
        found.changes.append(_vanished(name, "", "the whole environment"))


def _vanished(environment: str, backend: str, what: str) -> Change:
    meaning = f"{what} was judged before and is not any more: nothing is known of it"
    return Change("vanished", environment, backend, "ran", "not there", meaning)


def _join(found: PairingResult, before: Run, after: Run) -> None:
    name, held, now = after["environment"], sides(before), sides(after)
    for backend, side in held.items():
        other = now.get(backend)
        if other is not None and other.ran:
            if side.ran:
                found.pairs.append(Pair(name, backend, side, other))
            else:
                why = f": {side.reason}" if side.reason else ""
                found.changes.append(_new(name, backend, f"not judged{why}"))
        elif side.ran:
            found.unjudged.append(_missing(name, backend, other))
            found.changes.append(_vanished(name, backend, "the backend"))
    for backend in now.keys() - held.keys():
        found.changes.append(_new(name, backend, "not in the baseline"))


def _new(environment: str, backend: str, before: str) -> Change:
    meaning = "it is held to nothing until the baseline is renewed"
    return Change("new", environment, backend, before, "judged", meaning)


def _missing(environment: str, backend: str, side: Side | None) -> str:
    why = "is not in the candidate"
    if side is not None:
        why = f"was not judged in the candidate ({side.reason or 'none of its checks ran'})"
    return f"{environment}: backend {backend} {why}; install it and run it again"
