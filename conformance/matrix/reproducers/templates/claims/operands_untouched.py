"""The call leaves its operands as they were."""

from __future__ import annotations

from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call, end
from conv2d_conformance.matrix.reproducers.templates.same import same

# --- the script begins here

before = img.copy(), k.copy()
call(img, k)
same("the image changed", before[0], img)
same("the kernel changed", before[1], k)
end(0, "no defect: the operands are as they were")
