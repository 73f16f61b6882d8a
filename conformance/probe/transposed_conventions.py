"""Combines the index maps of a transposed convolution into facts and contradictions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from conv2d_conformance.definition.transposed_padding import RULES, CropRule, Extra
from conv2d_conformance.probe.index_map import NotAnIndexMapError
from conv2d_conformance.probe.transposed_index_map import WORDS, measure

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Spec
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Orientation
    from conv2d_conformance.probe.transposed_index_map import Call, TransposedMap


class TransposedMaps:
    """The maps of one call, by layer, and the conventions that follow from them."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self.found: dict[Layer, TransposedMap] = {}
        self.complaints: list[str] = []

    def add(self, call: Call, layer: Layer) -> None:
        """Measure one layer; a result that is not an index map is a complaint."""
        try:
            self.found[layer] = measure(self._exact(call), layer)
        except NotAnIndexMapError as error:
            self.complaints.append(f"{layer.id}: {error}")

    def _exact(self, call: Call) -> Call:
        """Make the call and round its results to integers: an FFT is a little off."""
        if self._spec.algorithm != "fft":
            return call
        return lambda layer, img, k: np.rint(call(layer, img, k))

    @property
    def orientation(self) -> Orientation | None:
        """The orientation that explains most maps of more than one element; None without any."""
        telling = (m.orientations for layer, m in self.found.items() if layer.kernel != (1, 1))
        counted = Counter(word for words in telling for word in words)
        return counted.most_common(1)[0][0] if counted else None

    @property
    def rule(self) -> CropRule:
        """The rule that explains the most maps; of several such rules, the declared one."""
        return max(RULES, key=lambda rule: (self._explained(rule), self._declared(rule)))

    def _explained(self, rule: CropRule) -> int:
        return sum(found.crops == rule.crops(layer) for layer, found in self.found.items())

    def _declared(self, rule: CropRule) -> int:
        return (rule.ends == self._spec.ends) + (rule.align == self._spec.anchor)

    def tells(self, other: CropRule) -> bool:
        """Return whether the maps distinguish the rule from the others."""
        return self._explained(other) != self._explained(self.rule)

    @property
    def contradictions(self) -> list[str]:
        """Complaints, and the maps that orientation and rule do not explain."""
        odd = (
            f"{layer.id}: read as {' or '.join(found.orientations)}, crops {found.crops}"
            for layer, found in self.found.items()
            if self.orientation not in (None, *found.orientations)
            or found.crops != self.rule.crops(layer)
        )
        return [*self.complaints, *odd]

    @property
    def extra(self) -> str | None:
        """Where output_padding goes; ``refused`` without a map, None if the maps do not show it."""
        if not any("output_padding" in layer.keywords for layer in self.found):
            return "refused"
        others = (replace(self.rule, extra=word) for word in get_args(Extra))
        return self.rule.extra if any(map(self.tells, others)) else None

    def facts(self) -> dict[str, object]:
        """Return facts by name, ready for JSON."""
        rule = self.rule
        others = (
            replace(rule, ends="kernel" if rule.ends == "stride" else "stride"),
            replace(rule, align="lower" if rule.align == "upper" else "upper"),
        )
        ends, anchor = (
            word if self.tells(other) else None
            for word, other in zip((rule.ends, rule.align), others, strict=True)
        )
        return {
            "reads": WORDS.get(self.orientation, self.orientation) if self.orientation else None,
            "ends": ends,
            "anchor": {"rows": anchor, "columns": anchor},
            "output_padding": self.extra,
            "consistent": not self.contradictions,
            "complaints": self.contradictions,
            "crops": {layer.id: found.crops for layer, found in self.found.items()},
        }
