"""Compares verdicts case by case; never totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.reports.gate.change import Change
from conv2d_conformance.reports.tables.measured import UNDECLARED, is_measured
from conv2d_conformance.reports.tables.severity import severity_of_verdict
from conv2d_conformance.reports.tables.summary import FAILING
from conv2d_conformance.reports.tables.symptoms import describe_verdict, exception, signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.document.model import VerdictRecord
    from conv2d_conformance.reports.gate.change import Kind
    from conv2d_conformance.reports.gate.sides import Pair

SILENT = frozenset({"unsupported", "refused"})
NOT_JUDGED = SILENT | {"measured", "not run"}
WORSE = frozenset({"verdict regressed", "failing differently"})
BAD = FAILING - {"unexpected pass"}
# Of a call that declares nothing, a deviation with this symptom is a fact that changes freely.
TAKEN = "accepted bad input"


def verdict_changes(pair: Pair) -> Iterator[Change]:
    """Yield the changes of every verdict that a side has, without numerics."""
    for key in sorted(pair.before.verdicts.keys() | pair.after.verdicts.keys()):
        before, after = pair.before.verdicts.get(key), pair.after.verdicts.get(key)
        if before is None and after is not None:
            yield from _new(pair, after)
        elif before is not None and after is None:
            yield _gone(pair, before)
        elif before is not None and after is not None:
            yield from _joined(pair, before, after)


def comparable(pair: Pair) -> list[tuple[VerdictRecord, VerdictRecord]]:
    """Return the verdicts that both sides have with the same definition of the case."""
    both = pair.before.verdicts.keys() & pair.after.verdicts.keys()
    joined = [(pair.before.verdicts[key], pair.after.verdicts[key]) for key in sorted(both)]
    return [(b, a) for b, a in joined if b["definition"] == a["definition"]]


def _gone(pair: Pair, before: VerdictRecord) -> Change:
    if before["outcome"] in NOT_JUDGED:
        return _change(pair, before, "no longer asked", describe_verdict(before), "not there",
                   "it was not judged before either; nothing proven is lost")  # fmt: skip
    return _change(pair, before, "vanished", describe_verdict(before), "not there",
               "what was proven of it is not any more; was the case deselected, or removed "
               "from the suite?")  # fmt: skip


def _new(pair: Pair, after: VerdictRecord) -> Iterator[Change]:
    if after["outcome"] in FAILING:
        said = describe_verdict(after)
        yield _change(pair, after, "verdict regressed", "not in the baseline", said,
                  "a check that the baseline does not hold fails")  # fmt: skip
    elif not _left_to_timings(pair, after):
        yield _change(pair, after, "new", "not in the baseline", describe_verdict(after),
                  "it is held to this once the baseline is renewed")  # fmt: skip


def _left_to_timings(pair: Pair, after: VerdictRecord) -> bool:
    """Return whether a verdict is about a timed call: a baseline stores no passed ones of these."""
    timed = {c["id"] for c in pair.after.run["clauses"] if c["section"] == "timing"}
    return after["clause"] in timed and not pair.before.timings


def _joined(pair: Pair, before: VerdictRecord, after: VerdictRecord) -> Iterator[Change]:
    of_each = ((pair.before, before), (pair.after, after))
    if before["definition"] != after["definition"]:
        yield _change(pair, after, "case redefined", "another definition", describe_verdict(after),
                  "it means another thing now and is not compared; renew the baseline")  # fmt: skip
        if after["outcome"] in FAILING:
            yield from _new(pair, after)
    elif not any(v["case"] in s.left_out and v["outcome"] in SILENT for s, v in of_each):
        # The comparison of timings reports whether a size is timed within its budget.
        kind = _kind(before, after)
        if kind is not None:
            meaning = _meaning(kind, before, after)
            yield _change(
                pair, after, kind, describe_verdict(before), describe_verdict(after), meaning
            )


def _kind(before: VerdictRecord, after: VerdictRecord) -> Kind | None:
    was, now = before["outcome"], after["outcome"]
    if is_measured(before) or is_measured(after):
        return _kind_of_measured(before, after)
    if was == now:
        return "failing differently" if signature(before) != signature(after) else None
    if now == "unexpected pass":
        return "expectation stale"
    if now == "not run":
        return "vanished"
    if now in SILENT:
        return "newly unsupported" if was not in {*SILENT, "not run"} else None
    if now in BAD:
        return "failing differently" if was in BAD else "verdict regressed"
    if now == "expected failure" and was in {"passed", "unexpected pass"}:
        return "verdict regressed"
    return _better(was)


def _kind_of_measured(before: VerdictRecord, after: VerdictRecord) -> Kind | None:
    """Return the change where one side could be held to nothing."""
    if not is_measured(before):
        return _now_measured(before["outcome"], after)
    if is_measured(after):
        alike = before["outcome"] != after["outcome"] or signature(before) == signature(after)
        # Of declared facts, the comparison of facts tells; older documents have other words.
        return None if alike or after["symptom"] == "fact" else "measured otherwise"
    now = after["outcome"]
    if now in SILENT:
        return "newly unsupported"
    kinds: dict[str, Kind] = {
        "passed": "measured otherwise", "not run": "vanished", "expected failure": "new",
        "unexpected pass": "expectation stale",
    }  # fmt: skip
    return kinds.get(now, "verdict regressed")


def _now_measured(was: str, after: VerdictRecord) -> Kind:
    if was in SILENT:
        return "no longer refused"
    if was == "not run":
        return "new"
    if after["symptom"] == TAKEN:
        return "measured otherwise"
    return "verdict regressed" if was == "passed" else "vanished"


def _better(was: str) -> Kind:
    """Return the change for a verdict that is now passed, or an expected failure."""
    if was in SILENT:
        return "no longer refused"
    return "new" if was == "not run" else "fixed"


def _meaning(kind: Kind, before: VerdictRecord, after: VerdictRecord) -> str:
    if kind == "failing differently":
        return _otherwise(before, after)
    if kind == "verdict regressed":
        return _regressed(before, after)
    if kind == "measured otherwise":
        return _otherwise_measured(before, after)
    return {
        "expectation stale": "a failure that is expected is gone: delete its record in "
        "conformance/checks/expected_failures.py, or bound its versions, and renew the baseline",
        "newly unsupported": "calls like this one, which gave a result, are refused now",
        "vanished": "it was judged before and is not any more: nothing is known of it",
        "no longer refused": "calls like this one, which were refused, give a result now",
        "fixed": "it failed before and does not now",
    }.get(kind, "it was not judged before")


def _otherwise_measured(before: VerdictRecord, after: VerdictRecord) -> str:
    if is_measured(before) and is_measured(after):
        return "the call does otherwise than before, and declares nothing that it could be held to"
    if is_measured(before):
        return (
            "the clause is met now: such a call raises, or gives what the definition gives; code "
            "that counted on the former answer must look again"
        )
    if before["outcome"] == "passed":
        return (
            "the clause was met before; such a call gives a number now, and declares nothing that "
            "it could be held to"
        )
    return "it failed before; now it gives a number, and declares nothing that it could be held to"


def _otherwise(before: VerdictRecord, after: VerdictRecord) -> str:
    reasons = [v["message"] or v["reason"] for v in (before, after)]
    was, now = map(exception, reasons)
    if was and now and was != now:
        return f"code that catches {was} does not catch {now}"
    return "it failed before and fails in another way now; whoever worked around it must look again"


def _regressed(before: VerdictRecord, after: VerdictRecord) -> str:
    if after["outcome"] == "expected failure":
        see = f"; see {after['link']}" if after["link"] else ""
        return f"it was right before; now: {after['reason'] or 'a known deviation'}{see}"
    if before["outcome"] == "not run":
        return "it was not judged before, and fails now"
    if is_measured(after):
        said = (after["reason"] or "").removeprefix(UNDECLARED)
        return f"it met the clause before; now, as only a call that declares nothing may: {said}"
    if is_measured(before):
        return "it could be held to nothing before, and fails now"
    was = "it was refused" if before["outcome"] in SILENT else "a result came"
    endings = {
        "crashed": f"the process ends where {was} before",
        "timed out": f"the call does not return where {was} before",
        "error": "the check itself broke off; nothing is known of the call",
    }
    if after["outcome"] in endings:
        return endings[after["outcome"]]
    if before["outcome"] in SILENT and after["symptom"] != "raised":
        return "it was refused before, and is accepted now with a wrong result"
    return WRONG.get(after["symptom"] or "", WRONG["value"])


WRONG = {
    "value": "the numbers were right before and are wrong now",
    "shape": "the result has another shape than before",
    "dtype": "the result has another dtype than before",
    "fact": "the call does other than its adapter declares, as it did before",
    "mutated input": "the call now writes into its caller's arrays",
    "stale output": "a result now depends on, or is changed by, another call",
    "unstable": "the same operands now give other numbers the second time",
    "global state": "the call now changes what belongs to the whole process",
    "accepted bad input": "bad input, which was refused, now gives a number",
    "raised": "the call now raises on input that it took before",
}


def _change(
    pair: Pair, verdict: VerdictRecord, kind: Kind, before: str, after: str, meaning: str
) -> Change:
    severity = severity_of_verdict(verdict) if kind in WORSE else None
    return Change(
        kind, pair.environment, pair.backend, before, after, meaning,
        check=verdict["check"], clause=verdict["clause"], case=verdict["case"], severity=severity,
    )  # fmt: skip
