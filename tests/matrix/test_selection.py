"""A selection that leaves nothing to judge says so, says what there is, and is no pass."""

from __future__ import annotations

import pytest

from conv2d_conformance.checks.clauses import SECTIONS
from tests.helpers.matrix_run import matrix, only_line

pytestmark = pytest.mark.slow

BACKEND = ("--backend", "textbook.sum")


@pytest.mark.parametrize("expression", ["geometri", "not geometri", "values or geometri"])
def test_an_unknown_section_is_named_with_what_there_is(expression: str) -> None:
    done = matrix(*BACKEND, "-m", expression)
    line = only_line(done)
    assert done.returncode == 2
    assert "there is no section 'geometri'" in line
    assert all(section.replace(" ", "_") in line for section in SECTIONS)


@pytest.mark.parametrize(
    "words", [("-k", "V99"), ("-m", "values and timing"), ("-k", "V99", "-m", "values")]
)
def test_a_selection_of_nothing_judges_nothing(words: tuple[str, ...]) -> None:
    done = matrix(*BACKEND, *words)
    (line,) = (line for line in done.stdout.splitlines() if "nothing was judged" in line)
    assert done.returncode == 2
    assert f"{words[0]} {words[1]!r}" in line
    assert "-m a section: loading, geometry" in line


@pytest.mark.parametrize("expression", ["special_values", "not (timing or search)", "benchmark"])
def test_what_is_a_section_or_another_marker_is_left_alone(expression: str) -> None:
    done = matrix(*BACKEND, "-k", "loads or N1 or V99", "-m", expression, "--collect-only")
    assert "there is no section" not in done.stdout + done.stderr
