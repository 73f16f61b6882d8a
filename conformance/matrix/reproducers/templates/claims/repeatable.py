"""The same operands give the same result."""

from __future__ import annotations

import numpy as np

from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call, end
from conv2d_conformance.matrix.reproducers.templates.same import same

# --- the script begins here

first = call(img, k).copy()
for _ in range(2000):
    dirty = [np.full(first.nbytes, 0xFF, np.uint8) for _ in range(8)]
    del dirty  # memory that is handed out again, and holds no zeros
    same("the same operands gave another result", first, call(img, k))
end(0, "no defect in 2000 calls")
