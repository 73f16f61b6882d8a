"""A result depends on its own operands alone, and nothing changes it later."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from conv2d_conformance.matrix.reproducers.templates.declared import img, k
from conv2d_conformance.matrix.reproducers.templates.head import call, end
from conv2d_conformance.matrix.reproducers.templates.same import same

# --- the script begins here

given = img.copy(), k.copy()
first = call(img.copy(), k.copy())
before = first.copy()
for _ in range(64):
    call(img[::-1].copy(), k[::-1].copy())
same("a later call changed an earlier result", before, first)
first = call(*given)
before = first.copy()
for operand in given:
    operand[...] = operand + 1
same("changing an operand after the call changed its result", before, first)
for operand in (k, img):
    call(img, k)
    operand[...] = operand[::-1, ::-1].copy() + 1
    fresh = call(img.copy(), k.copy())
    same("an operand changed in place was read as it was", fresh, call(img, k))
given = img.copy(), k.copy()
for n in (0, 1):
    call(*given)
    others = [a.copy() for a in given]
    others[n][-1, -1] += 1
    got = call(*others) + 0
    others[n] = -others[n]
    again = -call(*others) + 0
    same("with only the last element changed, an operand was read as it was", again, got)
sys.setswitchinterval(1e-5)
pairs = given, (given[0][::-1].copy(), given[1][::-1].copy())
alone = [call(*pair).copy() for pair in pairs]
with ThreadPoolExecutor(2) as pool:
    many = list(pool.map(lambda n: call(*pairs[n % 2]).copy(), range(200)))
for n, got in enumerate(many):
    same("two threads at once gave another result", alone[n % 2], got)
end(0, "no defect: calls are independent")
