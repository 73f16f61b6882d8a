"""The call does not raise."""

from __future__ import annotations

from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call, end

# --- the script begins here

try:
    got = call(img, k)
except Exception as error:
    end(1, "raised", type(error).__name__ + ":", error)
end(0, "no defect: gave", getattr(got, "shape", type(got)))
