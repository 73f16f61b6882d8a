"""Describes how a verdict failed, in a few words that two runs of one defect share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conv2d_conformance.reports.tables.measured import UNDECLARED, is_measured

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import VerdictRecord

LONGEST = 200
# Symptoms whose messages speak of the call; those of others speak of the run as well.
DESCRIBED_SYMPTOMS = frozenset({"value", "shape", "dtype", "fact", "accepted bad input", "raised"})
RAISED = re.compile(r"\braised ([A-Za-z_][\w.]*)")
EXCEPTION_NAME = re.compile(r"\b([A-Za-z_.]*(?:Error|Exception))\b")
DIAGNOSIS = re.compile(r"the error \S+ exceeds the bound \S+? (?=[A-Z])(.*)", re.DOTALL)
# What varies between machines and runs: fractions and powers; addresses, places on a disk.
FRACTION = re.compile(r"[+-]?\d+\.\d+(?:e[+-]?\d+)?|[+-]?\d+e[+-]?\d+")
PLACES = (
    (re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0x…"),
    (re.compile(r"(?<![\w.:/])(?:/[\w.+@~-]+){2,}/?"), "…"),
    (re.compile(r"\b[A-Za-z]:\\[^\s'\"]+"), "…"),
)


def steady(text: str) -> str:
    """Return ``text`` on one line, without addresses and paths; no longer than is read."""
    flat = _placeless(text)
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"


def _placeless(text: str) -> str:
    flat = " ".join(text.split())
    for pattern, instead in PLACES:
        flat = pattern.sub(instead, flat)
    return flat


def exception(text: str | None) -> str:
    """Return the type of the exception that ``text`` speaks of; empty if of none."""
    found = RAISED.search(text or "") or EXCEPTION_NAME.search(text or "")
    return found[1] if found else ""


def refusal(reason: str) -> str:
    """Return a refusal from its exception on; which call it was is known."""
    found = RAISED.search(reason)
    return steady(FRACTION.sub("…", reason[found.start() :] if found else reason))


def diagnosis(message: str | None) -> str:
    """Return what a message says of the cause, its fractions left out; of itself it is itself.

    Messages name the cause last, so a long one keeps its end.
    """
    if not message:
        return ""
    if raised := RAISED.search(message):
        return f"raised {raised[1]}"
    found = DIAGNOSIS.search(message)
    flat = _placeless(FRACTION.sub("…", found[1] if found else message))
    return flat if len(flat) <= LONGEST else f"…{flat[1 - LONGEST :]}"


def signature(verdict: VerdictRecord) -> tuple[str, str, str]:
    """Return what distinguishes one way of failing, or of refusing, from another."""
    outcome, symptom = verdict["outcome"], verdict["symptom"] or ""
    if is_measured(verdict):
        return "measured", symptom, refusal((verdict["reason"] or "").removeprefix(UNDECLARED))
    if outcome in ("unsupported", "refused"):
        return outcome, symptom, exception(verdict["reason"])
    if outcome in ("passed", "not run"):
        return outcome, symptom, ""
    if outcome == "error":
        return outcome, symptom, exception(verdict["message"])
    return outcome, symptom, diagnosis(verdict["message"]) if symptom in DESCRIBED_SYMPTOMS else ""


def describe_verdict(verdict: VerdictRecord) -> str:
    """Return an outcome with its symptom and diagnosis, or the reason of a refusal."""
    outcome, symptom, cause = signature(verdict)
    if outcome in ("unsupported", "refused", "not run"):
        cause = refusal(verdict["reason"] or verdict["message"] or "")
    said = ": ".join(part for part in (symptom, cause) if part)
    return f"{outcome} ({said})" if said else outcome
