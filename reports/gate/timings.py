"""Compares times per call: calls made in turn decide, medians of two runs give notes only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv2d_conformance.reports.gate.change import Change
from conv2d_conformance.reports.gate.machine import differing
from conv2d_conformance.reports.tables.timings import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.document.model import RatioRecord, TimingRecord
    from conv2d_conformance.reports.gate.change import Kind
    from conv2d_conformance.reports.gate.sides import Pair

SPREADS = 3
GROSSLY = 3.0
# Something faster has only a first measurement; from this factor on it gets a note.
FASTER = 0.9


def timing_changes(pair: Pair) -> Iterator[Change]:
    """Yield what is slower, faster or no longer timed; a baseline may have no timings."""
    yield from (_paired(pair, ratio) for ratio in pair.after.ratios.values() if _is_certain(ratio))
    if pair.after.ratios:
        yield from (_unmeasured(pair, case) for case in pair.before.timings
                    if case not in pair.after.ratios)  # fmt: skip
        return
    if not pair.before.timings:
        return
    if why := differing(pair):
        yield Change("timings not compared", pair.environment, pair.backend, "timed", "timed",
                     f"times of two machines say nothing of the call: {why}")  # fmt: skip
        return
    for case, before in pair.before.timings.items():
        yield from _unpaired(pair, case, before)


def _is_certain(ratio: RatioRecord) -> bool:
    return ratio["slower"] or float(ratio["high"]) < FASTER


def _paired(pair: Pair, ratio: RatioRecord) -> Change:
    kind: Kind = "slower" if ratio["slower"] else "faster"
    times, low, high = (float(number) for number in (ratio["ratio"], ratio["low"], ratio["high"]))
    after = f"{times:.3g} times that ({low:.3g} to {high:.3g}, {ratio['pairs']} pairs of calls)"
    return Change(kind, pair.environment, pair.backend, f"time of {ratio['against']}", after,
                  f"each call of this size takes {abs(times - 1):.0%} {_more(times)} time",
                  case=ratio["case"], times=times)  # fmt: skip


def _unmeasured(pair: Pair, case: str) -> Change:
    left_out = pair.after.left_out.get(case)
    return Change("timings not compared", pair.environment, pair.backend,
                  f"{duration(pair.before.timings[case]['median'])} a call",
                  left_out["reason"] if left_out else "no calls in turn",
                  "nothing is known of its speed now, for no calls of it were made in turn",
                  case=case)  # fmt: skip


def _more(times: float) -> str:
    return "more" if times > 1 else "less"


def _unpaired(pair: Pair, case: str, before: TimingRecord) -> Iterator[Change]:
    after = pair.after.timings.get(case)
    if after is None:
        yield _untimed(pair, case, before)
    elif is_far_slower(before, after):
        yield _times(pair, "perhaps slower", before, after)
    elif is_far_slower(after, before):
        yield _times(pair, "faster", before, after)


def is_far_slower(quick: TimingRecord, slow: TimingRecord) -> bool:
    """Return whether even the quickest round of one is far slower than the other's median.

    Notes
    -----
    This gives a note, never a finding, because no limit on two runs' medians is sound. On an idle
    machine three runs of the same SciPy and textbook calls differ by up to 2.7 times in their
    medians. A quickest round exceeds another run's median by up to 2.08 times, and its median + 3
    interquartile ranges by 1.85 times. But of two runs of PyTorch 2.13.0 on one machine, with one
    fingerprint, the one that ran next to other work took up to 363 times as long (22 µs and 8 ms,
    the scheduler's time slices). Its quickest round took 218 times as long, with an interquartile
    range of 10 µs: threads that wait for each other delay every call, and no spread shows it.
    Calls made in turn run under the same load, so they decide.
    """
    median, spread = float(quick["median"]), float(quick["iqr"])
    least = float(slow["min"])
    return least > median + SPREADS * spread and least >= GROSSLY * median


def _times(pair: Pair, kind: Kind, before: TimingRecord, after: TimingRecord) -> Change:
    times = float(after["median"]) / float(before["median"] or 1)
    return Change(kind, pair.environment, pair.backend, f"{duration(before['median'])} a call",
                  f"{duration(after['median'])} a call",
                  f"calls of this size took {times:.3g} times as long as before, maybe beside "
                  "other work; only calls made in turn can tell",
                  case=before["case"])  # fmt: skip


def _untimed(pair: Pair, case: str, before: TimingRecord) -> Change:
    # A size near the limit of its budget may be timed in one run and left out in the next.
    left_out = pair.after.left_out.get(case)
    kind: Kind = "timings not compared" if left_out else "vanished"
    meaning = "it was timed before and is not any more: a slower call would go unseen"
    return Change(kind, pair.environment, pair.backend, f"{duration(before['median'])} a call",
                  left_out["reason"] if left_out else "not timed", meaning, case=case)  # fmt: skip
