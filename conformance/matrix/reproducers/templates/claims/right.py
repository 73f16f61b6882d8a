"""The result equals the reference within the bound."""

from __future__ import annotations

from conv2d_conformance.matrix.reproducers.templates.compare import compare
from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call
from conv2d_conformance.matrix.reproducers.templates.reference import reference

# --- the script begins here

compare(reference(img, k), call(img, k))
