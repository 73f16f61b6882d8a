"""The call leaves alone what belongs to the whole process."""

from __future__ import annotations

import os
import random
import tempfile
import warnings
from pathlib import Path

import numpy as np

from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call, end

# --- the script begins here


def state():
    """Everything that is compared."""
    numpy_numbers = list(map(str, np.random.get_state()))
    process = Path.cwd(), dict(os.environ), list(warnings.filters)
    return (np.geterr(), numpy_numbers, random.getstate(), *process)


os.chdir(tempfile.gettempdir())
random.seed(1)
np.random.seed(1)
np.seterr(all="warn")
before = state()
call(img, k)
words = (
    "NumPy's error handling",
    "NumPy's random state",
    "Python's random state",
    "the folder",
    "the environment variables",
    "the warning filters",
)
changed = [word for word, was, now in zip(words, before, state()) if was != now]
end(int(bool(changed)), "changed:", changed)
