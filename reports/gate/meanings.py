"""The meaning of a changed fact for the users of the backend, in one plain sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conv2d_conformance.reports.gate.change import Kind

# By the start of the fact's path; the longest match counts.
SENTENCES = {
    "orientation": "{backend} now reads its kernel as {after}: every result of an unsymmetric "
    "kernel changes; see `explain`",
    "anchor": "for `same`, an even kernel's extra pixel is now padded on another side: such "
    "results are shifted by one pixel",
    "off_centre": "an odd kernel is no longer centred as before under `same`: results are shifted",
    "boundary": "what lies outside the image is now {after}: results change at the border",
    "consistent": "one convention no longer explains every size: what holds for one does not for "
    "another",
    "complaints": "the index maps contradict each other in another way",
    "paddings": "the paddings that the call takes are others",
    "full": "`full` padding is answered otherwise",
    "refused_paddings": "a padding is refused that was taken: calls with it now raise",
    "refused_kernels": "kernels of this class are refused that were taken: calls with them now "
    "raise",
    "larger_kernel": "a kernel larger than the image is answered otherwise under `valid`",
    "dtypes": "the dtypes that the call takes are others",
    "output_dtypes": "operands of this dtype now give {after}: what is computed from the result "
    "changes its dtype, and its memory, too",
    "sums_exactly": "sums of integers in float arrays are exact no longer, or newly so: another "
    "algorithm computes them",
    "special_values.nan": "a NaN in the input is answered otherwise: code that looks for NaN in "
    "results sees another picture",
    "special_values.inf": "an infinity in the input is answered otherwise",
    "special_values.integer_overflow": "integers that overflow give another result",
    "special_values.subnormals": "numbers below the smallest normal one are {after}",
    "special_values.complex": "complex operands are answered otherwise",
    "special_values": "operands out of the ordinary are answered otherwise",
    "fresh_process": "another process no longer gives the same bits: results cannot be repeated",
    "one_thread": "another number of threads no longer gives the same bits",
    "layers.answers": "a layer with this option is answered otherwise",
    "layers.strided_same": "`same` with a stride pads otherwise: weights trained with the one are "
    "shifted under the other",
    "layers.options": "the options that the call takes are others",
    "layers.gradients": "gradients can be asked for no longer, or newly so",
    "layers.layouts": "the memory layouts that the call takes are others",
    "cases": "the suite tries other cases than before",
    "crops": "a transposed call crops its result otherwise: shapes or positions change",
    "reads": "the transposed call reads its kernel as {after}",
    "ends": "a transposed `valid` result ends elsewhere: its shape changes",
}
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
    """Return the sentence for a fact that changed."""
    if kind in KINDS:
        return KINDS[kind]
    if after.startswith(("refused", "raised", "unsupported")):
        return REFUSED
    sentence = _precision(path) or _longest(path)
    return sentence.format(backend=backend, before=before, after=after)


def _precision(path: str) -> str:
    return PRECISION.get(path.rsplit(".", 1)[-1], "") if path.startswith("precision.") else ""


def _longest(path: str) -> str:
    fits = [key for key in SENTENCES if path.startswith(key)]
    if not fits:
        return "the call does otherwise than it did: {after}, not {before}"
    return SENTENCES[max(fits, key=len)]
