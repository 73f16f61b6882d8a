"""Findings that somebody accepted: matched narrowly, refused when written badly, never for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conv2d_conformance.reports.document.model import DocumentError
from conv2d_conformance.reports.export.gate_text import entries_of, text
from conv2d_conformance.reports.gate.acknowledge import Acknowledgement
from conv2d_conformance.reports.gate.acknowledgements import escaped, read
from tests.helpers.documents import verdict
from tests.helpers.gate_documents import NAME, TODAY, changes, compare_records, facts

if TYPE_CHECKING:
    from pathlib import Path

    from conv2d_conformance.reports.gate import Comparison

GOOD = {
    "finding": '"fact changed"', "backend": f'"{NAME}"', "versions": '"scipy>=1.17,<1.18"',
    "reason": '"upstream announced it"', "link": '"https://example.org/1"', "expires": "2026-02-01",
}  # fmt: skip
ENTRY = Acknowledgement(
    "fact changed", NAME, "scipy>=1.17,<1.18", "announced", "", TODAY + timedelta(days=1)
)
BEFORE, AFTER = facts(orientation="convolution"), facts(orientation="correlation")


def changed(**fields: Any) -> Acknowledgement:
    return Acknowledgement(**{**vars(ENTRY), **fields})


def comparison_with(*entries: Acknowledgement) -> Comparison:
    return compare_records(BEFORE, AFTER, entries=entries)


def written(path: Path, **fields: str | None) -> Path:
    lines = [f"{key} = {value}" for key, value in {**GOOD, **fields}.items() if value is not None]
    path.write_text("\n".join(["[[acknowledgement]]", *lines]), encoding="utf-8")
    return path


def test_a_finding_that_is_accepted_is_listed_and_does_not_fail() -> None:
    told = comparison_with(ENTRY)
    assert (told.exit_code, [one.by for one in told.acknowledged]) == (0, [ENTRY])
    assert "announced; until 2026-01-16; 1 finding" in text(told)


@pytest.mark.parametrize(
    "fields",
    [{"finding": "vanished"}, {"backend": "jax.*"}, {"fact": "anchor*"}, {"check": "test_*"},
     {"environment": "torch"}, {"case": "same/*"}, {"versions": "scipy<1.17"},
     {"versions": "jax>=0.1"}],
)  # fmt: skip
def test_an_entry_about_something_else_accepts_nothing(fields: dict[str, str]) -> None:
    told = comparison_with(changed(**fields))
    assert ("fact changed", "orientation") in changes(told)
    assert told.exit_code == 1


@pytest.mark.parametrize(
    "fields",
    [{"backend": "scipy.*"}, {"fact": "orient*"}, {"environment": "sc?py"}, {"versions": ""},
     {"versions": "SciPy==1.17.*"}, {"expires": TODAY}],
)  # fmt: skip
def test_shell_patterns_and_requirements_are_understood(fields: dict[str, Any]) -> None:
    assert comparison_with(changed(**fields)).exit_code == 0


def test_an_entry_that_matches_nothing_any_more_is_a_finding() -> None:
    told = compare_records(BEFORE, BEFORE, entries=[ENTRY])
    assert changes(told) == [("dead acknowledgement", NAME)]
    assert told.exit_code == 1


@pytest.mark.parametrize("fields", [{"versions": "scipy<1.17"}, {"backend": "jax.*"}])
def test_an_entry_about_what_did_not_run_is_not_dead(fields: dict[str, str]) -> None:
    assert compare_records(BEFORE, BEFORE, entries=[changed(**fields)]).exit_code == 0


def test_an_entry_that_has_expired_is_a_finding_and_accepts_nothing() -> None:
    told = comparison_with(changed(expires=TODAY - timedelta(days=1)))
    assert [kind for kind, _ in changes(told)] == ["fact changed", "expired acknowledgement"]


def test_the_finding_of_a_dead_entry_cannot_be_accepted() -> None:
    assert list(entries_of(compare_records(BEFORE, BEFORE, entries=[ENTRY]))) == []


def test_the_printed_entry_is_refused_until_it_has_a_reason(tmp_path: Path) -> None:
    (entry,) = entries_of(comparison_with())
    path = tmp_path / "a.toml"
    path.write_text(entry, "utf-8")
    with pytest.raises(DocumentError, match="entry 1: key 'reason': is empty; say why"):
        read(path)


def test_the_printed_entry_accepts_its_finding_once_it_has_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(
        "".join(entries_of(comparison_with())).replace('reason = ""', 'reason = "x"'), "utf-8"
    )
    assert comparison_with(*read(path)).exit_code == 0


def test_one_entry_is_printed_for_the_same_change_of_many_cases() -> None:
    cases = range(1, 41)
    told = compare_records(map(verdict, cases), [verdict(n, "crashed") for n in cases])
    (entry,) = entries_of(told)
    assert "case =" not in entry
    assert 'check = "test_integers_are_exact"' in entry


@given(st.text(alphabet="ab*?[]!-/."))
def test_an_escaped_name_matches_itself_alone(name: str) -> None:
    entry = changed(fact=escaped(name))
    fact = comparison_with().findings[0]
    assert entry.matches(type(fact)(**{**vars(fact), "fact": name}))
    assert not entry.matches(type(fact)(**{**vars(fact), "fact": name + "a"}))


def test_a_file_is_read(tmp_path: Path) -> None:
    (entry,) = read(written(tmp_path / "a.toml", fact='"orientation"'))
    assert (entry.reason, entry.fact, entry.case) == ("upstream announced it", "orientation", "*")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"finding": '"fact"'}, "key 'finding': 'fact' is no kind of finding"),
        ({"finding": '"dead acknowledgement"'}, "is no kind of finding"),
        ({"reason": '" "'}, "key 'reason': is empty; say why"),
        ({"backend": '""'}, "key 'backend': is empty"),
        ({"expires": '"soon"'}, "key 'expires': 'soon' is no date; write it bare"),
        ({"expires": "2026-02-01T10:00:00"}, "is no date"),
        ({"expires": None}, "key 'expires' is missing"),
        ({"versions": None}, "key 'versions' is missing"),
        ({"versions": '"scipy"'}, "key 'versions': 'scipy' names no versions"),
        ({"versions": '">=1"'}, "names no versions"),
        ({"backend": "3"}, "key 'backend': 3 is no text"),
        ({"facts": '"x"'}, "key 'facts' is not known"),
        ({"link": "http"}, "not TOML"),
    ],
)
def test_a_bad_entry_is_refused_in_one_line_that_names_it(
    tmp_path: Path, fields: dict[str, str | None], words: str
) -> None:
    path = written(tmp_path / "a.toml", **fields)
    with pytest.raises(DocumentError) as refused:
        read(path)
    assert words in str(refused.value)
    assert str(refused.value).startswith(str(path))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"[acknowledgement]\n", "no array of tables"), (b"acknowledgement = [1]", "no array"),
     (b"[[accepted]]\n", "key 'accepted' is not known"), (b"\xff", "not TOML")],
)  # fmt: skip
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=words):
        read(path)


@pytest.mark.parametrize("name", ["missing.toml", ""])
def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError, match=r"no such file of|cannot be read"):
        read(tmp_path / name)


def test_an_empty_file_accepts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.touch()
    assert read(path) == []


def test_the_entry_for_facts_that_moved_together_accepts_each_of_them(tmp_path: Path) -> None:
    before, after = (facts(crops={"a": [n], "b": [n + 1]}) for n in (0, 1))
    file = tmp_path / "acknowledgements.toml"
    (entry,) = entries_of(compare_records(before, after))
    file.write_text(entry.replace('reason = ""', 'reason = "announced"'), "utf-8")
    told = compare_records(before, after, entries=list(read(file)))
    assert (told.exit_code, len(told.acknowledged)) == (0, 2)
