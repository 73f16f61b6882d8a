"""The result has the dtype of the operands."""

from __future__ import annotations

from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call, end

# --- the script begins here

got = call(img, k)
end(int(got.dtype != img.dtype), "expected dtype", img.dtype, "got", got.dtype)
