"""What is said of a wrong result does not change: the gate compares the words."""

from __future__ import annotations

import json

import pytest

from tests.helpers.failing_calls import FILE, explanation

SENTENCES: dict[str, str] = json.loads(FILE.read_text())


@pytest.mark.parametrize("name", SENTENCES)
def test_a_failure_is_explained_as_before(name: str) -> None:
    assert explanation(name) == SENTENCES[name]
