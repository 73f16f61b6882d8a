"""uv gets the settings of pip; what it cannot take, pip does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conv2d_conformance.runtime.environments import uv
from conv2d_conformance.runtime.environments.find_python import python_in

HERE = Path(sys.executable)
# Every kind of source that `pip config list` has, in the order in which pip prints them.
LISTED = """\
:env:.find-links='/env/wheels /more/wheels'
:env:.no-index='false'
download.index-url='https://a.test/never'
global.extra-index-url='https://a.test/one\\nhttps://a.test/two'
global.find-links='/global/wheels'
global.no-index='true'
install.index-url='https://me:secret@a.test/simple'
install.pre=''
"""
UNSOLVED = """\
  × No solution found when resolving dependencies:
  ╰─▶ Because there is no version of six==99 and you require six==99, we can
      conclude that your requirements are unsatisfiable.
"""


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A uv, and a pip with a configuration."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setattr(uv, "find", lambda _: "/bin/uv")
    monkeypatch.setattr(uv, "pip_settings", lambda _: uv.parse_settings(LISTED.splitlines()))


def told(**settings: str) -> dict[str, str]:
    return uv.variables({name.replace("_", "-"): text for name, text in settings.items()})


def test_the_last_source_that_has_a_setting_counts_as_in_pip() -> None:
    assert uv.parse_settings(LISTED.splitlines()) == {
        "extra-index-url": "https://a.test/one\nhttps://a.test/two",
        "find-links": "/env/wheels /more/wheels",
        "index-url": "https://me:secret@a.test/simple",
        "no-index": "false",
    }


@pytest.mark.slow
def test_what_pip_itself_lists_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[install]\nindex-url = https://a.test/simple\nextra-index-url =\n  b\n  c\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_FIND_LINKS", "it's here")
    found = uv.pip_settings(HERE) or {}
    expected = {"index-url": "https://a.test/simple", "extra-index-url": "b\nc"}
    assert {**found, **expected, "find-links": "it's here"} == found


@pytest.mark.parametrize(
    ("setting", "variable", "value"),
    [
        ("cert", "SSL_CERT_FILE", "/certs.pem"),
        ("client_cert", "SSL_CLIENT_CERT", "/me.pem"),
        ("extra_index_url", "UV_EXTRA_INDEX_URL", "https://a.test/one https://a.test/two"),
        ("index_url", "UV_DEFAULT_INDEX", "https://a.test/simple"),
        ("timeout", "UV_HTTP_TIMEOUT", "60"),
        ("trusted_host", "UV_INSECURE_HOST", "a.test b.test"),
    ],
)
def test_a_setting_of_pip_has_a_variable_of_uv(setting: str, variable: str, value: str) -> None:
    assert told(**{setting: value})[variable] == value


def test_indexes_are_parted_by_spaces() -> None:
    settings = {"extra-index-url": "https://a.test/one\nhttps://a.test/two"}
    found = uv.variables(settings)["UV_EXTRA_INDEX_URL"]
    assert found == "https://a.test/one https://a.test/two"


def test_constraints_at_an_address_are_left_to_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uv, "find", lambda _: "/bin/uv")
    monkeypatch.setattr(uv, "pip_settings", lambda _: {"constraint": "https://me:pw@a.test/c.txt"})
    said: list[str] = []
    assert uv.install_command(HERE, ["six"], HERE, said.append) is None
    assert said == ["pip installs: its constraints have an address, which may hold a password"]


def test_folders_of_wheels_are_parted_by_commas() -> None:
    assert told(find_links="/one\n/two")["UV_FIND_LINKS"] == "/one,/two"


def test_certificates_of_requests_are_pips_unless_it_has_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/requests.pem")
    assert (told()["SSL_CERT_FILE"], told(cert="/own")["SSL_CERT_FILE"]) == (
        "/requests.pem",
        "/own",
    )


def test_constraints_and_choices_of_files_are_flags() -> None:
    settings = {"constraint": "/a.txt /b.txt", "only-binary": "a,b", "no-index": "true", "pre": "0"}
    expected = ["--no-index", "-c", "/a.txt", "-c", "/b.txt", "--only-binary", "a,b"]
    assert uv.flags(settings) == expected


@pytest.mark.usefixtures("listed")
def test_a_password_is_not_on_the_command_line() -> None:
    command = uv.install_command(HERE, ["-c", "pins.txt", "six"], HERE, print)
    words = ["/bin/uv", "pip", "install", "--python", str(HERE), "-c", "pins.txt", "six"]
    assert command
    assert command.words == words
    assert command.variables["UV_DEFAULT_INDEX"] == "https://me:secret@a.test/simple"


@pytest.mark.usefixtures("listed")
def test_modules_are_compiled_where_no_import_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    command = uv.install_command(HERE, ["six"], HERE, print)
    assert command
    assert "--compile-bytecode" in command.words


@pytest.mark.usefixtures("listed")
def test_uvs_own_configuration_chooses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_EXCLUDE_NEWER", "2020-01-01")
    monkeypatch.setenv("UV_CACHE_DIR", "/cache")
    command = uv.install_command(HERE, ["six"], HERE, print)
    assert command
    assert "UV_EXCLUDE_NEWER" not in command.variables
    assert {**command.variables, **uv.ALIKE, "UV_CACHE_DIR": "/cache"} == command.variables


@pytest.mark.usefixtures("listed")
def test_what_uv_cannot_be_told_is_left_to_pip_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"proxy": "a.test:80", "prefer-binary": "1", "timeout": "9"}
    monkeypatch.setattr(uv, "pip_settings", lambda _: settings)
    said: list[str] = []
    assert uv.install_command(HERE, ["six"], HERE, said.append) is None
    words = "pip installs, for uv cannot be told what pip is configured with"
    assert said == [f"{words}: ['prefer-binary', 'proxy']"]


@pytest.mark.usefixtures("listed")
def test_where_pip_cannot_say_what_it_is_configured_with_it_installs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uv, "pip_settings", lambda _: None)
    assert uv.install_command(HERE, ["six"], HERE, pytest.fail) is None


@pytest.mark.usefixtures("listed")
def test_what_tox_configures_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uv, "pip_settings", lambda _: {"user": "0"})
    assert uv.install_command(HERE, ["six"], HERE, pytest.fail)


def test_without_uv_pip_is_left_to_do_it_and_not_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(uv, "pip_settings", lambda _: pytest.fail("asked"))
    assert uv.install_command(HERE, ["six"], tmp_path / "python", pytest.fail) is None


@pytest.mark.slow
def test_a_python_without_pip_is_not_configured(tmp_path: Path) -> None:
    subprocess.run([HERE, "-m", "venv", "--without-pip", tmp_path], check=True)
    assert uv.pip_settings(python_in(tmp_path)) is None


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for uv")
def test_uv_beside_the_python_comes_before_one_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, (tmp_path / "path", tmp_path / "python"))))
    for folder in ("path", "beside"):
        file = tmp_path / folder / "uv"
        file.parent.mkdir()
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)
    found = [uv.find(tmp_path / folder / "python") for folder in ("beside", "nowhere")]
    assert found == [str(tmp_path / folder / "uv") for folder in ("beside", "path")]


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (
            UNSOLVED,
            "No solution found when resolving dependencies: Because there is no version of "
            "six==99 and you require six==99, we can conclude that your requirements are "
            "unsatisfiable.",
        ),
        ("error: " + "x" * 500, "error: " + "x" * 293 + "…"),
    ],
)
def test_what_uv_says_is_one_line(output: str, line: str) -> None:
    assert uv.failure_reason(output) == line
