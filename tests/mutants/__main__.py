"""Writes the mutation tables: ``python -m tests.mutants > tests/mutants/README.md``.

With names, only the rows of those mutants.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from conv2d_conformance.checks.clauses import SECTIONS
from conv2d_conformance.checks.registry import REGISTERED
from conv2d_conformance.under_test import factory
from conv2d_conformance.under_test.backend import BackendUnderTest
from tests.helpers.judge_mutant import outcome, outcome_with
from tests.mutants.layer_table import LAYER_MUTANTS
from tests.mutants.table import MUTANTS
from tests.mutants.transposed_table import TRANSPOSED_MUTANTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from conv2d_conformance.checks.registry import Check
    from tests.mutants.layer_table import LayerMutant
    from tests.mutants.table import Mutant
    from tests.mutants.transposed_table import TransposedMutant

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
clauses of layers alone; by T1, at full size, only what the others do not show.
"""
TRANSPOSED = """
## Transposed convolution

Wrong with any of the options of a transposed convolution, and judged by its clauses alone.
"""
# Sections of clauses with a table of their own.
OWN = {"loading", "layers", "transposed"}


@dataclass(frozen=True)
class Row:
    """A mutant by name, made anew for each check that is tried."""

    id: str
    subject: Callable[[Check], BackendUnderTest]
    tried: list[Check]


def plain(mutant: Mutant) -> Row:
    """A wrong call of two planes."""
    tried = checks({*SECTIONS} - OWN)

    def subject(check: Check) -> BackendUnderTest:
        compiles = check.name != mutant.check
        return outcome_with(mutant.make(), compiles=compiles, dtypes=mutant.dtypes)

    return Row(mutant.id, subject, tried)


def layer(mutant: LayerMutant) -> Row:
    """A wrong layer; the layers at full size, which take minutes, only where they are to tell."""
    tried = dict.fromkeys((*checks({"layers"}), REGISTERED[mutant.check]))
    return Row(mutant.id, lambda _: BackendUnderTest(mutant.adapter(), seconds=20), list(tried))


def transposed(mutant: TransposedMutant) -> Row:
    """A wrong transposed convolution."""
    return Row(
        mutant.id, lambda _: factory.put_under_test(mutant.adapter()), checks({"transposed"})
    )


def checks(sections: Collection[str]) -> list[Check]:
    """The checks that a table's mutants can fail."""
    return [check for check in REGISTERED.values() if check.clause.section in sections]


def caught_by(row: Row) -> set[str]:
    """Clauses that at least one check finds broken."""
    found: set[str] = set()
    for check in row.tried:
        clause = check.clause.id
        if clause not in found and outcome(row.subject(check), check) is not None:
            found.add(clause)
    return found


def table(rows: list[Row]) -> Iterator[str]:
    """Lines of one table."""
    columns = sorted({check.clause.id for row in rows for check in row.tried})
    yield f"\n| mutant | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}\n"
    for row in rows:
        sys.stderr.write(f"{row.id}\n")
        broken = caught_by(row)
        cells = " | ".join("✗" if clause in broken else "" for clause in columns)
        yield f"| {row.id} | {cells} |\n"


def main(names: Collection[str]) -> None:
    """Print every table; mutants that differ only in the check that is tried share a row."""
    calls = [next(same) for _, same in groupby(MUTANTS, key=lambda mutant: mutant.make)]
    adapters = [next(same) for _, same in groupby(LAYER_MUTANTS, key=lambda m: m.adapter)]
    rows = [plain(m) for m in calls if not names or m.id in names]
    wrong = [layer(m) for m in adapters if not names or m.id in names]
    sys.stdout.write(HEAD)
    sys.stdout.writelines(table(rows))
    sys.stdout.write(LAYERS)
    sys.stdout.writelines(table(wrong))
    sys.stdout.write(TRANSPOSED)
    adjoints = [transposed(m) for m in TRANSPOSED_MUTANTS if not names or m.id in names]
    sys.stdout.writelines(table(adjoints))


if __name__ == "__main__":
    main(sys.argv[1:])
