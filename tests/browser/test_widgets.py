"""Filter, links, picker and plots, used as a person uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.pages import CODE, NAME

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.chromium import Tab

pytestmark = pytest.mark.slow

RECORD = f"#backend/{NAME}/V1/test_drawn/same/5x5-by-2x4/float32"
SHOWN = "return [...document.querySelectorAll('#matrix-table tbody tr:not(.group)')]"


def rows(tab: Tab) -> list[str]:
    script = f"{SHOWN}.filter((row) => row.offsetParent).map((row) => row.cells[0].innerText)"
    return [str(name).strip() for name in tab.run(script)]


def test_words_choose_the_rows_that_have_them(browser: Tab, page: Path) -> None:
    browser.open(page).find("#filter-words").send_keys("ndimage")
    assert rows(browser) == ["scipy.ndimage.convolve", "scipy.ndimage.correlate"]


def test_words_that_no_row_has_choose_columns(browser: Tab, page: Path) -> None:
    browser.open(page).find("#filter-words").send_keys("geometry requirement 2")
    assert browser.text("#filter-count").endswith(", 1 of 20 clauses")


def test_failures_alone_can_be_shown_and_all_again(browser: Tab, page: Path) -> None:
    browser.open(page).choose("#filter-outcome", "bad")
    few = rows(browser)
    browser.find("#filter button").click()
    browser.wait(lambda tab: len(rows(tab)) > len(few))
    assert 0 < len(few) < len(rows(browser))


def test_a_cell_opens_its_records_by_keyboard(browser: Tab, page: Path) -> None:
    cell = browser.open(page).find(f'#matrix-table a[href="#backend/{NAME}/V1"]')
    cell.send_keys("\n")
    assert browser.wait(
        lambda tab: tab.run("return document.activeElement.closest('details.cell')?.id")
    ) == (f"backend/{NAME}/V1")


def test_the_records_of_a_cell_can_be_searched(browser: Tab, page: Path) -> None:
    browser.open(page, "#backend/scipy.signal.correlate2d/G1")
    cell = "details.cell:target .record"
    browser.wait(lambda tab: tab.run(f"return document.querySelector('{cell}')"))
    assert browser.run(f"return document.querySelectorAll('{cell}').length") == 3


def test_a_record_is_found_by_its_link_and_drawn(browser: Tab, page: Path) -> None:
    browser.open(page, RECORD)
    browser.wait(lambda tab: tab.run("return document.querySelector('.found .heat')"))
    assert browser.run(
        "return [...document.querySelectorAll('.found .heat caption')].map((c) => c.innerText)"
    ) == ["Expected", "Got", "Difference"]


def test_the_worst_element_of_a_drawing_is_marked(browser: Tab, page: Path) -> None:
    browser.open(page, RECORD)
    browser.wait(lambda tab: tab.run("return document.querySelector('.found .worst')"))
    assert browser.run(
        "return [...document.querySelectorAll('.found .worst')].map((c) => c.innerText)"
    ) == ["6", "nan", "nan"]


def test_a_record_names_the_command_that_repeats_it(browser: Tab, page: Path) -> None:
    browser.open(page, RECORD)
    browser.wait(lambda tab: tab.run("return document.querySelector('.found .command')"))
    assert browser.text(".found .command pre").startswith(f"pytest conformance --backend {NAME}")


@pytest.mark.parametrize(
    "place", ["#clauses", "#behind", "#conventions", "#environments", "#clause/G1"]
)
def test_a_link_opens_what_is_folded_and_leads_there(browser: Tab, page: Path, place: str) -> None:
    browser.open(page, place)
    target = f"document.getElementById('{place[1:]}')"
    fold = f"({target}.closest('.fold') ?? {target}.parentElement.querySelector('.fold'))"
    browser.wait(lambda tab: tab.run(f"return {fold}.open"))
    top = browser.run(f"return {target}.getBoundingClientRect().top")
    assert 0 <= top < 450


def test_the_verdict_stays_in_sight(browser: Tab, page: Path) -> None:
    browser.open(page, "#matrix")
    assert browser.run("return document.querySelector('header').getBoundingClientRect().top") == 0


def test_the_link_of_a_record_leads_to_it(browser: Tab, page: Path) -> None:
    browser.open(page, RECORD)
    browser.wait(lambda tab: tab.run("return document.querySelector('.found a')"))
    link = browser.find('.found a[href^="#backend"]').get_attribute("href")
    assert link.endswith(RECORD)


def test_the_picker_answers_with_the_code(browser: Tab, page: Path) -> None:
    browser.open(page)
    browser.wait(lambda tab: tab.run("return !document.getElementById('translate').hidden"))
    browser.choose("#translate-kernel", "even")
    assert browser.text("#translation pre") == CODE


def test_the_picker_says_why_nothing_will_do(browser: Tab, page: Path) -> None:
    browser.open(page)
    browser.wait(lambda tab: tab.run("return !document.getElementById('translate').hidden"))
    browser.choose("#translate-padding", "full")
    assert browser.text("#translation") == "the call has no full"


def test_every_plot_is_drawn_and_named(browser: Tab, page: Path) -> None:
    browser.open(page).everything()
    names = browser.run(
        "return [...document.querySelectorAll('figure:has(.plot > svg[role=img][aria-label]), "
        "figure:has(.plot svg[role=img][aria-label])')].map((f) => f.dataset.plot)"
    )
    assert names == ["bits", "margins", "speed", "layers"]


def test_a_plot_can_show_throughput(browser: Tab, page: Path) -> None:
    browser.open(page).everything()
    browser.choose("#speed-measure", "rate")
    text = browser.run("return document.querySelector('[data-plot=speed] .plot > svg').textContent")
    assert "multiplications per second" in text


def test_pointing_at_a_mark_shows_its_values(browser: Tab, page: Path) -> None:
    browser.open(page).everything()
    browser.run(
        "const dot = document.querySelector('[data-plot=speed] g[data-mark=dot] path');"
        "dot.scrollIntoView({block: 'center'}); const box = dot.getBoundingClientRect();"
        "dot.ownerSVGElement.dispatchEvent(new PointerEvent('pointermove', {bubbles: true,"
        "pointerType: 'mouse', clientX: box.x + 3, clientY: box.y + 3}));"
    )
    tip = "return document.querySelector('[data-plot=speed] .plot > svg').textContent"
    assert "first call" in browser.wait(lambda tab: tab.run(tip))
