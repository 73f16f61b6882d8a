"""The page as people read it: light, dark, narrow, printed, without scripts, with odd names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.reports.document.files import load, merge
from conv2d_conformance.reports.page.render import render_html
from tests.browser.pages import HOSTILE, add_timings
from tests.helpers.documents import document

if TYPE_CHECKING:
    from tests.browser.chromium import Tab

pytestmark = pytest.mark.slow

BASELINES = sorted((Path(__file__).parents[2] / "reports" / "baselines").glob("*.json"))
PAPER = "return getComputedStyle(document.body).backgroundColor"
SCREENS = [(1600, False), (1600, True), (375, False), (375, True)]


@pytest.mark.parametrize(("width", "dark"), SCREENS)
def test_axe_finds_nothing_serious(browser: Tab, page: Path, width: int, *, dark: bool) -> None:
    browser.open(page, width=width, dark=dark).everything()
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert browser.axe() == []


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious_where_names_are_hostile(
    browser: Tab, hostile: Path, *, dark: bool
) -> None:
    browser.open(hostile, dark=dark).everything()
    assert browser.axe() == []


@pytest.mark.parametrize(("width", "dark"), SCREENS)
def test_the_page_asks_for_nothing_and_complains_of_nothing(
    browser: Tab, page: Path, width: int, *, dark: bool
) -> None:
    browser.open(page, width=width, dark=dark).everything()
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert browser.complaints() == []


def test_a_page_about_nothing_complains_of_nothing(browser: Tab, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(render_html(document()), "utf-8")
    assert browser.open(path).complaints() == []


def test_hostile_names_run_nothing(browser: Tab, hostile: Path) -> None:
    browser.open(hostile).everything()
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    browser.wait(lambda tab: tab.run("return document.querySelector('.record')"))
    assert browser.complaints() == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_as_they_are(browser: Tab, hostile: Path, name: str) -> None:
    heads = "document.querySelectorAll('#matrix-table tbody th a')"
    names = browser.open(hostile).run(f"return [...{heads}].map((a) => a.textContent)")
    assert name in names


@pytest.mark.parametrize("width", [375, 1600])
@pytest.mark.parametrize("which", ["page", "hostile"])
def test_the_page_is_no_wider_than_the_screen(
    browser: Tab, request: pytest.FixtureRequest, which: str, width: int
) -> None:
    browser.open(request.getfixturevalue(which), width=width).everything()
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert browser.run("return document.documentElement.scrollWidth") <= width


def test_all_backends_take_eight_screens_before_anything_is_opened(
    browser: Tab, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(render_html(merge([load(one) for one in BASELINES])), "utf-8")
    browser.open(path, width=1400)
    assert browser.run("return document.documentElement.scrollHeight") < 8 * 1100


def test_with_timings_too_all_backends_take_eight_screens(browser: Tab, tmp_path: Path) -> None:
    made = merge([load(one) for one in BASELINES])
    add_timings(made)
    path = tmp_path / "report.html"
    path.write_text(render_html(made), "utf-8")
    browser.open(path, width=1400).everything()
    assert browser.run("return document.documentElement.scrollHeight") < 8 * 1100


def test_the_page_follows_the_system_into_the_dark(browser: Tab, page: Path) -> None:
    light = browser.open(page).run(PAPER)
    assert browser.open(page, dark=True).run(PAPER) != light


def test_the_button_changes_light_to_dark_and_back(browser: Tab, page: Path) -> None:
    light = browser.open(page).run(PAPER)
    browser.find("#theme").click()
    dark = browser.run(PAPER)
    browser.find("#theme").click()
    assert (browser.run(PAPER), dark != light) == (light, True)


def test_without_scripts_verdicts_tables_and_reasons_are_there(bare: Tab, page: Path) -> None:
    body = bare.open(page).text("body")
    for words in ("scipy.signal.fftconvolve", "explain A B prints the same", "512×512"):
        assert words in body


def test_without_scripts_nothing_is_shown_that_does_nothing(bare: Tab, page: Path) -> None:
    bare.open(page)
    assert not any(bare.find(one).is_displayed() for one in ("#filter", "#translate", "#theme"))


def test_the_page_prints(browser: Tab, page: Path) -> None:
    printed = browser.open(page).driver.execute_cdp_cmd("Page.printToPDF", {})
    assert len(printed["data"]) > 50_000


@pytest.mark.parametrize(
    "wrong", ["<script>console.error('oh')</script>", "<img src='http://nowhere.invalid/a.png'>"]
)
def test_a_page_that_complains_or_asks_for_something_is_seen(
    browser: Tab, tmp_path: Path, wrong: str
) -> None:
    path = tmp_path / "wrong.html"
    path.write_text(f"<!DOCTYPE html><title>wrong</title>{wrong}", "utf-8")
    assert browser.open(path).complaints()


def test_a_page_that_nobody_can_read_is_seen(browser: Tab, tmp_path: Path) -> None:
    path = tmp_path / "wrong.html"
    path.write_text("<!DOCTYPE html><html><body style='color: #eee'>faint</body></html>", "utf-8")
    assert browser.open(path).axe()
