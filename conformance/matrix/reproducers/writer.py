"""Writes each failure as two files: the arrays, and a stand-alone script."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.cases.layers import is_layer
from conv2d_conformance.matrix.reproducers.about import About
from conv2d_conformance.matrix.reproducers.carried_adapter import adapter_code
from conv2d_conformance.matrix.reproducers.evidence import stored_arrays
from conv2d_conformance.matrix.reproducers.layer_evidence import layer_evidence
from conv2d_conformance.matrix.reproducers.native_call import native_snippet
from conv2d_conformance.matrix.reproducers.plane_evidence import plane_evidence
from conv2d_conformance.matrix.reproducers.sample import sample_of
from conv2d_conformance.matrix.reproducers.script import render
from conv2d_conformance.reports.document.files import DocumentError

if TYPE_CHECKING:
    from conv2d_conformance.checks.registry import CaseLike, Check
    from conv2d_conformance.matrix.reproducers.evidence import Evidence
    from conv2d_conformance.reports.document.sample import Sample
    from conv2d_conformance.under_test.backend import BackendUnderTest

FOLDER = "failures"
LIMIT = 50


class Reproducers:
    """The folder ``failures`` next to a results document, with at most `LIMIT` reports per backend.

    Parameters
    ----------
    results : str
        Path of the results document.
    environment : str
        Distinguishes the reports of several documents in one folder.
    """

    def __init__(self, results: str, environment: str) -> None:
        self._folder = Path(results).parent / FOLDER
        self._environment = environment
        self._made: dict[str, Counter[str]] = {}
        self._left_out: Counter[str] = Counter()
        self._sampled: dict[str, Counter[str]] = {}
        self._last: tuple[BaseException, Evidence | None] | None = None

    def write(
        self, subject: BackendUnderTest, case: CaseLike, check: Check, error: BaseException
    ) -> Path | None:
        """Write the files; None if the failure is not about a call, or there are enough already.

        Raises
        ------
        DocumentError
            If they cannot be written.
        """
        if not _room(self._made, subject.selector, check.name):
            self._left_out[subject.selector] += 1
            return None
        found = self._found(subject, case, error)
        if found is None:
            return None
        self._made[subject.selector][check.name] += 1
        apart = f"{self._environment} {subject.selector}"
        name = file_name(subject.spec.name, check.name, case.id, apart)
        snippet = native_snippet(found, subject.spec)
        about = About(
            backend=subject.spec.name,
            check=check.name,
            case=case.id,
            message=f"{error}\nSeen with {_versions(subject)}.",
            snippet=snippet,
            adapter="" if snippet else adapter_code(subject.name),
            modules=subject.spec.distributions,
            data=f"{name}.npz",
        )
        return self._put(self._folder / f"{name}.py", stored_arrays(found), render(found, about))

    def sample(
        self, subject: BackendUnderTest, case: CaseLike, check: Check, error: BaseException
    ) -> Sample | None:
        """Return the sample that a report draws; None if there is none, or if there are enough."""
        if not _room(self._sampled, subject.selector, check.name):
            return None
        made = sample_of(self._found(subject, case, error))
        if made is not None:
            self._sampled[subject.selector][check.name] += 1
        return made

    def _found(
        self, subject: BackendUnderTest, case: CaseLike, error: BaseException
    ) -> Evidence | None:
        """Return the evidence, made once for each failure: making it may call the backend again."""
        if self._last is None or self._last[0] is not error:
            self._last = (error, _evidence(subject, case, error))
        return self._last[1]

    def _put(self, script: Path, stored: dict[str, Any], text: str) -> Path:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            np.savez_compressed(script.with_suffix(".npz"), **stored)
            script.write_text(text, "utf-8")
        except OSError as failed:
            msg = f"{script}: cannot write ({failed.strerror}); choose another --results"
            raise DocumentError(msg) from failed
        return script

    def notes(self) -> list[str]:
        """Return a line for each backend with more failures than scripts."""
        return [
            f"{name}: {self._made[name].total()} scripts in {self._folder} show as many failures; "
            f"{number} more have none"
            for name, number in self._left_out.items()
        ]


def _room(made: dict[str, Counter[str]], backend: str, check: str) -> bool:
    """Return whether there is room: one check takes at most half of what the others leave."""
    counted = made.setdefault(backend, Counter())
    return counted[check] < LIMIT - counted.total()


def _evidence(subject: BackendUnderTest, case: CaseLike, error: BaseException) -> Evidence | None:
    if is_layer(case):
        return layer_evidence(subject, case, getattr(error, "claim", "right"))
    return plane_evidence(subject, error)


def file_name(*parts: str) -> str:
    """Return a file name without special characters, different for each failure.

    Its last part is a hash that keeps similar names distinct.
    """
    shown = [re.sub(r"[^A-Za-z0-9.]+", "-", part.replace("test_", "", 1)) for part in parts[:-1]]
    words = "_".join(part.strip("-.")[-60:] for part in shown).lstrip("-.")
    return f"{words}_{hashlib.sha256(repr(parts).encode()).hexdigest()[:8]}"


def _versions(subject: BackendUnderTest) -> str:
    versions = subject.packages
    names = ("numpy", *subject.spec.distributions)
    return ", ".join(f"{name} {versions.get(name, '(unknown)')}" for name in names)
