"""One Chromium for all tests; without it they are skipped and say what is missing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.chromium import Tab

BINARIES = ("chromium", "chromium-browser", "google-chrome")


def _started(tmp_path_factory: pytest.TempPathFactory, *, scripts: bool) -> Iterator[Tab]:
    pytest.importorskip("selenium", reason="needs selenium: pip install selenium")
    binary = next(filter(None, map(shutil.which, BINARIES)), None)
    driver = shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip("needs chromium and chromedriver on the PATH")
    from tests.browser.chromium import Tab, start

    made = start(binary, driver, tmp_path_factory.mktemp("profile"), scripts=scripts)
    yield Tab(made)
    made.quit()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A browser as most have it."""
    yield from _started(tmp_path_factory, scripts=True)


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A browser that runs no script."""
    yield from _started(tmp_path_factory, scripts=False)


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as a run writes it."""
    from tests.browser.pages import full_page

    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(full_page(), "utf-8")
    return path


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page whose every text is hostile."""
    from tests.browser.pages import hostile_page

    path = tmp_path_factory.mktemp("hostile") / "report.html"
    path.write_text(hostile_page(), "utf-8")
    return path
