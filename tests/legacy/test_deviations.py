"""The deviations that the docs show of the releases of 2019 are there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TEXT = (Path(__file__).parents[2] / "conformance" / "deviations.md").read_text("utf-8")
BLOCKS = re.findall(r"```python 2019\n(.*?)\n# ([^\n]*)\n```", TEXT, re.DOTALL)


@pytest.mark.parametrize(("source", "told"), BLOCKS, ids=[source[-30:] for source, _ in BLOCKS])
def test_a_deviation_of_2019_prints_what_the_text_says(
    source: str, told: str, legacy: Path
) -> None:
    done = subprocess.run(
        [legacy, "-W", "ignore", "-c", source], capture_output=True, text=True, check=False
    )
    end = f"killed by signal {-done.returncode}" if done.returncode < 0 else ""
    assert done.stdout.strip() + end == told, done.stderr


def test_every_block_is_found() -> None:
    assert len(BLOCKS) == TEXT.count("```python 2019\n") > 0
