"""All mutants, by what they are wrong about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutants import rare_shapes
from tests.mutants.layer_table import LAYER_MUTANTS
from tests.mutants.table import MUTANTS
from tests.mutants.transposed_table import TRANSPOSED_MUTANTS

if TYPE_CHECKING:
    from tests.mutants.mutant import Mutant

TABLES: dict[str, tuple[Mutant, ...]] = {
    "planes": MUTANTS + rare_shapes.PLANE_MUTANTS,
    "layers": LAYER_MUTANTS + rare_shapes.LAYER_MUTANTS,
    "transposed": TRANSPOSED_MUTANTS,
}
EVERY_MUTANT = tuple(mutant for table in TABLES.values() for mutant in table)
