"""The transposed convolution of a backend under test, measured by its own index maps."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from conv2d_conformance.cases.layers import is_layer
from conv2d_conformance.definition.dtypes import DTYPES, dtype_by_name
from conv2d_conformance.definition.expectation import Expectation
from conv2d_conformance.probe.probe import (
    PROBED_PADDINGS,
    REFUSED,
    answer_or_refusal,
    refusal_reasons,
)
from conv2d_conformance.probe.transposed_conventions import TransposedMaps
from conv2d_conformance.probe.transposed_index_map import MAPPED, WORDS
from conv2d_conformance.under_test.called_backend import NO_RESULT
from conv2d_conformance.under_test.layer_calls import LayerCalls
from conv2d_conformance.under_test.layers import Layers, known_orientation

if TYPE_CHECKING:
    from conv2d_conformance.backends.protocol import Spec
    from conv2d_conformance.cases.layers import Layer
    from conv2d_conformance.definition.correlation import Orientation
    from conv2d_conformance.definition.padding import Pads
    from conv2d_conformance.under_test.called_backend import CalledBackend


class MeasuredCrops:
    """The measured orientation and crop rule of a transposed convolution, from many index maps."""

    def __init__(self, backend: CalledBackend, calls: LayerCalls) -> None:
        self._backend, self._calls = backend, calls

    @cached_property
    def maps(self) -> TransposedMaps:
        """The index maps of every layer that the call takes."""
        maps = TransposedMaps(self._backend.spec)
        with self._backend.cost.charge("probe"):
            for layer in MAPPED:
                self._add(maps, replace(layer, dtype=self._backend.plain_dtype))
        return maps

    def _add(self, maps: TransposedMaps, layer: Layer) -> None:
        if self._calls.lacks(layer):
            return
        try:
            maps.add(self._calls.call_with, layer)
        except NO_RESULT as error:
            maps.complaints.append(f"{layer.id}: {error}")

    @property
    def orientation(self) -> Orientation | None:
        """The measured orientation of the kernel; the declared one if nothing was measured."""
        declared = self._backend.spec.reads
        return self.maps.orientation or next((o for o, w in WORDS.items() if w == declared), None)

    @property
    def expectation(self) -> Expectation:
        """Return the measured reading of a layer.

        Its rule explains the most measurements; a layer that differs from it fails.
        """
        return Expectation(known_orientation(self), self.maps.rule)

    def pads(self, layer: Layer) -> Pads:
        """Return what the call crops, by the measured rule."""
        return self.maps.rule.crops(layer)

    def facts(self) -> dict[str, Any]:
        """Return facts about layers, ready for JSON."""
        given = {
            "options": list(self._calls.options),
            "layouts": list(self._backend.spec.layouts),
        }
        return self.maps.facts() | given


class TransposedConvolution:
    """The operation ``conv_transpose2d`` of one backend; it has only layers."""

    def __init__(self, backend: CalledBackend) -> None:
        self._backend = backend

    @property
    def spec(self) -> Spec:
        """The adapter's declaration of its call."""
        return self._backend.spec

    @cached_property
    def layers(self) -> Layers:
        """The call as a layer."""
        calls = LayerCalls(self._backend)
        return Layers(self._backend, calls, MeasuredCrops(self._backend, calls))

    @cached_property
    def paddings(self) -> tuple[str, ...]:
        """Declared paddings, or those that gave a result."""
        return self.spec.paddings or tuple(
            p for p in PROBED_PADDINGS if self._takes(self.answers[p])
        )

    @cached_property
    def dtypes(self) -> tuple[str, ...]:
        """Declared dtypes, or those that gave a result."""
        return self.spec.dtypes or tuple(d for d in DTYPES if self._takes(self.answers[d]))

    def sums_directly_in(self, _: str) -> bool:
        """Return whether it sums directly in a dtype."""
        return self.spec.algorithm != "fft"

    @cached_property
    def answers(self) -> dict[str, str]:
        """By padding and by dtype: the dtype of a small result, or the refusal."""
        calls = {p: (p, "float32") for p in PROBED_PADDINGS} | {d: ("valid", d) for d in DTYPES}
        with self._backend.cost.charge("probe"):
            return {word: self._answer(*what) for word, what in calls.items()}

    def _answer(self, padding: str, dtype: str) -> str:
        img, k = np.ones((4, 5), dtype_by_name(dtype)), np.ones((2, 2), dtype_by_name(dtype))
        answer = answer_or_refusal(lambda: self._backend.guarded.conv_transpose2d(img, k, padding))  # type: ignore[arg-type]
        return answer if isinstance(answer, str) else answer.dtype.name

    @staticmethod
    def _takes(answer: str) -> bool:
        return not answer.startswith(REFUSED)

    def facts(self) -> dict[str, Any]:
        """Return everything measured, by name and ready for JSON."""
        outputs = {word: self.answers[word] for word in DTYPES}
        return {
            "operation": self.spec.operation,
            **self.layers.facts(),
            "paddings": [p for p in PROBED_PADDINGS if self._takes(self.answers[p])],
            "refused_paddings": refusal_reasons({p: self.answers[p] for p in PROBED_PADDINGS}),
            "dtypes": [word for word, given in outputs.items() if self._takes(given)],
            "output_dtypes": outputs,
        }

    def lacks(self, case: object) -> str | None:
        """Return why the call does not take a case, or None if it does."""
        return self.layers.lacks(case) if is_layer(case) else None
