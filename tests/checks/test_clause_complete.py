"""A clause has a check, a mutant and a script; a failure says what is missing and where."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.checks.clauses import CLAUSES
from conv2d_conformance.checks.registry import REGISTERED
from conv2d_conformance.errors import SYMPTOMS
from conv2d_conformance.matrix.reproducers import template
from conv2d_conformance.reports.gate.verdicts import WRONG
from tests.mutants.tables import EVERY_MUTANT

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
for _path in (ROOT / "conformance" / "checks").glob("test_*.py"):
    import_module(f"conv2d_conformance.checks.{_path.stem}")
# The gate words these by their outcome.
ENDINGS = {"timed out", "crashed"}


def claims_of_checks() -> Iterator[tuple[str, str]]:
    """Each ``claim="…"`` and ``"claim": "…"`` in a check, with where it stands."""
    for path in sorted(ROOT.glob("conformance/checks/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for value in claimed(node):
                yield f"{path.name}:{value.lineno}", str(ast.literal_eval(value))


def claimed(node: ast.AST) -> Iterator[ast.expr]:
    """What one node gives as a claim."""
    if isinstance(node, ast.keyword) and node.arg == "claim":
        yield node.value
    if isinstance(node, ast.Dict):
        keys = (getattr(key, "value", None) for key in node.keys)
        yield from (value for key, value in zip(keys, node.values, strict=True) if key == "claim")


def claims() -> list[tuple[str, str]]:
    """Every claim that an error can make, with who makes it."""
    of_symptoms = [(kind.__name__, kind.claims) for kind in SYMPTOMS.values()]
    return [*of_symptoms, *claims_of_checks()]


def test_every_clause_has_a_check() -> None:
    checked = {check.clause.id for check in REGISTERED.values()}
    missing = [
        f'{clause}: add @check("{clause}", …) to a function in conformance/checks/test_*.py'
        for clause in CLAUSES
        if clause not in checked
    ]
    assert missing == []


def test_every_check_has_a_mutant_that_it_must_catch() -> None:
    caught = {mutant.check for mutant in EVERY_MUTANT}
    missing = [
        f"{check.clause.id}: add a mutant that {name} catches in tests/mutants/, and its row in "
        "table.py, layer_table.py or transposed_table.py"
        for name, check in REGISTERED.items()
        if name not in caught and check.clause.section != "loading"
    ]
    assert missing == []


def test_every_mutant_names_a_check() -> None:
    named = {mutant.check: mutant.id for mutant in EVERY_MUTANT}
    missing = [
        f"mutant {mutant}: there is no check {check}"
        for check, mutant in named.items()
        if check not in REGISTERED
    ]
    assert missing == []


def test_every_claim_has_a_script() -> None:
    missing = []
    for maker, claim in claims():
        try:
            template.load_claim(claim)
        except KeyError as error:
            missing.append(f"{maker}: {error.args[0]}")
    assert missing == []


def test_every_script_is_that_of_a_claim() -> None:
    files = {path.stem for path in (template.FOLDER / "claims").glob("*.py")} - {"__init__"}
    claimed = {claim.replace(" ", "_") for _, claim in claims()}
    assert [f"templates/claims/{name}.py: no error claims it" for name in files - claimed] == []


def test_the_gate_has_words_for_every_symptom() -> None:
    missing = [
        f"{kind.__name__}: add {symptom!r} to WRONG in reports/gate/verdicts.py"
        for symptom, kind in SYMPTOMS.items()
        if symptom not in WRONG and symptom not in ENDINGS
    ]
    assert missing == []


def test_a_claim_without_a_script_says_which_file_to_add() -> None:
    path = "conformance/matrix/reproducers/templates/claims/is_pretty.py"
    with pytest.raises(KeyError, match=f"the claim 'is pretty' has no script: add {path}"):
        template.load_claim("is pretty")
