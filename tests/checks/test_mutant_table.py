"""The table of mutants in the docs is that of the mutants in the code."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from tests.mutants.layer_table import LAYER_MUTANTS
from tests.mutants.table import MUTANTS
from tests.mutants.transposed_table import TRANSPOSED_MUTANTS

TABLE = Path(__file__).parents[1] / "mutants" / "README.md"


def test_every_mutant_has_a_row_in_which_a_clause_catches_it() -> None:
    rows = re.findall(r"^\| ([\w-]+) \|.*✗", TABLE.read_text("utf-8"), re.MULTILINE)
    first = [next(same).id for _, same in groupby(MUTANTS, key=lambda mutant: mutant.make)]
    layers = [next(same).id for _, same in groupby(LAYER_MUTANTS, key=lambda m: m.adapter)]
    adjoints = [mutant.id for mutant in TRANSPOSED_MUTANTS]
    assert rows == first + layers + adjoints
