"""What a bug report's script holds the call to, as Python text: one piece per claim.

The pieces use ``img``, ``k``, ``call``, ``end`` and, where there is a definition, ``reference``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conv2d_conformance.errors import Claim

REFERENCE = '''

BEFORE = {before}  # rows and columns of padding before the image
SIZE = {size}  # of the result


def reference(img, k):
    """Cross-correlation in {wide} with a kernel read as {orientation}; outside lie {boundary}.

    Returns the sums, what rounding left over, and S = |img| * |k|, with which errors scale.
    """
    k = {reads}.astype(np.{wide})
    edges = zip(SIZE, k.shape, img.shape, BEFORE)
    far = max(0, *BEFORE, *(n + m - 1 - h - before for n, m, h, before in edges))
    padded = np.pad(img.astype(np.{wide}), far, "{mode}")
    y, low, scale = (np.zeros(SIZE, np.{wide}) for _ in range(3))
    for a, b in np.ndindex(*k.shape):
        top, left = far - BEFORE[0] + a, far - BEFORE[1] + b
        product = padded[top : top + SIZE[0], left : left + SIZE[1]] * k[a, b]
        total = y + product
        part = total - y
        low += (y - (total - part)) + (product - part)
        y = total
        scale += np.abs(product)
    return y, low, scale


def bound(scale):
    """How far an honest result may lie from the exact one: {why}."""
    return np.zeros(SIZE) + {bound}
'''

_SAME = '''\
def same(words, kept, now):
    """End unless two arrays hold the same bits."""
    if kept.shape != now.shape or kept.dtype != now.dtype:
        end(1, words + ":", kept.dtype, kept.shape, "became", now.dtype, now.shape)
    if kept.tobytes() != now.tobytes():
        differ = np.argwhere(~((kept == now) | ((kept != kept) & (now != now))))
        at = tuple(differ[0].tolist()) if len(differ) else "the sign of a zero or a NaN"
        was, became = (kept[at], now[at]) if len(differ) else ("", "")
        end(1, words + ": first at", at, "was", was, "became", became)


'''
_PLAIN = """\
def plain(a):
    return np.array(a, a.dtype.newbyteorder("="), order="C")


"""
_OR_REFUSED = """\
try:
    call(plain(img), plain(k))  # a call that caches by shape and dtype has now done so
    got = call(img, k)
except Exception as error:
    end(0, "refused:", type(error).__name__, error)
"""
_COMPARE = """\
if type(got) is not np.ndarray or got.shape != SIZE:
    end(1, "expected shape", SIZE, "got", got.shape if type(got) is np.ndarray else type(got))
values = got if got.dtype.kind in "iu" else got.astype(np.float64)
error = np.abs((values - expected) - low)
allowed = bound(scale)
wrong = np.argwhere(~(error <= allowed))
if not len(wrong):
    end(0, "no defect: all of", got.size, "elements are right")
at = tuple(wrong[0].tolist())
print(len(wrong), "of", got.size, "elements are wrong, the first at", at)
print("expected", format(float(expected[at]), ".9g"), "got", format(float(got[at]), ".9g"))
end(1, "error", format(error[at], ".3g"), "bound", format(allowed[at], ".3g"))
"""
_NOT_FINITE = """\
odd_pixels, odd_taps = (~np.isfinite(a.astype(np.float64)) for a in (img, k))
# Outputs that read what is not finite; a zero outside the image need not be multiplied.
reads = reference(odd_pixels * 1.0, np.ones(k.shape))[0] > 0
reads |= reference(np.ones(img.shape), odd_taps * 1.0)[0] > 0
got = ~np.isfinite(call(img, k).astype(np.float64))
"""
_FIRST = """\
if wrong.any():
    at = tuple(np.argwhere(wrong)[0].tolist())
    end(1, "{words} at", at, "of", int(wrong.sum()))
end(0, "no defect")
"""
_REFUSED = """\
try:
    got = call(img, k)
except Exception as error:
    end(0, "refused, as it should be:", type(error).__name__, error)
"""
_GAVE = """\
end(1, "expected an exception, got", getattr(got, "dtype", type(got)), getattr(got, "shape", ""))
"""

IMPORTS: dict[Claim, tuple[str, ...]] = {
    "process untouched": (
        "import os\n",
        "import random\n",
        "import tempfile\n",
        "import warnings\n",
    ),
    "independent": ("from concurrent.futures import ThreadPoolExecutor\n",),
    "returns": ("import faulthandler\n", "import os\n"),
}
CLAIMS: dict[Claim, str] = {
    "right": "expected, low, scale = reference(img, k)\ngot = call(img, k)\n" + _COMPARE,
    "right or refused": _PLAIN
    + "expected, low, scale = reference(img, k)\n"
    + _OR_REFUSED
    + _COMPARE,
    "not lost": _NOT_FINITE + "wrong = reads & ~got\n" + _FIRST.format(words="lost"),
    "not spread": _NOT_FINITE + "wrong = got & ~reads\n" + _FIRST.format(words="spread"),
    "keeps its dtype": """\
got = call(img, k)
end(int(got.dtype != img.dtype), "expected dtype", img.dtype, "got", got.dtype)
""",
    "taken": """\
try:
    got = call(img, k)
except Exception as error:
    end(1, "raised", type(error).__name__ + ":", error)
end(0, "no defect: gave", getattr(got, "shape", type(got)))
""",
    "refused": _REFUSED + _GAVE,
    "refused or empty": _REFUSED + 'if not got.size:\n    end(0, "empty")\n' + _GAVE,
    "operands untouched": _SAME
    + """\
kept = img.copy(), k.copy()
call(img, k)
same("the image changed", kept[0], img)
same("the kernel changed", kept[1], k)
end(0, "no defect: the operands are as they were")
""",
    "independent": _SAME
    + """\
given = img.copy(), k.copy()
first = call(img.copy(), k.copy())
kept = first.copy()
for _ in range(64):
    call(img[::-1].copy(), k[::-1].copy())
same("a later call changed an earlier result", kept, first)
first = call(*given)
kept = first.copy()
for operand in given:
    operand += 1
same("changing an operand after the call changed its result", kept, first)
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
both = given, (given[0][::-1].copy(), given[1][::-1].copy())
alone = [call(*each).copy() for each in both]
with ThreadPoolExecutor(2) as pool:
    many = list(pool.map(lambda n: call(*both[n % 2]).copy(), range(200)))
for n, got in enumerate(many):
    same("two threads at once gave another result", alone[n % 2], got)
end(0, "no defect: calls are independent")
""",
    "repeatable": _SAME
    + """\
first = call(img, k).copy()
for _ in range(2000):
    dirty = [np.full(first.nbytes, 0xFF, np.uint8) for _ in range(8)]
    del dirty  # memory that is handed out again, and holds no zeros
    same("the same operands gave another result", first, call(img, k))
end(0, "no defect in 2000 calls")
""",
    "process untouched": """\
def state():
    numbers = np.random.get_state()[1].tolist(), random.getstate()
    return np.geterr(), *numbers, os.getcwd(), dict(os.environ), list(warnings.filters)


os.chdir(tempfile.gettempdir())
random.seed(1)
np.random.seed(1)
np.seterr(all="warn")
kept = state()
call(img, k)
words = "NumPy's error handling", "NumPy's random state", "Python's random state", "the folder"
words += "the environment variables", "the warning filters"
changed = [word for word, was, now in zip(words, kept, state()) if was != now]
end(int(bool(changed)), "changed:", changed)
""",
    "returns": """\
def refuse(status):
    end(1, "the call ended the process with", status)


os._exit = refuse
faulthandler.dump_traceback_later(60, exit=True)  # exits 1
try:
    call(img, k)
except SystemExit as error:
    if error.code == 2:  # from ``call``
        raise
    end(1, "the call ended the process with", error.code)
faulthandler.cancel_dump_traceback_later()
end(0, "no defect: the call came back")
""",
}
