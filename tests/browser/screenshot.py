"""Renews the README's picture of the page: ``python -m tests.browser.screenshot``.

Draws the page of the committed baselines, and photographs its head. Needs Chromium on the PATH.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from conv2d_conformance.cli.results_commands import report
from tests.browser.conftest import BINARIES

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "reports" / "page" / "page.png"
SIZE = "960,370"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")


def main() -> None:
    """Draw the page, and write its picture."""
    binary = next(filter(None, map(shutil.which, BINARIES)), None)
    if binary is None:
        msg = f"needs one of {', '.join(BINARIES)} on the PATH"
        raise SystemExit(msg)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        report(sorted((ROOT / "reports" / "baselines").glob("*.json")), [], page)
        own = f"--user-data-dir={folder}/profile", f"--window-size={SIZE}"
        command = [binary, *FLAGS, *own, f"--screenshot={PICTURE}", page.as_uri()]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
