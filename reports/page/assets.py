"""The style and the scripts inside the page, and the policy that allows no others."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

TEMPLATES = Path(__file__).with_name("templates")
LIBRARIES = ("vendor/d3.min.js", "vendor/plot.umd.min.js")
OURS = (
    "data",
    "theme",
    "matrix",
    "heatmap",
    "record",
    "cells",
    "links",
    "picker",
    "marks",
    "plots",
)
STYLES = ("base", "tables", "parts", "print")


@cache
def scripts() -> tuple[Markup, ...]:
    """Return the text of each script element: the libraries, then ours as one."""
    ours = "\n".join(_text(f"scripts/{name}.js") for name in OURS)
    parts = [*(_text(path) for path in LIBRARIES), f'"use strict";\n(() => {{\n{ours}\n}})();\n']
    for part in parts:
        assert "</script" not in part.lower(), "a script must not end its own element"
    return tuple(Markup(part) for part in parts)  # noqa: S704  (files of ours)


@cache
def style() -> Markup:
    """Return the style sheet."""
    return Markup("\n".join(_text(f"styles/{name}.css") for name in STYLES))  # noqa: S704  (likewise)


@cache
def policy() -> str:
    """Return the Content-Security-Policy: no network, and no script but these, by their hashes."""
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in scripts())
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {hashes}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _text(path: str) -> str:
    return (TEMPLATES / path).read_text("utf-8")


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
