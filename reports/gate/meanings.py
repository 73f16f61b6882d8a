"""The meaning of a changed fact for the users of the backend, in one plain sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conv2d_conformance.reports.gate.change import Kind

UNTOLD = "cannot be told"
# By the start of the fact's path; the longest match counts.
SENTENCES = {
    "orientation": "{backend} now reads its kernel as {after}: every result of an unsymmetric "
    "kernel changes; see `explain`",
    "anchor": "for `same`, an even kernel's extra pixel is now padded on another side: such "
    "results are shifted by one pixel",
    "off_centre": "an odd kernel is no longer centred as before under `same`: results are shifted",
    "boundary": "what lies outside the image is now {after}: results change at the border",
    "complaints": "the index maps contradict each other in another way",
    "full": "`full` padding is answered otherwise",
    "refused_paddings": "a padding is refused that was taken: calls with it now raise",
    "refused_kernels": "kernels of this class are refused that were taken: calls with them now "
    "raise",
    "larger_kernel": "a kernel larger than the image is answered otherwise under `valid`",
    "output_dtypes": "operands of this dtype now give {after}: what is computed from the result "
    "changes its dtype, and its memory, too",
    "special_values.nan": "a NaN in the input is answered otherwise: code that looks for NaN in "
    "results sees another picture",
    "special_values.inf": "an infinity in the input is answered otherwise",
    "special_values.integer_overflow": "integers that overflow give another result",
    "special_values.subnormals": "numbers below the smallest normal one are {after} now",
    "special_values.complex": "complex operands are answered otherwise",
    "special_values": "operands out of the ordinary are answered otherwise",
    "fresh_process": "another process gives other bits than before: compare the cases",
    "one_thread": "another number of threads gives other bits than before: compare the cases",
    "layers.answers": "a layer with this option is answered otherwise",
    "layers.strided_same": "`same` with a stride pads otherwise: weights trained with the one are "
    "shifted under the other",
    "cases": "the suite tries other cases than before",
    "crops": "a transposed call crops its result otherwise: shapes or positions change",
    "reads": "the transposed call reads its kernel as {after}",
    "ends": "a transposed `valid` result ends elsewhere: its shape changes",
}
# What a value means that has the other direction, or none: it is asked for first.
AFTER: dict[str, dict[str, str]] = {
    "consistent": {
        "yes": "one convention explains every size now",
        "no": "one convention no longer explains every size: what holds for one does not for "
        "another",
    },
    "complaints": {"none": "the index maps contradict each other no more"},
    "orientation": {UNTOLD: "{backend} no longer reads its kernel in any known way"},
    "anchor": {
        UNTOLD: "for `same`, it cannot be told any more on which side an even kernel's extra "
        "pixel is padded"
    },
    "boundary": {UNTOLD: "it cannot be told any more what lies outside the image"},
    "sums_exactly": {
        "yes": "sums of integers in float arrays are exact now: another algorithm computes them",
        "no": "sums of integers in float arrays are exact no longer: another algorithm computes "
        "them",
        UNTOLD: "it cannot be told any more whether sums of integers are exact",
    },
    "fresh_process": {"bit-equal": "another process gives the same bits now"},
    "one_thread": {"bit-equal": "another number of threads gives the same bits now"},
    "layers.gradients": {
        "yes": "gradients can be asked for now",
        "no": "gradients can be asked for no longer",
    },
    "layers.fused": {
        "yes": "the suite can ask for a bias and a ReLU after the layer now",
        "no": "the suite can no longer ask for a bias and a ReLU after the layer",
    },
}
BEFORE: dict[str, dict[str, str]] = {
    "complaints": {"none": "the index maps contradict each other now"},
    "orientation": {
        UNTOLD: "{backend} reads its kernel as {after} now; before, in no way that is known"
    },
    "anchor": {
        UNTOLD: "for `same`, an even kernel's extra pixel is padded by one rule now: {after}"
    },
    "boundary": {UNTOLD: "what lies outside the image is {after} now; before, nothing known"},
    "fresh_process": {
        "bit-equal": "another process no longer gives the same bits: results cannot be repeated"
    },
    "one_thread": {"bit-equal": "another number of threads no longer gives the same bits"},
}
# Facts that are lists: what is in them.
LISTS = {
    "paddings": "padding",
    "dtypes": "dtype",
    "layers.options": "option",
    "layers.layouts": "memory layout",
}
# What each value of these facts should be: a change to it is no finding.
RIGHT = {"consistent": "yes", "complaints": "none"} | dict.fromkeys(
    ("fresh_process", "one_thread"), "bit-equal"
)
PRECISION = {
    "operand_bits": "operands keep {after} bits, not {before}: the last digits are lost in every "
    "product",
    "accumulator_bits": "partial sums keep {after} bits, not {before}: large sums that cancel lose "
    "digits",
    "class": "the call now computes with {after} and not {before}: results agree in fewer digits",
    "grade": "the accuracy is {after} and not {before}: small elements beside large ones suffer",
    "family": "another algorithm computes this: {after}, not {before}; errors spread further",
}
REFUSED = "such a call raises this now: code that counted on the former answer stops here"
KINDS = {
    "new": "it was not measured before",
    "vanished": "it was measured before and is not any more: nothing is known of it",
    "no longer refused": "what was refused gives a result now",
    "worded differently": "the same exception says it in other words",
    "numerics reordered": "one bit, as another order of the same sums makes it",
    "more precise": "results agree in more digits than before",
}


def of_fact(kind: Kind, path: str, backend: str, before: str, after: str) -> str:
    """Return the sentence for a fact that changed, as it changed: ``after`` is what it is now."""
    if kind in KINDS:
        return KINDS[kind]
    if after.startswith(("refused", "raised", "unsupported")):
        return REFUSED
    if path in LISTS:
        return _gained_and_lost(LISTS[path], before, after)
    sentence = _precision(path) or _directed(path, before, after) or _longest(path)
    if path.endswith("accumulator_bits"):
        before, after = (value.replace(UNTOLD, "all") for value in (before, after))
    return sentence.format(backend=backend, before=before, after=after)


def _gained_and_lost(word: str, before: str, after: str) -> str:
    """Return what a list has no more, and what is new in it."""
    was, now = ([v for v in text.split(", ") if v != "none"] for text in (before, after))
    lost, gained = [v for v in was if v not in now], [v for v in now if v not in was]
    parts = [
        f"{text} {word}{'s' * (len(values) > 1)} {', '.join(values)}"
        for text, values in (("no longer takes the", lost), ("now takes the", gained))
        if values
    ]
    return f"the call {', and '.join(parts)}"


def _directed(path: str, before: str, after: str) -> str:
    """Return the sentence of a direction; the path of an axis has that of its fact."""
    for known in (path, path.partition(".")[0]):
        if text := AFTER.get(known, {}).get(after) or BEFORE.get(known, {}).get(before):
            return text
    return ""


def _precision(path: str) -> str:
    return PRECISION.get(path.rsplit(".", 1)[-1], "") if path.startswith("precision.") else ""


def _longest(path: str) -> str:
    fits = [key for key in SENTENCES if path.startswith(key)]
    if not fits:
        return "the call does otherwise than it did: {after}, not {before}"
    return SENTENCES[max(fits, key=len)]
