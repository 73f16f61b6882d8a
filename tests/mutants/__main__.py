"""Writes the mutation table: ``python -m tests.mutants > tests/mutants/README.md``."""

from __future__ import annotations

import sys
from itertools import groupby

from conformance.checks import REGISTERED
from tests.mutants.table import MUTANTS, Mutant
from tests.test_mutants import judged, outcome

HEAD = """# Mutants

Each row is a wrong backend that the suite must catch, each column a clause: ✗ where a check of the
clause fails on the mutant. The check that must catch it, and the words of its message, stand in
`table.py`; a test holds every row to them. Made by
`python -m tests.mutants > tests/mutants/README.md`, on the covering subset of the cases.
"""
LEFT_OUT = ("L1",)


def clauses() -> list[str]:
    """Ids of the clauses that a mutant can fail here, in the order in which they are stated."""
    found = [check.clause.id for check in REGISTERED.values()]
    return [clause for clause in sorted(set(found)) if clause not in LEFT_OUT]


def caught_by(mutant: Mutant) -> set[str]:
    """Clauses that at least one check finds broken; a new mutant for each check."""
    found = set()
    for check in REGISTERED.values():
        clause = check.clause.id
        if clause in LEFT_OUT or clause in found:
            continue
        if outcome(judged(mutant.make(), compiles=True, dtypes=mutant.dtypes), check) is not None:
            found.add(clause)
    return found


def main() -> None:
    """Print the table; mutants that differ only in the check that is tried share a row."""
    columns = clauses()
    sys.stdout.write(f"{HEAD}\n| mutant | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}\n")
    for _, same in groupby(MUTANTS, key=lambda mutant: mutant.make):
        mutant = next(iter(same))
        sys.stderr.write(f"{mutant.id}\n")
        broken = caught_by(mutant)
        cells = " | ".join("✗" if clause in broken else "" for clause in columns)
        sys.stdout.write(f"| {mutant.id} | {cells} |\n")


main()
