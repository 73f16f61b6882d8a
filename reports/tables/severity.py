"""How bad a deviation is, in one word of eight: derived from clause and symptom, or from a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conv2d_conformance.reports.document.severity import SEVERITIES

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Outcome, VerdictRecord
    from conv2d_conformance.reports.document.severity import Severity

WRONG: Final = "wrong numbers, silently"
ENDS: Final = "crash or hang"
UNWRITTEN: Final = "memory never written"
NOT_FINITE: Final = "loses or spreads NaN"
LOWER: Final = "lower precision than promised"
REFUSES: Final = "refuses what it should take"
TAKES: Final = "takes what it should refuse"
MANNERS: Final = "manners"
# Whoever calls such a backend gets no warning of it.
DANGEROUS = frozenset(SEVERITIES[:3])

OUTCOMES: dict[Outcome, Severity] = {
    "crashed": ENDS,
    "timed out": ENDS,
    # The check broke off: nothing is known of what the call gave.
    "error": ENDS,
    # The call is right; the record that expects a failure is not.
    "unexpected pass": MANNERS,
}
SYMPTOMS: dict[str, Severity] = {
    "crashed": ENDS,
    "timed out": ENDS,
    # On integers, whose sums are exact in any order: something else than the operands was read.
    "unstable": UNWRITTEN,
    # The caller's own numbers are overwritten: what is computed from them next is wrong.
    "mutated input": WRONG,
    "stale output": WRONG,
    "dtype": LOWER,
    "raised": REFUSES,
    "accepted bad input": TAKES,
    "global state": MANNERS,
}
CLAUSES: dict[str, Severity] = {
    "L1": REFUSES,
    "N1": NOT_FINITE,
    "N2": NOT_FINITE,
    "P1": LOWER,
    "D1": LOWER,
    # A number where none belongs. A record that knows what the number is says so.
    "G5": TAKES,
    "C4": TAKES,
    "A5": TAKES,
    "B1": TAKES,
    "B2": TAKES,
    "B3": TAKES,
    "B4": TAKES,
    "B5": TAKES,
    "H4": MANNERS,
    "T1": MANNERS,
}
# By the start of a fact's path; the longest match counts, and of a fact that none names, the worst.
FACTS: dict[str, Severity] = {
    "special_values.nan": NOT_FINITE,
    "special_values.inf": NOT_FINITE,
    "special_values.subnormals": LOWER,
    "output_dtypes": LOWER,
    "precision": LOWER,
    "sums_exactly": LOWER,
    "fresh_process": LOWER,
    "one_thread": LOWER,
    "refused_": REFUSES,
    "cases": MANNERS,
}
# Another algorithm, and no digit lost.
BETTER = {"sums_exactly": "yes"}
OFFERS = ("paddings", "dtypes", "layers.options", "layers.layouts", "layers.gradients",
          "layers.fused")  # fmt: skip


def severity_of(clause: str, symptom: str | None, outcome: Outcome = "failed") -> Severity:
    """Return how bad it is to fail a clause with a symptom."""
    return (
        OUTCOMES.get(outcome) or SYMPTOMS.get(symptom or "") or CLAUSES.get(clause) or WRONG
    )  # fmt: skip


def severity_of_verdict(verdict: VerdictRecord) -> Severity:
    """Return how bad a failure is: as the record that expects it declares, or as is derived."""
    declared = verdict.get("severity")
    return declared or severity_of(verdict["clause"], verdict["symptom"], verdict["outcome"])


def severity_of_fact(path: str, before: str, after: str) -> Severity:
    """Return how bad it is that a fact changed; ``path`` names it, as ``anchor.rows``."""
    if after.startswith(("refused", "raised", "unsupported")):
        return REFUSES
    if BETTER.get(path) == after:
        return MANNERS
    if path in OFFERS:
        lost = set(before.split(", ")) - set(after.split(", ")) - {"none", "no"}
        return REFUSES if lost else MANNERS
    fits = [start for start in FACTS if path.startswith(start)]
    return FACTS[max(fits, key=len)] if fits else WRONG


def rank(severity: Severity | None) -> int:
    """Return the place of a severity, the worst first; what has none comes last."""
    return SEVERITIES.index(severity) if severity else len(SEVERITIES)
