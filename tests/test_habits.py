"""The settings of the repository agree: workflow and tox, changelog and version, hooks."""

from __future__ import annotations

import configparser
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
CHANGES = (ROOT / "CHANGELOG.md").read_text("utf-8")
# The quick part of `lint`, `type` and `tests`, and what a maintainer runs for numbers.
NOT_OF_CI = {"fast", "benchmarks"}


def environments() -> set[str]:
    """The environments that tox.ini names, those of its list included."""
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", "utf-8")
    own = {name.removeprefix("testenv:") for name in tox.sections() if name.startswith("testenv:")}
    listed = {name.strip() for name in tox["tox"]["env_list"].split(",")}
    return {name for name in own | listed if "{" not in name and not name.startswith(".")}


def run_by_ci() -> set[str]:
    """The environments that the workflow names, in its matrices or in a command."""
    lists = re.findall(r"environment: \[(.+)\]", WORKFLOW)
    rows = re.findall(r"^ {10}- ([\w-]+)$", WORKFLOW, re.MULTILINE)
    commands = re.findall(r"tox run -e ([\w,-]+)", WORKFLOW)
    return {*rows, *(word.strip() for line in lists + commands for word in line.split(","))}


def test_the_workflow_runs_every_environment_of_tox() -> None:
    assert run_by_ci() == environments() - NOT_OF_CI


def test_the_workflow_reports_every_listed_environment() -> None:
    tox = (ROOT / "tox.ini").read_text("utf-8")
    (expected,) = re.findall(r"--expect (.+)", tox)
    assert set(expected.split()) <= run_by_ci()


def test_the_hooks_are_ruff_mypy_and_import_linter() -> None:
    entries = [entry.split()[0] for entry in re.findall(r"entry: (.+)", HOOKS)]
    assert {"ruff", "mypy", "lint-imports"} <= {*entries}


def test_the_version_is_the_newest_of_the_changelog_and_dated() -> None:
    dated = re.findall(r"^## \[([\d.]+)\] - (\d{4}-\d\d-\d\d)$", CHANGES, re.MULTILINE)
    assert dated[0][0] == PROJECT["project"]["version"]
    assert [day for _, day in dated] == sorted((day for _, day in dated), reverse=True)


def test_every_version_of_the_changelog_has_its_link() -> None:
    headed = re.findall(r"^## \[(.+?)\]", CHANGES, re.MULTILINE)
    assert headed == re.findall(r"^\[(.+?)\]: https://", CHANGES, re.MULTILINE)


def test_the_changelog_begins_with_what_is_not_released() -> None:
    assert re.findall(r"^## (.+)$", CHANGES, re.MULTILINE)[0] == "[Unreleased]"
