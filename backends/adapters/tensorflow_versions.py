"""What TensorFlow lacks on the CPU without oneDNN, as measured on 1.14, 2.3 to 2.6, 2.8 and 2.21.

A version is not checked against what it does not claim. Without support for groups ``conv2d``
refuses them, but ``conv2d_transpose`` up to 2.3 returns memory that it never wrote.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends.adapters.snippets.tensorflow_snippets import FULL_PRECISION

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Option, Snippet, Spec

_EAGER = "tf.compat.v1.enable_eager_execution()"
GROUPS = (2, 5)
PLAIN_GRADIENTS = (("gradients", "dilation"), ("gradients", "groups"), ("followed", "groups"))
ML_DTYPES = (2, 14)
ONEDNN = (2, 9)  # on by default since then, on some processors


def version(tf: Any) -> tuple[int, ...]:
    """Return the major and the minor number."""
    return tuple(int(number) for number in tf.__version__.split(".")[:2])


def has_onednn(tf: Any) -> bool:
    """Return whether TensorFlow calls oneDNN, without which it has no NCHW and fewer gradients.

    By default it does on x86 processors with AVX-512 VNNI; ``TF_ENABLE_ONEDNN_OPTS`` decides too.
    """
    if version(tf) < ONEDNN:
        return False
    from tensorflow.python.util import _pywrap_util_port

    return bool(_pywrap_util_port.IsMklEnabled())


def spec_for_version(tf: Any, spec: Spec) -> Spec:
    """Return the spec of a call, reduced to what the installed version does on this processor."""
    now = version(tf)
    dtypes = tuple(name for name in spec.dtypes if name not in _lacking_dtypes(now))
    if has_onednn(tf):
        return spec if dtypes == spec.dtypes else replace(spec, dtypes=dtypes)
    return replace(
        spec,
        dtypes=dtypes,
        options=tuple(word for word in spec.options if word not in _lacking(now, spec)),
        refuses=PLAIN_GRADIENTS if spec.differentiates else (),
        layouts=("NHWC",),
        snippet=_repinned(spec.snippet, _pin(now)),
        layer_snippet=_repinned(spec.layer_snippet, _pin(now)),
        gradient_snippet=_repinned(spec.gradient_snippet, _pin(now)),
    )


def _lacking_dtypes(now: tuple[int, ...]) -> tuple[str, ...]:
    if now >= ML_DTYPES:
        return ()
    # TensorFlow then had its own bfloat16 for NumPy, which is not the one of ml_dtypes.
    return ("bfloat16",) if now >= (2, 0) else ("bfloat16", "int32")


def _lacking(now: tuple[int, ...], spec: Spec) -> tuple[Option, ...]:
    if spec.operation == "conv_transpose2d":
        return ("dilation", "groups")
    return () if now >= GROUPS else ("groups",)


def _repinned(snippet: Snippet, pin: str) -> Snippet:
    if isinstance(snippet, str):
        return snippet.replace(FULL_PRECISION, pin)
    return {padding: text.replace(FULL_PRECISION, pin) for padding, text in snippet.items()}


def _pin(now: tuple[int, ...]) -> str:
    if now < (2, 0):
        return _EAGER
    return FULL_PRECISION if now >= (2, 4) else ""
