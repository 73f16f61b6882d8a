"""Writes the mutation tables: ``python -m tests.mutants > tests/mutants/README.md``.

With names, only the rows of those mutants.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from conv2d_conformance.checks.clauses import SECTIONS
from conv2d_conformance.checks.registry import REGISTERED
from tests.helpers.judge_mutant import outcome
from tests.mutants.mutant import distinct
from tests.mutants.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from conv2d_conformance.checks.registry import Check
    from conv2d_conformance.under_test.backend import BackendUnderTest
    from tests.mutants.mutant import Mutant

HEAD = """# Mutants

Each row is a wrong backend that the suite must catch, each column a clause: ✗ where a check of the
clause fails on the mutant. The check that must catch it, and the words of its message, stand in
`table.py`, `layer_table.py` and `transposed_table.py`; a test holds every row to them. Made by
`python -m tests.mutants > tests/mutants/README.md`, on the covering subset of the cases; the check
that must catch a mutant gets all of them.
"""
LAYERS = """
## Layers

Wrong with batch, channels, stride, dilation, groups, explicit pads or gradients, and judged by the
clauses of layers alone; by the clauses of other sections, and by T1, at full size, only what those
do not show.
"""
TRANSPOSED = """
## Transposed convolution

Wrong with any of the options of a transposed convolution, and judged by its clauses alone.
"""
# Sections of clauses with a table of their own.
OWN = {"loading", "layers", "transposed"}


HEADS = {"planes": HEAD, "layers": LAYERS, "transposed": TRANSPOSED}
# Seconds for the timed calls of a plane that is right on all sizes.
LITTLE = 0.05


def checks_for(mutant: Mutant, table: str) -> list[Check]:
    """The checks of the table's sections, and the one that must catch the mutant.

    Layers at full size take minutes: they are tried only where they must catch it.
    """
    sections = {table} if table in OWN else {*SECTIONS} - OWN
    found = [check for check in REGISTERED.values() if check.clause.section in sections]
    return list(dict.fromkeys((*found, REGISTERED[mutant.check])))


def under_test(mutant: Mutant, check: Check, table: str) -> BackendUnderTest:
    """The mutant made anew; of planes only the check that must catch it gets all cases."""
    if table != "planes":
        return mutant.under_test()
    return mutant.under_test(covering=check.name != mutant.check, budget=LITTLE)


def caught_by(mutant: Mutant, table: str) -> set[str]:
    """Clauses that at least one check finds broken."""
    found: set[str] = set()
    for check in checks_for(mutant, table):
        clause = check.clause.id
        if clause not in found and outcome(under_test(mutant, check, table), check) is not None:
            found.add(clause)
    return found


def lines(mutants: list[Mutant], table: str) -> Iterator[str]:
    """Lines of one table."""
    columns = sorted({c.clause.id for mutant in mutants for c in checks_for(mutant, table)})
    yield f"\n| mutant | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}\n"
    for mutant in mutants:
        sys.stderr.write(f"{mutant.id}\n")
        broken = caught_by(mutant, table)
        cells = " | ".join("✗" if clause in broken else "" for clause in columns)
        yield f"| {mutant.id} | {cells} |\n"


def main(names: Collection[str]) -> None:
    """Print every table; mutants that differ only in the check that is tried share a row."""
    for table, mutants in TABLES.items():
        sys.stdout.write(HEADS[table])
        rows = [m for m in distinct(mutants) if not names or m.id in names]
        sys.stdout.writelines(lines(rows, table))


if __name__ == "__main__":
    main(sys.argv[1:])
