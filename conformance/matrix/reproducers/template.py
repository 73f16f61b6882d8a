"""Loads the pieces of a stand-alone script from the files of ``templates``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("templates")
MARK = "# --- the script begins here\n"
# A piece imports another by its full name: that of this package, wherever it lies.
_OWN = re.compile(rf"from {re.escape(__package__)}\.templates\.(\w+) import ")
_STANDARD = re.compile(r"(?:import|from) (?!__future__|numpy|conv2d_conformance).*\n")


@dataclass(frozen=True)
class Template:
    """One piece of a script.

    Parameters
    ----------
    name : str
        Path of its file within the folder, without ``.py``.
    imports : tuple of str
        Lines that import from the standard library.
    needs : tuple of str
        Names of the pieces that come before it, in that order.
    text : str
    """

    name: str
    imports: tuple[str, ...]
    needs: tuple[str, ...]
    text: str


@cache
def load(name: str) -> Template:
    """Read one file.

    Raises
    ------
    OSError
        If it does not exist.
    """
    above, text = (FOLDER / f"{name}.py").read_text("utf-8").split(MARK)
    needs = [n for n in _OWN.findall(above) if n != "declared"]
    imports = tuple(line for line in above.splitlines(keepends=True) if _STANDARD.match(line))
    before = dict.fromkeys(earlier for n in needs for earlier in (*load(n).needs, n))
    return Template(name, imports, tuple(before), text.strip("\n"))


def load_claim(claim: str) -> Template:
    """Read the piece that checks a claim.

    Raises
    ------
    KeyError
        If the claim has no file; the message says which file to add.
    """
    name = f"claims/{claim.replace(' ', '_')}"
    try:
        return load(name)
    except FileNotFoundError:
        place = f"conformance/matrix/reproducers/templates/{name}.py"
        msg = f"the claim {claim!r} has no script: add {place}"
        raise KeyError(msg) from None
