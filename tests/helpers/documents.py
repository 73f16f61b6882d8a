"""Results documents to draw: a builder for small ones, and one that looks like a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conv2d_conformance.reports.document.model import (
        BackendRecord,
        Document,
        EndRecord,
        FactRecord,
        Outcome,
        Record,
        Run,
        RunHeader,
        TimingRecord,
        VerdictRecord,
    )

END: EndRecord = {"kind": "end", "finished": "2025-11-20T10:04:00Z", "exit": 0}
SECTIONS = {"G": "geometry", "S": "shape", "V": "values", "I": "identity", "R": "robustness"}
CALLS = {
    "scipy": {
        "scipy.signal.convolve2d": "convolution",
        "scipy.signal.correlate2d": "correlation",
        "scipy.signal.convolve-fft": "convolution",
        "scipy.signal.fftconvolve": "convolution",
        "scipy.ndimage.convolve": "convolution",
        "scipy.ndimage.correlate": "correlation",
    },
    "tensorflow": dict.fromkeys(
        ("tensorflow.nn.conv2d", "tensorflow.nn.conv2d-function"), "correlation"
    ),
    "torch": dict.fromkeys(
        ("torch.nn.functional.conv2d", "torch.nn.functional.conv2d-compile"), "correlation"
    ),
    "jax": {
        "jax.lax.conv_general_dilated-jit": "correlation",
        "my_lab.odd": "transposed-flip-rows",
    },
    **{
        f"keras-{engine}": dict.fromkeys(("keras.layers.Conv2D", "keras.ops.conv"), "correlation")
        for engine in ("tensorflow", "jax", "torch")
    },
}
MESSAGE = """scipy.signal.convolve2d(img, k, mode='same') on same/5x5-by-2x4/float32
first differing index (0, 3): expected 1.25, got 1.5; 4 of 25 differ
worst error 312 times its bound of 2(√K+2)·u·S
looks like the reference shifted by (0, 1)"""


def header(environment: str = "scipy", **changes: Any) -> RunHeader:
    made: RunHeader = {
        "environment": environment,
        "started": "2025-11-20T10:00:00Z",
        "command": f"pytest conformance --backend {environment}",
        "not_run": None,
        "fingerprint": {
            "python": "3.11.7",
            "platform": "Linux-6.8-x86_64-glibc2.36",
            "machine": "x86_64",
            "cpu": "AMD EPYC 9B14",
            "cpu_flags": ["avx2", "avx512f", "fma"],
            "threads": "2",
            "packages": {"numpy": "2.4.0", environment: "1.17.1", "pytest": "9.2.0"},
        },
        "clauses": [
            {
                "id": f"{letter}{number}",
                "section": section,
                "title": f"{section} requirement {number}",
                "statement": "For `same` an odd kernel is centred and the size is the image's.",
            }
            for letter, section in SECTIONS.items()
            for number in range(1, 5)
        ],
    }
    return made | changes  # type: ignore[return-value]


def run(*records: Record, environment: str = "scipy", **changes: Any) -> Run:
    made: Any = header(environment, **changes) | {"records": list(records)}
    return made  # type: ignore[no-any-return]


def document(*runs: Run) -> Document:
    return {"schema_version": 1, "runs": list(runs)}


def backend(name: str = "scipy.signal.convolve2d", **changes: Any) -> BackendRecord:
    made: BackendRecord = {
        "kind": "backend",
        "backend": name,
        "call": f"{name}(img, k, mode=padding)",
        "algorithm": "fft" if "fft" in name else "direct",
        "versions": {name.split(".")[0]: "1.17.1"},
        "paddings": ["valid", "same", "full"],
        "dtypes": ["float32", "float64"],
        "declared": {
            "orientation": None,
            "anchor": "upper",
            "boundary": "zeros",
            "larger_kernel": None,
        },
        "settings": {"threads": "1"},
        "available": True,
        "reason": None,
    }
    return made | changes  # type: ignore[return-value]


def fact(name: str, value: Any, of: str = "scipy.signal.convolve2d", **changes: Any) -> FactRecord:
    made: FactRecord = {
        "kind": "fact",
        "backend": of,
        "fact": name,
        "value": value,
        "declared": None,
        "detail": None,
    }
    return made | changes  # type: ignore[return-value]


def verdict(
    number: int = 0,
    outcome: Outcome = "passed",
    of: str = "scipy.signal.convolve2d",
    **changes: Any,
) -> VerdictRecord:
    made: VerdictRecord = {
        "kind": "verdict",
        "id": f"{of}/{number}",
        "backend": of,
        "clause": "V1",
        "check": "test_integers_are_exact",
        "case": f"same/{number}x5-by-2x4/float32",
        "definition": "9f3ac1",
        "outcome": outcome,
        "symptom": None,
        "message": None,
        "reason": None,
        "link": None,
        "margin": 0.25,
        "where": [0, 3],
        "seconds": 0.01,
        "repeat": f"pytest conformance --backend {of} -k same/{number}x5",
    }
    return made | changes  # type: ignore[return-value]


def timing(of: str, median: float, **changes: Any) -> TimingRecord:
    made: TimingRecord = {
        "kind": "timing",
        "backend": of,
        "case": "photo",
        "img": [512, 512],
        "kernel": [3, 3],
        "dtype": "float32",
        "padding": "same",
        "first_call": median * 40,
        "median": median,
        "iqr": median / 20,
        "min": median * 0.9,
        "rounds": 20,
        "loops": 10,
    }
    return made | changes  # type: ignore[return-value]


def realistic(verdicts_per_backend: int = 200, message: str = MESSAGE) -> Document:
    runs = [
        run(
            *_records(environment, verdicts_per_backend, message),
            END | {"exit": int(environment == "scipy")},
            environment=environment,
        )
        for environment in CALLS
    ]
    runs[-1]["records"].pop()
    absent = run(environment="torch-oldest", started=None, fingerprint=None, clauses=[])
    return document(
        *runs, absent | {"not_run": "no results document; run `tox run -e torch-oldest`"}
    )


def _records(environment: str, count: int, message: str) -> Iterator[Record]:
    for place, (name, orientation) in enumerate(CALLS[environment].items()):
        if name == "keras.ops.conv" and environment == "keras-jax":
            yield backend(
                name, available=False, reason="needs the jax distribution; run `pip install jax`"
            )
            continue
        yield backend(name)
        yield from _facts(name, orientation)
        for number in range(count):
            yield _verdict(name, number, place, message)
        for scale, case in ((1, "thumbnail"), (60, "photo")):
            yield timing(name, 3.1e-5 * scale * (1.3**place), case=case, img=[64 * scale, 64])
        yield {
            "kind": "left out",
            "backend": name,
            "case": "poster",
            "reason": "would take 41 s of a budget of 10 s",
        }


def _facts(name: str, orientation: str) -> Iterator[FactRecord]:
    ndimage = "ndimage" in name
    yield fact("orientation", orientation, name, declared=orientation)
    side = "lower" if "signal" in name else "upper"
    yield fact("anchor", {"rows": side, "columns": side}, name, declared=side)
    yield fact("boundary", "reflect" if ndimage else "zeros", name, declared="zeros")
    yield fact("larger_kernel", "swaps" if "signal" in name else "raises", name)
    yield fact("full", "no such padding" if "torch" in name else "supported", name)
    dtypes = {
        "float32": "float32",
        "float64": "float64",
        "uint8": "refused: no kernel for uint8",
        "int32": "int64",
    }
    yield fact("output_dtypes", dtypes, name)
    yield fact("consistent", not ndimage, name, detail="12 maps" if ndimage else None)


def _verdict(name: str, number: int, place: int, message: str) -> VerdictRecord:
    clause = f"{'GSVIR'[number % 5]}{number // 5 % 4 + 1}"
    if clause == "V2" and "fft" in name:
        return verdict(
            number,
            "failed",
            name,
            clause=clause,
            symptom="value",
            message=message,
            margin=312.0 + number,
        )
    if clause == "R3" and place == 1:
        reason = "one Inf makes every element NaN, as the transform mixes them"
        link = "https://github.com/scipy/scipy/issues/1"
        return verdict(
            number, "expected failure", name, clause=clause, reason=reason, link=link, margin="inf"
        )
    if clause == "S3" and ("torch" in name or "keras" in name):
        return verdict(
            number, "unsupported", name, clause=clause, reason="the call has no `full`", margin=None
        )
    if clause == "R2" and number % 3 == 0:
        return verdict(
            number,
            "refused",
            name,
            clause=clause,
            reason="TypeError: no kernel for uint8",
            margin=None,
        )
    return verdict(number, "passed", name, clause=clause, margin=0.1 + number % 7 / 10)
