"""A declaration that nobody can judge by is refused in one line, however it is made."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conv2d_conformance.backends import protocol
from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import SPEC_WORDS, Spec
from conv2d_conformance.backends.registry import load
from conv2d_conformance.backends.spec_rules import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = Spec(name="mine.conv", call="conv(img, k)")
# The field, and the type of its words in `protocol`.
TYPES = {
    "paddings": "Padding",
    "orientation": "Orientation",
    "anchor": "Anchor",
    "boundary": "Boundary",
    "larger_kernel": "LargerKernel",
    "algorithm": "Algorithm",
    "options": "Option",
    "strided_same": "StridedSame",
    "operation": "Operation",
    "reads": "Reads",
    "ends": "Ends",
    "output_padding": "Extra",
}
ADAPTER = """
from conv2d_conformance.backends.protocol import Spec
class Adapter:
    spec = {spec}
    def conv2d(self, img, k, padding):
        return img
class Late(Adapter):
    def __init__(self):
        self.spec = {late}
"""


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("paddings", "same", "Spec.paddings is 'same'; give a tuple, as ('same',)"),
        ("paddings", None, "Spec.paddings is None; give a tuple"),
        ("paddings", ("vallid",), "Spec.paddings has 'vallid'; did you mean 'valid'?"),
        ("dtypes", ("complex64",), "Spec.dtypes has 'complex64'; it may have float16"),
        ("dtypes", (float,), "Spec.dtypes has <class 'float'>"),
        ("orientation", "cross-correlation", "did you mean 'correlation'?"),
        ("boundary", "zero", "did you mean 'zeros'?"),
        ("anchor", 1, "Spec.anchor has 1; it may have upper, lower"),
        ("algorithm", "winograd", "Spec.algorithm has 'winograd'; it may have direct, fft"),
        ("operation", None, "Spec.operation has None"),
        ("options", ("strides",), "did you mean 'stride'?"),
        ("options", "stride", "Spec.options is 'stride'; give a tuple"),
        ("refuses", (("batch", "strde"),), "one of them has 'strde'; did you mean 'stride'?"),
        ("refuses", ("batch", "stride"), "one of them is 'batch'; give a tuple, as ('batch',)"),
        ("distributions", ("scipy", 3), "Spec.distributions has 3; give text"),
        ("compiles", "no", "Spec.compiles is 'no'; give True or False"),
        ("name", None, "Spec.name has None; give text"),
    ],
)
def test_a_field_that_cannot_be_judged_by_is_refused(field: str, value: Any, words: str) -> None:
    with pytest.raises(SpecError) as refused:
        replace(SPEC, **{field: value})
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_word_that_the_documentation_offers_is_taken() -> None:
    for field, words in SPEC_WORDS.items():
        many = isinstance(getattr(SPEC, field), tuple)
        values: Any = [words] if many else words
        for value in values:
            assert getattr(replace(SPEC, **{field: value}), field) == value
    refuses = (("batch", "same", "channels", "depthwise", "even"), ("NHWC", "bfloat16"))
    assert replace(SPEC, refuses=refuses, layouts=("NHWC",)).refuses == refuses


def test_the_words_of_a_field_are_those_of_its_type() -> None:
    literals = dict(_literals(ast.parse(Path(inspect.getfile(protocol)).read_text("utf-8"))))
    assert {field: literals[name] for field, name in TYPES.items()} == {
        field: words for field, words in SPEC_WORDS.items() if field != "dtypes"
    }


def _literals(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Literal["):
            words = ast.literal_eval(node.value.slice)  # type: ignore[attr-defined]
            yield ast.unparse(node.targets[0]), words


@pytest.mark.parametrize(
    ("attr", "spec", "words"),
    [
        ("Adapter", "Spec('a.b', 'f()', paddings='same')", "Spec.paddings is 'same'"),
        ("Late", "Spec('a.b', 'f()', paddings='same')", "Spec.paddings is 'same'"),
        ("Adapter", "{'name': 'a.b'}", "its spec is a dict; make it a Spec"),
        ("Late", "'a.b'", "its spec is a str; make it a Spec"),
        ("Adapter", "Spec('a.b', 'f()', operation='conv_transpose2d')", "'conv_transpose2d'"),
        ("Adapter", "Spec('a.b', 'f()', differentiates=True)", "a method 'gradients'"),
        ("Adapter", "Spec('a.b', 'f()', fuses=True)", "a method 'fused'"),
        ("Adapter", "Spec('a.b', 'f()', layouts=('NHWC', 'NCHW'))", "(layout='NCHW')"),
    ],
)
def test_a_backend_with_such_a_declaration_does_not_load(
    attr: str, spec: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    early = "Spec('a.b', 'f()')" if attr == "Late" else spec
    file.write_text(ADAPTER.format(spec=early, late=spec))
    with pytest.raises(UnknownBackendError) as refused:
        load(f"{file}:{attr}")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
