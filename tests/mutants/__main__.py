"""Writes the mutation tables: ``python -m tests.mutants > tests/mutants/README.md``.

With names, only the rows of those mutants.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from conformance.checks import REGISTERED
from conformance.subject import Subject
from tests.mutants.layer_table import LAYER_MUTANTS
from tests.mutants.table import MUTANTS
from tests.test_mutants import judged, outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from conformance.checks import Check
    from tests.mutants.layer_table import LayerMutant
    from tests.mutants.table import Mutant

HEAD = """# Mutants

Each row is a wrong backend that the suite must catch, each column a clause: ✗ where a check of the
clause fails on the mutant. The check that must catch it, and the words of its message, stand in
`table.py` and `layer_table.py`; a test holds every row to them. Made by
`python -m tests.mutants > tests/mutants/README.md`, on the covering subset of the cases.
"""
LAYERS = """
## Layers

Wrong with batch, channels, stride, dilation, groups, explicit pads or gradients, and judged by the
clauses of layers alone.
"""
LEFT_OUT = ("loading",)
OF_LAYERS = "layers"


@dataclass(frozen=True)
class Row:
    """A mutant by name, made anew for each check."""

    id: str
    subject: Callable[[], Subject]


def plain(mutant: Mutant) -> Row:
    """A wrong call of two planes."""
    return Row(mutant.id, lambda: judged(mutant.make(), compiles=True, dtypes=mutant.dtypes))


def layer(mutant: LayerMutant) -> Row:
    """A wrong layer."""
    return Row(mutant.id, lambda: Subject(mutant.adapter(), seconds=20))


def checks(*, of_layers: bool) -> list[Check]:
    """The checks that a table's mutants can fail, in the order of their clauses."""
    found = [check for check in REGISTERED.values() if check.clause.section not in LEFT_OUT]
    chosen = [check for check in found if (check.clause.section == OF_LAYERS) == of_layers]
    return sorted(chosen, key=lambda check: check.clause.id)


def caught_by(row: Row, tried: Iterable[Check]) -> set[str]:
    """Clauses that at least one check finds broken."""
    found: set[str] = set()
    for check in tried:
        clause = check.clause.id
        if clause not in found and outcome(row.subject(), check) is not None:
            found.add(clause)
    return found


def table(rows: Iterable[Row], tried: list[Check]) -> Iterator[str]:
    """Lines of one table."""
    columns = list(dict.fromkeys(check.clause.id for check in tried))
    yield f"\n| mutant | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}\n"
    for row in rows:
        sys.stderr.write(f"{row.id}\n")
        broken = caught_by(row, tried)
        cells = " | ".join("✗" if clause in broken else "" for clause in columns)
        yield f"| {row.id} | {cells} |\n"


def main(names: Collection[str]) -> None:
    """Print both tables; mutants that differ only in the check that is tried share a row."""
    calls = [next(same) for _, same in groupby(MUTANTS, key=lambda mutant: mutant.make)]
    adapters = [next(same) for _, same in groupby(LAYER_MUTANTS, key=lambda m: m.adapter)]
    rows = [plain(m) for m in calls if not names or m.id in names]
    wrong = [layer(m) for m in adapters if not names or m.id in names]
    sys.stdout.write(HEAD)
    sys.stdout.writelines(table(rows, checks(of_layers=False)))
    sys.stdout.write(LAYERS)
    sys.stdout.writelines(table(wrong, checks(of_layers=True)))


if __name__ == "__main__":
    main(sys.argv[1:])
