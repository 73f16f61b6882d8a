"""Makes this room's README.md: ``python -m tests.benchmarks.paired_table *.jsonl``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from conv2d_conformance.runtime.time_budget import LADDER
from conv2d_conformance.upgrade.compare_speed import CONFIRM, LEVEL, MIN_RATIO, SCREEN
from tests.benchmarks.paired import BUDGET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Gate = dict[str, Any]

SAME = "conv2d"
SLOWED = {"tenth_slower": "+10 %", "fifth_slower": "+20 %", "half_slower": "+50 %"}
# What a gate lists, and what a reader calls it.
METHODS = {
    "confirmed": "`compare`",
    "slower": "its first measurement alone",
    "pooled": "median:10%, in turns",
    "apart": "median:10%, one after the other",
}
# What is said beside the gates.
SUITE = Path(__file__).with_name("suite_times.md")
# Load averages above that are a machine that others overload; the two loops of gates make 2.
BUSY = 4
HEAD = f"""# Benchmarks

## Is this version slower?

`conv2d_conformance.upgrade.compare_speed.compare` asks it of two versions of a backend: {SCREEN}
pairs of fresh processes that take turns, and {CONFIRM} fresh pairs, or twice as many, for the
cases that look slower. Differences up to {MIN_RATIO - 1:.0%} are not reported, and the chance that
any case is reported wrongly is set to
{LEVEL:.1%}. Here a backend is compared with itself, and with itself plus 10, 20 and 50 % of the
same work (`slowed.py`), on every rung of the ladder that fits into {BUDGET:.0f} s.

Beside it stands `pytest --benchmark-compare-fail=median:10%`: its rule, applied to the rounds of
the first measurement. "In turns" takes all of them, which is kinder than two runs of pytest are;
"one after the other" takes A's from its first {SCREEN // 2} processes and B's from its last
{SCREEN // 2}, as if one run had been saved seconds before the other. A slowdown of 10 % lies at
the threshold of that rule.

Made by `python -m tests.benchmarks.paired conv2d 100 > same.jsonl`, likewise with `tenth_slower`,
`fifth_slower` and `half_slower`, and `python -m tests.benchmarks.paired_table *.jsonl`.
"""
BY_RUNG = """### By rung

Reported by `compare`, of the gates in which the rung fitted, and the median of the ratios that it
measured: padding the image and joining the parts are not repeated, so that the slowed backend is a
little less slow than its name, and much less on large images with small kernels.
"""


def table(rows: Sequence[Sequence[object]]) -> str:
    """Rows of Markdown, the first one the heading."""
    lines = [f"| {' | '.join(map(str, row))} |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]]) + "\n"


def ran(gates: Sequence[Gate]) -> str:
    """What the gates ran on."""
    loads = [gate["load"] for gate in gates]
    seconds = [gate["seconds"] for gate in gates if gate["backend"] == SAME]
    return (
        "Run on 2 cores, equal versions held to one and slowed ones to the other, beside other\n"
        f"work: the load average was {median(loads):.1f} in the median, {min(loads):.1f} to "
        f"{max(loads):.1f}. A gate of equal\nversions took {median(seconds):.0f} s in the median, "
        f"{max(seconds):.0f} s at most.\n"
    )


def alarms(gates: Sequence[Gate]) -> str:
    """False alarms of equal versions: gates, then cases."""
    rows: list[list[object]] = [["gates of equal versions", "gates", "cases", *METHODS.values()]]
    for name, mine in by_load(gates):
        cells = [
            f"{sum(reported(g, key) > 0 for g in mine)}; {count(mine, key)}" for key in METHODS
        ]
        rows.append([name, len(mine), tried(mine), *cells])
    return table(rows)


def found(gates: Sequence[Gate]) -> str:
    """The share of slower cases that were reported, by slowdown and method."""
    rows: list[list[object]] = [["slowdown", "gates", "cases", *METHODS.values()]]
    for backend, slowdown in SLOWED.items():
        for name, mine in by_load(select_gates(gates, backend)):
            shares = [f"{count(mine, key) / max(tried(mine), 1):.0%}" for key in METHODS]
            rows.append([f"{slowdown}, {name}", len(mine), tried(mine), *shares])
    return table(rows)


def by_load(gates: Sequence[Gate]) -> list[tuple[str, list[Gate]]]:
    """All gates, then those on a machine that others left alone or overloaded."""
    calm = [gate for gate in gates if gate["load"] <= BUSY]
    busy = [gate for gate in gates if gate["load"] > BUSY]
    return [("all", list(gates)), (f"load up to {BUSY}", calm), (f"load above {BUSY}", busy)]


def rungs(gates: Sequence[Gate]) -> Iterator[Sequence[object]]:
    """For each rung: how often it fitted and was reported, by slowdown."""
    yield ["rung", *SLOWED.values(), "equal"]
    for case in LADDER:
        cells = []
        for backend in (*SLOWED, SAME):
            ids = [gate for gate in select_gates(gates, backend) if case.id in gate["cases"]]
            hits = sum(case.id in gate["confirmed"] for gate in ids)
            ratio = median(gate["ratios"][gate["cases"].index(case.id)] for gate in ids)
            cells.append(f"{hits} of {len(ids)} ({ratio:.2f})")
        yield [f"`{case.id}`", *cells]


def select_gates(gates: Sequence[Gate], backend: str) -> list[Gate]:
    """The gates of one backend."""
    return [gate for gate in gates if gate["backend"] == backend]


def tried(gates: Sequence[Gate]) -> int:
    """Cases that were compared."""
    return sum(len(gate["cases"]) for gate in gates)


def reported(gate: Gate, key: str) -> int:
    """Cases that a method reports, of those that were compared: the others were timed twice."""
    return len({*gate[key]} & {*gate["cases"]})


def count(gates: Sequence[Gate], key: str) -> int:
    """Cases that a method reports."""
    return sum(reported(gate, key) for gate in gates)


def fitted(gates: Sequence[Gate]) -> str:
    """How many rungs a gate of equal versions had time for."""
    sizes = sorted(Counter(len(gate["cases"]) for gate in gates).items(), reverse=True)
    return ", ".join(f"{size} cases in {times} gates" for size, times in sizes)


def page(gates: Sequence[Gate]) -> str:
    """The whole page."""
    same = select_gates(gates, SAME)
    return "\n".join(
        [
            HEAD,
            ran(gates),
            f"### False alarms\n\nGates with one; cases. What fitted: {fitted(same)}.\n",
            alarms(same),
            "### Found\n",
            found(gates),
            BY_RUNG,
            table(list(rungs(gates))),
        ]
    ) + SUITE.read_text("utf-8")


if __name__ == "__main__":
    lines = [line for name in sys.argv[1:] for line in Path(name).read_text("utf-8").splitlines()]
    sys.stdout.write(page([json.loads(line) for line in lines]))
