"""The rows that are kept are those that the search for them ends with."""

from __future__ import annotations

from conv2d_conformance.cases.covering import STORED, covering_rows
from tests.helpers.covering_tables import searched, text


def test_the_rows_that_are_kept_are_those_of_the_search() -> None:
    assert STORED.read_text("utf-8") == text(searched()), "python -m tests.helpers.covering_tables"


def test_other_factors_are_searched() -> None:
    rows = covering_rows({"a": [1, 2], "b": ["x", "y"]}, 2)
    assert {(row["a"], row["b"]) for row in rows} == {(1, "x"), (1, "y"), (2, "x"), (2, "y")}
