"""The source of a call's facts: measured now, or committed for one that is not installed.

``python -m conv2d_conformance.translation.measured`` measures every shipped plain convolution
that loads, each in a process of its framework, and rewrites ``measured.json``. A call that does
not load keeps its entry.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import registry
from conv2d_conformance.backends.find_adapter import UnknownBackendError
from conv2d_conformance.backends.protocol import Unavailable
from conv2d_conformance.console import emit, say
from conv2d_conformance.runtime.runner_pool import RunnerPool, split_selector
from conv2d_conformance.translation.call_facts import CallFacts, snippet_of
from conv2d_conformance.under_test.factory import put_under_test

if TYPE_CHECKING:
    from conv2d_conformance.runtime.remote import RemoteRunner

FILE = Path(__file__).with_name("measured.json")
# What `translation.call_facts` and `translation.differences` read.
FACTS = (
    "orientation", "anchor", "off_centre", "boundary", "consistent", "complaints", "paddings",
    "refused_paddings", "larger_kernel", "dtypes", "output_dtypes", "refused_kernels",
    "sums_exactly",
)  # fmt: skip


@dataclass(frozen=True)
class FactSource:
    """A call, the measured versions, and whether they were measured now."""

    call: CallFacts
    versions: dict[str, str]
    is_local: bool

    def words(self) -> str:
        """Return the source of the facts in one line."""
        of = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        if self.is_local:
            return f"{self.call.name}: measured here{f' with {of}' if of else ''}"
        return f"{self.call.name}: committed measurement with {of}; it does not load here"


def find_facts(pool: RunnerPool, selector: str) -> FactSource:
    """The facts of one backend.

    Raises
    ------
    Unavailable
        If it does not load and no measurement of it is committed, or if a Python was named.
    UnknownBackendError
        If the selector matches no plain convolution, or several.
    """
    name = _single(pool, selector)
    try:
        return measure(pool.runner(name), name)
    except Unavailable:
        kept = committed().get(name)
        if kept is None:
            raise
    return FactSource(
        CallFacts(name, kept["facts"], snippet_of(name)), kept["versions"], is_local=False
    )


def _single(pool: RunnerPool, selector: str) -> str:
    chosen = pool.select(selector)
    if len(chosen) > 1:
        msg = f"{selector!r} stands for {len(chosen)} calls; name one: {', '.join(chosen)}"
        raise UnknownBackendError(msg)
    if registry.operation(split_selector(chosen[0])[0]) != "conv2d":
        raise _transposed(selector)
    return chosen[0]


def _transposed(selector: str) -> UnknownBackendError:
    msg = f"{selector} is a transposed convolution; name a plain one, see `backends`"
    return UnknownBackendError(msg)


def measure(runner: RemoteRunner, selector: str) -> FactSource:
    """Probe a backend in the Python that its selector names.

    Raises
    ------
    UnknownBackendError
        If it is a transposed convolution.
    """
    if runner.spec.operation != "conv2d":
        raise _transposed(selector)
    say(f"probing {selector}")
    name = split_selector(selector)[0]
    found = put_under_test(runner, selector).probe.facts()
    facts = {fact: found[fact] for fact in FACTS}
    facts["output_dtypes"] = {d: found["output_dtypes"][d] for d in found["dtypes"]}
    there = {d: runner.packages[d] for d in runner.spec.distributions if d in runner.packages}
    versions = there if registry.shipped(name) else {"Python": runner.python, **there}
    return FactSource(
        CallFacts(name, facts, snippet_of(name, runner.spec)), versions, is_local=True
    )


def committed() -> dict[str, dict[str, Any]]:
    """``versions`` and ``facts`` of the shipped backends, by name."""
    kept: dict[str, dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
    return kept


def main() -> None:
    """Measure the calls that load, and write the file."""
    kept, pool = committed() if FILE.exists() else {}, RunnerPool()
    for name in registry.SHIPPED:
        try:
            found = measure(pool.runner(name), name)
        except Unavailable as error:
            say(f"not measured again: {error}")
            continue
        kept[name] = {"versions": found.versions, "facts": found.call.facts}
    pool.stop()
    ordered = {name: kept[name] for name in registry.SHIPPED if name in kept}
    FILE.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    emit(str(FILE))


if __name__ == "__main__":
    main()
