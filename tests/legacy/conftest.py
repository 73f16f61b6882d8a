"""The stack of 2019, where the environment `legacy` of tox has built it; nothing is built here."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

from conv2d_conformance.runtime.environments.environment_cache import cached_environment, is_usable
from conv2d_conformance.runtime.environments.find_python import (
    CannotBuildError,
    locate_python,
    python_in,
)

TOX = Path(__file__).parents[2] / "tox.ini"


@pytest.fixture(scope="session")
def legacy() -> Path:
    """Its Python."""
    asked = ConfigParser(interpolation=None)
    asked.read(TOX, "utf-8")
    command = asked["testenv:legacy"]["commands"]
    (version,) = re.findall(r"--python (\S+)", command)
    try:
        found = locate_python(version)
    except CannotBuildError as error:
        pytest.skip(str(error))
    place = cached_environment(re.findall(r"--requirement (\S+)", command), found)
    if not is_usable(place):
        pytest.skip("the stack of 2019 is not built here; `tox run -e legacy` builds it")
    return python_in(place.folder)
