"""Renews the profile that is not released yet: ``python -m tests.helpers.profile``."""

from __future__ import annotations

import hashlib
from pathlib import Path

from conv2d_conformance.testing.profile import LATEST, SUFFIX, profile_text

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Write it, and print the hash that ``tests/testing/test_checks.py`` holds."""
    text = profile_text()
    path = ROOT / "conformance" / "testing" / "profiles" / f"{LATEST}{SUFFIX}"
    path.write_text(text, "utf-8", newline="\n")
    print(LATEST, hashlib.sha256(text.encode()).hexdigest())


if __name__ == "__main__":
    main()
