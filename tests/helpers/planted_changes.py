"""Changes to plant in the document of a run of `textbook.sum`, and what the gate is to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.helpers.documents import timing

if TYPE_CHECKING:
    from collections.abc import Callable

    from conv2d_conformance.reports.gate import Kind

    Plant = Callable[[list[Any]], None]

NAME = "textbook.sum"
REAL = "test_real_data_stay_within_the_error_bound"
CASE = "same/9x10-by-3x3/float32/normal"


def fact(path: str, value: Any) -> Plant:
    """Another value at this path of a fact."""

    def plant(records: list[Any]) -> None:
        name, *keys = path.split(".")
        holder = next(r for r in records if r.get("fact") == name)
        place: Any = "value"
        for key in keys:
            holder, place = holder[place], key
        assert place in holder
        holder[place] = value

    return plant


def without(kind: str, **wanted: Any) -> Plant:
    """Records of a kind removed."""

    def plant(records: list[Any]) -> None:
        gone = [r for r in records if r["kind"] == kind and wanted.items() <= r.items()]
        assert gone
        records[:] = [r for r in records if r not in gone]

    return plant


def verdicts(changes: dict[str, Any], **wanted: Any) -> Plant:
    """Verdicts that came out otherwise."""

    def plant(records: list[Any]) -> None:
        found = [r for r in records if r["kind"] == "verdict" and wanted.items() <= r.items()]
        assert found
        for record in found:
            record.update(changes)

    return plant


def less_precise(records: list[Any]) -> None:
    """A decimal digit less in every result of real data, still within the bound."""
    for record in records:
        if record.get("check") == REAL:
            record["margin"] = min(0.99, 10 * record["margin"])


def slower(records: list[Any]) -> None:
    records.insert(-1, {
        "kind": "ratio", "backend": NAME, "case": CASE, "ratio": 1.2, "low": 1.17, "high": 1.24,
        "level": 0.95, "pairs": 60, "confirmed": True, "slower": True, "against": "textbook 1.0",
    })  # fmt: skip


def failed(symptom: str, message: str, outcome: str = "failed") -> dict[str, Any]:
    return {"outcome": outcome, "symptom": symptom, "message": message}


SHIFTED = (
    "First at (0, 0): expected 1.5, got 2.5; the error 1.02 exceeds the bound 3.1e-06. "
    "It equals the reference shifted by (0, 1)."
)
ONE = {"check": REAL, "case": CASE}
KNOWN = {"outcome": "expected failure", "symptom": "raised", "reason": "a known deviation"}


@dataclass(frozen=True)
class Planted:
    """What is planted, and how the gate is to name it."""

    kind: Kind
    subject: str
    says: str
    after: Plant
    before: Plant | None = None


PLANTED = {
    "orientation flipped": Planted(
        "fact changed", "orientation", "textbook.sum now reads its kernel as correlation: every "
        "result of an unsymmetric kernel changes", fact("orientation", "correlation"),
    ),
    "anchor moved": Planted(
        "fact changed", "anchor.rows", "shifted by one pixel", fact("anchor.rows", "lower")
    ),
    "boundary reflected": Planted(
        "fact changed", "boundary", "the image is now reflect", fact("boundary", "reflect")
    ),
    "a larger kernel swapped": Planted(
        "fact changed", "larger_kernel", "larger than the image", fact("larger_kernel", "swaps")
    ),
    "output dtype changed": Planted(
        "fact changed", "output_dtypes.float16", "now give float32",
        fact("output_dtypes.float16", "float32"),
    ),
    "NaN swallowed": Planted(
        "fact changed", "special_values.nan", "looks for NaN", fact("special_values.nan", "lost")
    ),
    "a layer's answer changed": Planted(
        "fact changed", "layers.answers.empty batch", "raises this now",
        fact("layers.answers.empty batch", "raised RuntimeError: no"),
        fact("layers.answers.empty batch", "0x4x6x7"),
    ),
    "a dtype refused": Planted(
        "fact changed", "output_dtypes.float64", "raises this now",
        fact("output_dtypes.float64", "refused: TypeError: no float64"),
    ),
    "a padding refused": Planted(
        "fact changed", "refused_paddings.full", "a padding is refused that was taken",
        fact("refused_paddings", {"full": "no such padding"}),
    ),
    "another exception where it refuses": Planted(
        "fact changed", "special_values.integer_overflow.uint8", "raises this now",
        fact("special_values.integer_overflow.uint8", "refused: it raised ValueError: too large"),
    ),
    "operands rounded to TF32": Planted(
        "precision class lowered", "precision.float32.class", "computes with tf32 and not float32",
        fact("precision.float32.class", "tf32"),
    ),
    "one bit of the operands lost": Planted(
        "precision class lowered", "precision.float32.operand_bits", "keep 23 bits, not 24",
        fact("precision.float32.operand_bits", 23),
    ),
    "partial sums rounded": Planted(
        "precision class lowered", "precision.float32.accumulator_bits", "lose digits",
        fact("precision.float32.accumulator_bits", 13),
    ),
    "grade lowered": Planted(
        "precision class lowered", "precision.float64.grade", "norm-wise and not componentwise",
        fact("precision.float64.grade", "norm-wise"),
    ),
    "another algorithm": Planted(
        "fact changed", "precision.float32.family", "tiled, not direct",
        fact("precision.float32.family", "tiled"),
    ),
    "one digit lost": Planted(
        "numerics moved while passing", "float32", "decimal digits of every result", less_precise
    ),
    "a shifted result": Planted(
        "verdict regressed", CASE, "were right before and are wrong now",
        verdicts(failed("value", SHIFTED), **ONE),
    ),
    "a crash": Planted(
        "verdict regressed", CASE, "the process ends", verdicts({"outcome": "crashed"}, **ONE)
    ),
    "a hang": Planted(
        "verdict regressed", CASE, "does not return", verdicts({"outcome": "timed out"}, **ONE)
    ),
    "a wrong result where it refused": Planted(
        "verdict regressed", CASE, "accepted now with a wrong result",
        verdicts(failed("value", SHIFTED), **ONE), verdicts({"outcome": "refused"}, **ONE),
    ),
    "a crash where it refused": Planted(
        "verdict regressed", CASE, "the process ends where it was refused before",
        verdicts({"outcome": "crashed", "symptom": "crashed"}, **ONE),
        verdicts({"outcome": "refused"}, **ONE),
    ),
    "a pass that became a known deviation": Planted(
        "verdict regressed", CASE, "a known deviation", verdicts(KNOWN, **ONE)
    ),
    "another diagnosis": Planted(
        "failing differently", CASE, "fails in another way now",
        verdicts(failed("value", SHIFTED.replace("(0, 1)", "(1, 0)")), **ONE),
        verdicts(failed("value", SHIFTED), **ONE),
    ),
    "another exception": Planted(
        "failing differently", CASE, "code that catches ValueError does not catch TypeError",
        verdicts({**KNOWN, "message": "the call raised TypeError: no"}, **ONE),
        verdicts({**KNOWN, "message": "the call raised ValueError: no"}, **ONE),
    ),
    "another exception of a refusal": Planted(
        "failing differently", CASE, "code that catches ValueError does not catch TypeError",
        verdicts({"outcome": "refused", "reason": "it raised TypeError: no"}, **ONE),
        verdicts({"outcome": "refused", "reason": "it raised ValueError: no"}, **ONE),
    ),
    "another outcome": Planted(
        "failing differently", CASE, "fails in another way now",
        verdicts({"outcome": "crashed"}, **ONE), verdicts(failed("value", SHIFTED), **ONE),
    ),
    "a case refused": Planted(
        "newly unsupported", CASE, "are refused now",
        verdicts({"outcome": "refused", "reason": "it raised TypeError: no"}, **ONE),
    ),
    "a case removed": Planted("vanished", CASE, "deselected", without("verdict", **ONE)),
    "a case not run": Planted(
        "vanished", CASE, "not any more", verdicts({"outcome": "not run"}, **ONE)
    ),
    "a fact removed": Planted(
        "vanished", "boundary", "not any more", without("fact", fact="boundary")
    ),
    "a timing removed": Planted(
        "vanished", "photo", "would go unseen", lambda _: None,
        lambda records: records.insert(-1, timing(NAME, 1e-3)),
    ),
    "an unexpected pass": Planted(
        "expectation stale", CASE, "delete its record",
        verdicts({"outcome": "unexpected pass"}, **ONE), verdicts(KNOWN, **ONE),
    ),
    "20 % slower": Planted("slower", CASE, "takes 20% more time", slower),
}  # fmt: skip
NOTED: dict[str, tuple[Kind, Plant, Plant]] = {
    # A version that its record does not hold for, else it were an unexpected pass.
    "a fixed deviation": ("fixed", verdicts(KNOWN, **ONE), lambda _: None),
    "a fix": ("fixed", verdicts(failed("value", SHIFTED), **ONE), lambda _: None),
    "equal bits again": ("fixed", fact("one_thread", "9x10: differs"), lambda _: None),
    "a refusal that ended": (
        "no longer refused", verdicts({"outcome": "refused"}, **ONE), lambda _: None,
    ),
    "a new case": ("new", without("verdict", **ONE), lambda _: None),
    "a new fact": ("new", without("fact", fact="boundary"), lambda _: None),
    "bad input that is taken": (
        "measured otherwise", lambda _: None,
        verdicts({"outcome": "measured", "symptom": "accepted bad input"}, **ONE),
    ),
    "another definition": (
        "case redefined", lambda _: None, verdicts({"definition": "another"}, **ONE),
    ),
    "another wording": (
        "worded differently", lambda _: None,
        fact("special_values.integer_overflow.uint8", "refused: it raised OverflowError: no"),
    ),
    "more bits": (
        "more precise", fact("precision.float32.operand_bits", 20), lambda _: None,
    ),
}  # fmt: skip
