"""The global state of a process that a call must not change.

Runs unchanged on Python 3.7 with numpy 1.16.
"""

from __future__ import annotations

import os
import pickle
import random
import tempfile
import warnings
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Callable, Iterator


def state() -> dict[str, object]:
    """Return the state that a call must not change, by its common name."""
    return {
        "NumPy's error handling": np.geterr(),
        "NumPy's global random state": pickle.dumps(np.random.get_state()),
        "Python's global random state": random.getstate(),
        "the working directory": os.getcwd(),  # noqa: PTH109  (what the word says)
        "the environment variables": dict(os.environ),
        "the warning filters": list(warnings.filters),
    }


@contextmanager
def own_state(name: str) -> Iterator[None]:
    """Set new random states and a new folder, because earlier calls may have set theirs."""
    here = os.getcwd()  # noqa: PTH109  (as above)
    with tempfile.TemporaryDirectory() as folder, np.errstate(all="warn"):
        os.chdir(folder)
        random.seed(name)
        np.random.seed(zlib.crc32(name.encode()))
        try:
            yield
        finally:
            os.chdir(here)


def changes(call: Callable[[], object], name: str) -> list[str]:
    """Describe what a call changes; ``name`` seeds the state before the call."""
    with own_state(name):
        before = state()
        call()
        after = state()
    return [word for word, value in after.items() if value != before[word]]
