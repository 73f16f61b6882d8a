"""The stack of 2019, where the environment `legacy` of tox has built it; nothing is built here."""

from __future__ import annotations

import re
import time
from configparser import ConfigParser
from pathlib import Path

import pytest

from conv2d_conformance.runtime.environment_cache import place_of, usable
from conv2d_conformance.runtime.find_python import CannotBuildError, executable, interpreter

TOX = Path(__file__).parents[2] / "tox.ini"


@pytest.fixture(scope="session")
def legacy() -> Path:
    """Its Python."""
    asked = ConfigParser(interpolation=None)
    asked.read(TOX, "utf-8")
    command = asked["testenv:legacy"]["commands"]
    (version,) = re.findall(r"--python (\S+)", command)
    try:
        found = interpreter(version)
    except CannotBuildError as error:
        pytest.skip(str(error))
    place = place_of(re.findall(r"--requirement (\S+)", command), found)
    if not usable(place, time.time()):
        pytest.skip("the stack of 2019 is not built here; `tox run -e legacy` builds it")
    return executable(place.folder)
