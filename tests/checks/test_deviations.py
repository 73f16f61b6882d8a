"""Every deviation that the docs show in a few lines is there, where its framework is."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "conformance" / "deviations.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)\n# ([^\n]*)\n```", TEXT, re.DOTALL)
FRAMEWORK = re.compile(r"import (?:\w+(?: as \w+)?, )*?(tensorflow|torch|scipy|jax|keras)")


def framework(source: str) -> str:
    found = FRAMEWORK.search(source)
    assert found is not None
    return found[1]


@pytest.mark.slow
@pytest.mark.parametrize(("source", "told"), BLOCKS, ids=[source[-30:] for source, _ in BLOCKS])
def test_a_deviation_prints_what_the_text_says(source: str, told: str) -> None:
    name = framework(source)
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed; the environments of tox hold its records")
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == told, done.stderr


def test_every_block_is_found() -> None:
    assert len(BLOCKS) == TEXT.count("```python\n")
