"""The page: one file that loads nothing, runs its own scripts, and tells what did not run."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.reports.page.assets import scripts, style
from conv2d_conformance.reports.page.render import render_html
from tests.helpers.documents import END, backend, document, fact, realistic, run, timing, verdict
from tests.helpers.html_page import Page

if TYPE_CHECKING:
    from conv2d_conformance.reports.document.model import Document

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render_html(realistic()))


def _hostile() -> Document:
    bad = backend(HOSTILE, call=HOSTILE, settings={HOSTILE: HOSTILE}, versions={HOSTILE: "1"})
    failure = verdict(
        outcome="failed",
        of=HOSTILE,
        message="</script></pre></style><script>alert(1)</script>",
        reason=HOSTILE + " `<b>`",
        check=HOSTILE,
        case=HOSTILE,
        clause=HOSTILE,
        link="javascript:alert(1)",
    )
    facts = [fact(name, HOSTILE, HOSTILE) for name in ("orientation", "anchor", HOSTILE)]
    left = {"kind": "left out", "backend": HOSTILE, "case": HOSTILE, "reason": HOSTILE}
    return document(
        run(bad, failure, *facts, timing(HOSTILE, 1.0, case=HOSTILE), left, environment=HOSTILE)  # type: ignore[arg-type]
    )


def test_no_name_and_no_message_becomes_markup() -> None:
    tags = {tag for tag, _ in Page(render_html(_hostile())).tags}
    assert "img" not in tags


def test_no_script_is_on_the_page_but_its_own() -> None:
    page = Page(render_html(_hostile()))
    code = [attrs for tag, attrs in page.tags if tag == "script" and "type" not in attrs]
    data = {attrs["id"] for tag, attrs in page.tags if tag == "script" and "type" in attrs}
    assert (len(code), data) == (len(scripts()), {"data-records", "data-plots"})


def test_the_policy_names_every_script_by_its_hash(page: Page) -> None:
    policies = [a["content"] or "" for t, a in page.tags if t == "meta" and "http-equiv" in a]
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in page.scripts
        if text.endswith(("\n", "});", "}));"))
    ]
    assert len(hashes) == len(scripts())
    assert all(f"'sha256-{one}'" in policies[0] for one in hashes)


def test_a_hostile_name_is_shown_as_it_is() -> None:
    assert HOSTILE in Page(render_html(_hostile())).text


def test_no_attribute_runs_a_script_and_no_link_leads_to_one() -> None:
    page = Page(render_html(_hostile()))
    handlers = [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    scripts = [link for link in page.values("href") if link.startswith("javascript")]
    assert (handlers, scripts) == ([], [])


def test_the_page_loads_nothing(page: Page) -> None:
    assert not {tag for tag, _ in page.tags} & {"link", "img", "iframe", "object", "base"}
    assert page.values("src") == []
    assert not re.search(r"url\(|@import", style())


def test_the_page_forbids_itself_the_network(page: Page) -> None:
    policies = [a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a]
    assert policies[0] is not None
    assert policies[0].startswith("default-src 'none'; style-src 'unsafe-inline';")


def test_every_link_within_the_page_arrives(page: Page) -> None:
    wanted = {link[1:] for link in page.values("href") if link.startswith("#")}
    assert wanted <= set(page.values("id"))


def test_no_two_places_of_the_page_share_an_id(page: Page) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))


def test_the_same_document_gives_the_same_page() -> None:
    assert render_html(realistic(20)) == render_html(realistic(20))


def test_an_environment_that_did_not_run_is_told_with_its_reason(page: Page) -> None:
    assert "torch-oldest: not run: no results document; run tox run -e torch-oldest" in page.text


def test_an_interrupted_run_is_shown_as_interrupted(page: Page) -> None:
    assert "keras-torch: the run was interrupted" in page.text


@pytest.mark.parametrize("made", [document(), document(run(END)), document(run(backend(), END))])
def test_a_page_about_nothing_is_not_green(made: Document) -> None:
    page = Page(render_html(made))
    colours = [attrs["class"] for _, attrs in page.tags if "verdict" in (attrs.get("class") or "")]
    assert colours == ["verdict none"]
    assert "Nothing ran" in page.text


def sections(page: Page) -> list[str | None]:
    """The sections of a page, without those of single backends."""
    named = [attrs.get("aria-labelledby") for tag, attrs in page.tags if tag == "section"]
    return [name for name in named if name and "/" not in name]


ALWAYS = ["verdicts", "matrix", "behind", "clauses", "environments"]


@pytest.mark.parametrize(
    ("made", "there"),
    [(document(), []), (document(run(backend(), verdict(), END)), ALWAYS)],
)
def test_a_section_with_nothing_to_show_is_not_there(made: Document, there: list[str]) -> None:
    page = Page(render_html(made))
    links = {link for link in page.values("href") if link.startswith("#") and "/" not in link}
    assert sections(page) == there
    assert links <= {f"#{name}" for name in there}


def test_one_name_in_two_environments_is_told_apart(page: Page) -> None:
    assert "keras.layers.Conv2D (keras-torch)" in page.text
    assert "keras.layers.Conv2D (keras-tensorflow)" in page.text


def test_a_declared_fact_that_differs_is_marked() -> None:
    made = document(run(backend(), fact("boundary", "reflect", declared="zeros"), END))
    assert "✗ declared zeros" in Page(render_html(made)).text


def test_a_fact_that_nobody_knew_of_is_shown() -> None:
    made = document(run(backend(), fact("nan_locality", {"Inf": ["one", 2]}), END))
    assert "nan locality: Inf: one, 2" in Page(render_html(made)).text


def test_a_page_can_be_encoded_whatever_a_message_holds() -> None:
    made = document(run(verdict(outcome="failed", message="half \ud800 of a pair"), END))
    assert "half ? of a pair" in render_html(made).encode().decode()


def test_alike_failures_are_one_entry_with_a_count() -> None:
    records = [verdict(n, "failed", symptom="value", message=f"at {n}") for n in range(900)]
    text = Page(render_html(document(run(*records, END)))).text
    assert "900 failed: value" in text
    assert "and 896 more" in text


@pytest.mark.slow
def test_the_page_stays_small_and_quick_for_a_quarter_of_a_million_records() -> None:
    names = [f"library_{number}.conv2d" for number in range(25)]
    rows: list[Any] = [
        verdict(
            number,
            "failed",
            name,
            clause=f"C{number % 20}",
            message="<&" * 900,
            reason=f"{number}<",
        )
        for name in names
        for number in range(10_000)
    ]
    made = document(run(*rows, END))
    began = time.process_time()
    size = len(render_html(made).encode())
    assert size < 3_000_000
    assert time.process_time() - began < 20
