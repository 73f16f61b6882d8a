"""Environments are built once, kept while they are what was asked for, and fail in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from conv2d_conformance.runtime.environments import (
    build_environment,
    environment_cache,
    find_python,
    uv,
)
from conv2d_conformance.runtime.environments.build_environment import (
    CannotBuildError,
    build,
    locate_python,
    pip_reason,
)
from conv2d_conformance.runtime.environments.environment_cache import (
    COMPLETE_MARKER,
    CachedEnvironment,
    cached_environment,
    is_usable,
    mark_complete,
)
from conv2d_conformance.runtime.environments.freshness import DAY, is_newest, is_pinned

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(sys.executable)
SIX = "six==1.16.0"
NO_VERSION = """\
ERROR: Could not find a version that satisfies the requirement jax==99 (from versions: 0.4.1)
ERROR: No matching distribution found for jax==99
[notice] A new release of pip is available: 23.2.1 -> 26.0
"""
CONFLICT = """\
ERROR: Cannot install keras==3.0 and numpy==1 because these package versions have conflicts.
ERROR: ResolutionImpossible: for help visit a page
"""


@pytest.fixture(scope="module", params=["uv", "pip"])
def cache(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Where environments are built, by uv or without it."""
    folder = tmp_path_factory.mktemp("environments")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environment_cache, "cache", lambda: folder)
        if request.param == "pip":
            patch.setattr(uv, "find", lambda _: None)
        elif uv.find(HERE) is None:
            pytest.skip("there is no uv here")
        yield folder


@pytest.fixture(scope="module")
def built(cache: Path) -> Path:
    """The Python of a real environment, of one small package."""
    assert cache.is_dir()
    return build([SIX], progress=lambda _: None)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CachedEnvironment:
    """A complete environment without packages: this Python by another name."""
    monkeypatch.setattr(environment_cache, "cache", lambda: tmp_path)
    place = cached_environment([SIX], HERE)
    inside = find_python.python_in(place.folder)
    subprocess.run([HERE, "-m", "venv", "--without-pip", place.folder], check=True)
    assert inside.exists()
    mark_complete(place, {})
    return place


def making(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what would be made instead of making it."""
    made: list[str] = []
    monkeypatch.setattr(build_environment, "_make", lambda place, _: made.append(place.title))
    return made


def ask(python: Path, program: str) -> str:
    done = subprocess.run([python, "-I", "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.slow
def test_an_environment_holds_what_was_asked_for_and_numpy(built: Path) -> None:
    assert ask(built, "import six, numpy; print(six.__version__)") == "1.16.0"


@pytest.mark.slow
def test_an_environment_has_bfloat16_where_it_can(built: Path) -> None:
    assert ask(built, "import ml_dtypes; print(ml_dtypes.bfloat16.__name__)") == "bfloat16"


@pytest.mark.slow
def test_the_marker_says_which_versions_were_installed(built: Path) -> None:
    marker = json.loads((built.parents[1] / COMPLETE_MARKER).read_text("utf-8"))
    assert marker["installed"]["six"] == "1.16.0"
    assert {"numpy", "ml-dtypes"} <= set(marker["installed"])


@pytest.mark.slow
def test_a_second_build_is_the_first(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, said = making(monkeypatch), list[str]()
    assert build([SIX], progress=said.append) == built
    assert (made, said) == ([], [])


@pytest.mark.slow
def test_the_log_says_what_installed_it(cache: Path, built: Path) -> None:
    text = built.parents[1].with_name(f"{built.parents[1].name}.log").read_text("utf-8")
    assert cache.is_dir()
    assert [word in text for word in (" pip install --python ", " -m pip install ")] == (
        [True, False] if uv.find(HERE) else [False, True]
    )


@pytest.mark.slow
def test_where_uv_fails_pip_is_tried(
    place: CachedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = [sys.executable, "-c", "raise SystemExit('error:\\nno way')"]
    monkeypatch.setattr(uv, "install_command", lambda *_: uv.Command(fails, dict(os.environ)))
    tried: list[object] = []
    monkeypatch.setattr(
        build_environment, "_run", lambda _, words, what: tried.extend((words, what))
    )
    said: list[str] = []
    build_environment._install(place, [SIX], "cannot install", said.append)
    inside = find_python.python_in(place.folder)
    assert said == ["pip is tried: uv could not: error: no way"]
    assert tried == [[inside, "-I", "-m", "pip", "install", SIX], "cannot install"]


@pytest.mark.slow
def test_a_version_that_there_is_not_is_told_in_one_line(cache: Path) -> None:
    said: list[str] = []
    with pytest.raises(CannotBuildError) as caught:
        build(["six==99"], progress=said.append)
    (log,) = cache.glob("*six-99*.log")
    asked = f"cannot install six==99 for Python {sys.version.split()[0]}: "
    assert str(caught.value) == (
        f"{asked}No matching distribution found for six==99; ask for another version or another "
        f"Python, or read {log}"
    )
    assert "installing six==99, numpy" in said
    assert not log.with_suffix("").exists()


@pytest.mark.slow
def test_a_complete_environment_is_used(place: CachedEnvironment) -> None:
    assert is_usable(place)


@pytest.mark.slow
def test_a_half_built_environment_is_not_used(place: CachedEnvironment) -> None:
    (place.folder / COMPLETE_MARKER).unlink()
    assert not is_usable(place)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "[]", "{}", '{"built": "x", "python": "3"}'])
def test_an_environment_with_a_broken_marker_is_not_used(
    place: CachedEnvironment, text: str
) -> None:
    (place.folder / COMPLETE_MARKER).write_text(text, "utf-8")
    assert not is_usable(place)


@pytest.mark.slow
def test_an_environment_whose_python_is_gone_is_not_used(place: CachedEnvironment) -> None:
    find_python.python_in(place.folder).unlink()
    assert not is_usable(place)


@pytest.mark.slow
def test_a_broken_environment_is_built_again(
    place: CachedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = making(monkeypatch)
    (place.folder / COMPLETE_MARKER).unlink()
    build([SIX], progress=lambda _: None)
    assert made == [place.title]


@pytest.mark.parametrize(
    ("requirement", "one"),
    [
        ("six==1.16.0", True),
        ("jax[cpu] == 0.4", True),
        ("six===1", True),
        ("six", False),
        ("six>=1", False),
        ("six==1.*", False),
        ("six==1,!=2", False),
        ("./six", False),
        ("six @ https://a/six.whl", False),
    ],
)
def test_a_requirement_is_pinned_if_only_one_version_will_do(requirement: str, one: bool) -> None:
    assert is_pinned(requirement) is one


@pytest.mark.slow
@pytest.mark.parametrize(
    ("requirement", "newest"), [("six<1.17", True), ("six", False), ("six>=1.16", False)]
)
def test_an_environment_is_used_until_there_is_something_newer(
    requirement: str, newest: bool, built: Path
) -> None:
    folder = built.parents[1]
    wanted, old = [requirement, "numpy"], 0.0
    assert is_newest(folder, [requirement], wanted, old, lambda _: None) is newest


@pytest.mark.slow
@pytest.mark.parametrize(("age", "newest"), [(0.9 * DAY, True), (1.1 * DAY, False)])
def test_where_the_installer_cannot_tell_an_environment_is_used_for_a_day(
    age: float, newest: bool, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    folder, since = built.parents[1], time.time() - age
    assert is_newest(folder, ["six"], ["no-such-six"], since, lambda _: None) is newest


@pytest.mark.slow
@pytest.mark.parametrize("form", ["{}", "{}[fast]", "mylib @ file://{}"])
def test_a_local_path_is_another_environment_once_a_file_of_it_changes(
    form: str, tmp_path: Path
) -> None:
    source = tmp_path / "mylib" / "conv.py"
    source.parent.mkdir()
    folders: list[Path] = []
    for text in ("one", "two!", "two!"):
        if not source.exists() or source.read_text("utf-8") != text:
            source.write_text(text, "utf-8")
        (source.parent / "build").mkdir(exist_ok=True)
        (source.parent / "build" / f"{len(folders)}.txt").touch()
        folders.append(cached_environment([form.format(source.parent)], HERE).folder)
    assert folders[0] != folders[1] == folders[2]


@pytest.mark.slow
def test_the_order_of_requirements_makes_no_other_environment() -> None:
    assert (
        cached_environment(["a==1", "b==2"], HERE).folder
        == cached_environment(["b==2", "a==1"], HERE).folder
    )


@pytest.mark.slow
def test_another_constraints_file_makes_another_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "constraints.txt"
    monkeypatch.setenv("PIP_CONSTRAINT", str(file))
    folders = set()
    for text in ("numpy==2.3", "numpy==2.4"):
        file.write_text(text, "utf-8")
        folders.add(cached_environment([SIX], HERE).folder)
    assert len(folders) == 2


@pytest.mark.slow
def test_a_build_waits_for_another_of_the_same(
    place: CachedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, waiting, said = making(monkeypatch), Event(), list[str]()

    def tell(line: str) -> None:
        said.append(line)
        waiting.set()

    thread = Thread(target=build, args=([SIX],), kwargs={"progress": tell})
    with place.lock:
        thread.start()
        assert waiting.wait(30)
    thread.join(30)
    assert (made, said) == ([], [f"waiting for another process that builds {place.title}"])


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setattr(environment_cache, "cache", lambda: tmp_path / "file" / "environments")
    with pytest.raises(CannotBuildError, match=r"^cannot build six==1\.16\.0 .*mend that folder$"):
        build([SIX], progress=lambda _: None)


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (NO_VERSION, "No matching distribution found for jax==99"),
        (CONFLICT, CONFLICT.splitlines()[0].removeprefix("ERROR: ")),
        ("one\nThe network is unreachable\n", "The network is unreachable"),
        ("", "it wrote nothing"),
    ],
)
def test_the_line_of_pip_that_tells_is_found(output: str, line: str) -> None:
    assert pip_reason(output) == line


def test_no_version_asked_for_is_this_python() -> None:
    assert locate_python(None) == HERE


@pytest.mark.slow
@pytest.mark.parametrize(
    "wanted",
    [
        "{0}.{1}",
        "python{0}.{1}",
        "{0}.{1}.{2}",
    ],
)
def test_a_version_is_a_python_that_says_so(wanted: str) -> None:
    found = find_python.identity(locate_python(wanted.format(*sys.version_info)))
    assert found is not None
    assert found.numbers[:2] == sys.version_info[:2]


@pytest.mark.slow
def test_a_path_is_that_python() -> None:
    assert locate_python(str(HERE)) == HERE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("3.99", r"^no Python 3\.99 here: install it so that python3\.99 is on PATH"),
        ("/nowhere/python", "there is no Python '/nowhere/python': give the path of one"),
    ],
)
def test_a_python_that_there_is_not_is_told_in_one_line(wanted: str, why: str) -> None:
    with pytest.raises(CannotBuildError, match=why):
        locate_python(wanted)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for a Python")
def test_a_python_on_the_path_that_does_not_run_is_passed_over_for_pyenvs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim, real = tmp_path / "shims" / "python3.99", tmp_path / "versions" / "3.99.1" / "bin/python"
    answers = {shim: "exit 127", real: "printf '3.99.1\\n/base\\n'"}
    for file, answer in answers.items():
        file.parent.mkdir(parents=True)
        file.write_text(f"#!/bin/sh\n{answer}\n", "utf-8")
        file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert locate_python("3.99") == real


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for a Python")
def test_a_file_that_is_no_python_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "python"
    file.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    file.chmod(0o755)
    with pytest.raises(CannotBuildError, match="is no Python that runs: give the path of one"):
        locate_python(str(file))


@pytest.mark.slow
def test_what_bfloat16_needs_may_fail(
    place: CachedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise CannotBuildError

    said: list[str] = []
    monkeypatch.setattr(build_environment, "_installed", lambda _: {"numpy": "1.19"})
    monkeypatch.setattr(build_environment, "_run", fail)
    build_environment._add_bfloat16(place, said.append)
    assert said == [f"ml-dtypes does not go with {place.title}: nothing is asked in bfloat16"]
