"""Entry points add backends; none takes the place of another one unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.import_code import import_lines
from conv2d_conformance.backends.registry import SHIPPED, load, registered, select

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODULE = """
def conv2d(img, k, padding):
    return "outer"
class Box:
    class Inner:
        def conv2d(self, img, k, padding):
            return "inner"
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs a distribution with a module ``third_calls`` and entry points."""

    def make(distribution: str, *points: str) -> None:
        folder = tmp_path / f"{distribution}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\n", "utf-8")
        text = "\n".join(("[conv2d_conformance.backends]", *points))
        (folder / "entry_points.txt").write_text(text, "utf-8")
        (tmp_path / "third_calls.py").write_text(MODULE, "utf-8")
        monkeypatch.syspath_prepend(tmp_path)

    return make


@pytest.mark.parametrize("selector", ["scipy.signal.convolve2d", "scipy.signal", "scipy"])
def test_the_name_of_a_shipped_backend_is_refused(
    selector: str, install: Callable[..., None]
) -> None:
    install("one", "scipy.signal.convolve2d = third_calls:conv2d")
    with pytest.raises(UnknownBackendError, match=r"Convolve2d and third_calls:conv2d; rename"):
        select(selector)
    name = "scipy.signal.convolve2d"
    assert registered()[name] == SHIPPED[name]


def test_one_name_of_two_projects_is_refused(install: Callable[..., None]) -> None:
    install("one", "mine.twice = third_calls:conv2d")
    install("two", "mine.twice = third_calls:Box.Inner")
    with pytest.raises(UnknownBackendError, match=r"'mine\.twice': an entry point has the name"):
        select("mine")


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("third_calls:Box.Inner", "inner"),
        ("third_calls:Box.Inner [fast, more]", "inner"),
        ("third_calls : conv2d[fast]", "outer"),
    ],
)
def test_a_nested_attribute_and_extras_resolve(
    value: str, result: str, install: Callable[..., None]
) -> None:
    install("one", f"mine.nested = {value}")
    assert select("mine") == ["mine.nested"]
    assert str(load("mine.nested").conv2d(None, None, "valid")) == result  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("third_calls", "'third_calls' names a module alone; say which function or class"),
        ("third_calls:Box.nope", "third_calls has no 'Box.nope'"),
    ],
)
def test_a_value_that_leads_nowhere_is_refused(
    value: str, words: str, install: Callable[..., None]
) -> None:
    install("one", f"mine.lost = {value}")
    with pytest.raises(UnknownBackendError, match=words):
        load("mine.lost")


def test_a_script_imports_a_nested_attribute_and_keeps_two_of_a_module_apart(
    install: Callable[..., None],
) -> None:
    install("one")
    found = {}
    for attr in ("conv2d", "Box.Inner"):
        names: dict[str, object] = {}
        exec(import_lines("third_calls", attr), names)  # noqa: S102  (a script of ours)
        found[attr] = getattr(names["found"], "conv2d", names["found"])
    assert [call(None, None, "valid") for call in found.values()] == ["outer", "inner"]  # type: ignore[operator]
