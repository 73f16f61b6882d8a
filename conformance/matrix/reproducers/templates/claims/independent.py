"""A result depends on its own operands alone, and nothing changes it later."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

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
for threads in (2, 8):
    pairs = [[np.roll(a, n, -1) for a in given] for n in range(threads)]
    alone = [call(*pair).copy() for pair in pairs]
    with ThreadPoolExecutor(threads) as pool:
        many = list(pool.map(lambda pair: call(*pair).copy(), pairs * 100))
    for n, got in enumerate(many):
        same(f"{threads} threads at once gave another result", alone[n % threads], got)
end(0, "no defect: calls are independent")
