"""The facts of one call that a translation needs: measured conventions and the native call."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conv2d_conformance.backends import registry
from conv2d_conformance.backends.protocol import Spec
from conv2d_conformance.definition.conventions import AXES, Conventions, Shifts
from conv2d_conformance.probe.probe_shapes import refused_class

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conv2d_conformance.backends.protocol import Snippet

EVEN: dict[str | None, int] = {"upper": 0, "lower": 1}


@dataclass(frozen=True)
class CallFacts:
    """One call.

    Parameters
    ----------
    name : str
    facts : mapping
        As the probe measured them (`probe.probe.Probe.facts`), or a results document has
        them.
    snippet : str, or mapping of str to str
        See `conv2d_conformance.backends.protocol.Spec`.
    """

    name: str
    facts: Mapping[str, Any]
    snippet: Snippet

    @property
    def conventions(self) -> Conventions:
        """Orientation, anchor and boundary, as `definition.conventions` has them."""
        shifts: Shifts = {}
        for axis in AXES:
            shifts[axis, 1] = self.facts["off_centre"][axis]
            if (side := self.facts["anchor"][axis]) is not None:
                shifts[axis, 0] = EVEN[side]
        complaints = tuple(self.facts["complaints"])
        return Conventions(self.facts["orientation"], self.facts["boundary"], shifts, complaints)

    @property
    def paddings(self) -> list[str]:
        """Paddings that gave a result."""
        return self.facts["paddings"]  # type: ignore[no-any-return]  # the fact's type

    @property
    def unreadable(self) -> str | None:
        """Why the call cannot be translated; None if it can."""
        if not self.facts["consistent"]:
            return f"follows no single convention: {self.facts['complaints'][0]}"
        if self.facts["orientation"] is None:
            return "was not found to read its kernel in any known way"
        return None

    def refuses(self, padding: str, parity: str) -> str | None:
        """Return why the call has no result for a padding and a parity of kernel extents."""
        if padding not in self.paddings:
            reason, _, _ = self.facts["refused_paddings"].get(padding, "refused").partition(";")
            return f"no {padding!r} ({reason})"
        refused = self.facts.get("refused_kernels", {})
        if parity == "even" and refused_class(refused, (2, 2), padding):
            return "no even kernels"
        return None


def declared_spec(name: str) -> Spec | None:
    """Return the spec of a shipped adapter's class; its framework may be missing."""
    if not registry.shipped(name):
        return None
    where, _, attr = registry.registered()[name].partition(":")
    found: Spec = getattr(importlib.import_module(where), attr).spec
    return found


def snippet_of(name: str, loaded: Spec | None = None) -> Snippet:
    """Return the native call of a backend, as its user writes it.

    ``loaded`` is its spec where it runs. Lines that pin settings are left out: only an adapter in
    its own process adds them, and a user's own configuration stays.
    """
    found = declared_spec(name)
    if found is None or loaded is None:
        return (loaded or found or Spec(name, name)).snippet or registry.import_snippet(name)
    adds_only = _lines(found.snippet) <= _lines(loaded.snippet)
    return found.snippet if adds_only else loaded.snippet


def _lines(snippet: Snippet) -> set[str]:
    texts = [snippet] if isinstance(snippet, str) else snippet.values()
    return {line for text in texts for line in text.splitlines()}
