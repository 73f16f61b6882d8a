"""The command `explain`: how two calls differ, and code that gets one's result from the other."""

from __future__ import annotations

import json
import sys
from textwrap import fill
from typing import TYPE_CHECKING, Any

from conv2d_conformance.console import emit
from conv2d_conformance.runtime.environments.choose_python import resolve_python
from conv2d_conformance.runtime.kept_output import kept_output
from conv2d_conformance.runtime.runner_pool import RunnerPool, with_python
from conv2d_conformance.translation import drawing
from conv2d_conformance.translation.differences import sentences
from conv2d_conformance.translation.measured import find_facts
from conv2d_conformance.translation.translate import PARITIES, translations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conv2d_conformance.translation.call_facts import CallFacts
    from conv2d_conformance.translation.measured import FactSource
    from conv2d_conformance.translation.translate import Translation

WIDTH = 100
OPERANDS = (
    "Each piece of code takes NumPy arrays img and k of one dtype and makes y. The copies are for "
    "frameworks that refuse negative strides."
)


def explain(
    selectors: Sequence[str],
    python: str | None,
    requirements: Sequence[str] = (),
    *,
    padding: str | None = None,
    kernel: str | None = None,
    as_json: bool,
    verbose: bool = False,
) -> int:
    """Print how two calls differ, and the translation in both directions; always return 0.

    Raises
    ------
    Unavailable, UnknownBackendError
        As `conv2d_conformance.translation.measured.find_facts`.
    CannotBuildError
        If the Python does not exist, or a requirement cannot be installed.
    """
    with kept_output(verbose=verbose) as output:
        pool = RunnerPool(output=output)
        try:
            chosen = resolve_python(requirements, python)
            a, b = (find_facts(pool, with_python(selector, chosen)) for selector in selectors)
        finally:
            pool.stop()
    wanted = [
        (of, to, [t for t in translations(of, to) if _is_selected(t, padding, kernel)])
        for of, to in ((a.call, b.call), (b.call, a.call))
    ]
    if as_json:
        emit(json.dumps(_document(a, b, wanted), indent=2))
    else:
        emit(_printable("\n".join(_page(a, b, wanted))))
    return 0


def _is_selected(found: Translation, padding: str | None, kernel: str | None) -> bool:
    return padding in (None, found.padding) and kernel in (None, found.kernel)


SelectedTranslations = list[tuple["CallFacts", "CallFacts", list["Translation"]]]


def _document(a: FactSource, b: FactSource, wanted: SelectedTranslations) -> dict[str, Any]:
    return {
        "calls": [
            {"backend": s.call.name, "versions": s.versions, "measured_here": s.is_local,
             "facts": s.call.facts}
            for s in (a, b)
        ],
        "differences": sentences(a.call, b.call),
        "translations": [
            {"of": of.name, "to": to.name, "padding": t.padding, "kernel": t.kernel,
             "code": t.code, "why": t.why}
            for of, to, found in wanted
            for t in found
        ],
    }  # fmt: skip


def _page(a: FactSource, b: FactSource, wanted: SelectedTranslations) -> Iterator[str]:
    for sentence in sentences(a.call, b.call):
        yield _wrap(sentence)
    yield ""
    yield from (a.words(), b.words())
    yield ""
    yield from drawing.kernels(a.call, b.call)
    yield from drawing.surroundings(a.call, b.call)
    yield ""
    yield _wrap(OPERANDS)
    for of, to, found in wanted:
        for heading, text in merge_same_code(found).items():
            yield f"\n# {text}: the result of {of.name}, by {to.name}\n{heading}"


def _wrap(sentence: str) -> str:
    """Break a sentence into lines that fit, never inside a name."""
    return fill(
        sentence, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def merge_same_code(found: Sequence[Translation]) -> dict[str, str]:
    """Return each distinct piece of code, or why there is none, with the cases that it serves."""
    uses: dict[str, list[Translation]] = {}
    for each in found:
        uses.setdefault(each.code or f"# not possible: {each.why}", []).append(each)
    return {text: ", ".join(_purposes(those)) for text, those in uses.items()}


def _purposes(those: Sequence[Translation]) -> Iterator[str]:
    for padding in dict.fromkeys(each.padding for each in those):
        parities = [each.kernel for each in those if each.padding == padding]
        yield padding if len(parities) == len(PARITIES) else f"{padding} with {parities[0]} kernels"


def _printable(text: str) -> str:
    """Replace the characters that standard output cannot show."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.replace("°", " degrees").encode(encoding, "replace").decode(encoding)
    return text
