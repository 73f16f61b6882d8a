"""What a framework keeps of compiled shapes is dropped when the process holds too much."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from conv2d_conformance.backends.protocol import Spec
from conv2d_conformance.runtime import call_guard, compiled_memory, time_accounts
from conv2d_conformance.runtime.call_guard import GuardedBackend
from conv2d_conformance.runtime.compiled_memory import INTERVAL, LIMIT, CompiledMemory


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> CompiledMemory:
    monkeypatch.setitem(sys.modules, "jax", SimpleNamespace(clear_caches=lambda: None))
    return CompiledMemory()


def compile_shapes(memory: CompiledMemory, times: int = INTERVAL) -> int:
    for _ in range(times):
        memory.before_compiling()
    return memory.releases


def test_nothing_is_dropped_below_the_limit(
    memory: CompiledMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_memory, "resident", lambda: LIMIT)
    assert compile_shapes(memory, 10 * INTERVAL) == 0


def test_what_was_compiled_is_dropped_above_it(
    memory: CompiledMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_memory, "resident", lambda: LIMIT + 1)
    assert compile_shapes(memory) == 1


def test_what_cannot_be_freed_is_not_tried_again(
    memory: CompiledMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_memory, "resident", lambda: 3 * LIMIT)
    assert compile_shapes(memory, 10 * INTERVAL) == 1


def test_a_framework_that_is_not_loaded_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "jax", raising=False)
    monkeypatch.setattr(compiled_memory, "resident", lambda: 3 * LIMIT)
    assert compile_shapes(CompiledMemory()) == 0


def test_a_shape_that_was_just_compiled_is_there_for_the_next_call(
    memory: CompiledMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    monkeypatch.setattr(compiled_memory, "resident", lambda: LIMIT + 1)
    monkeypatch.setattr(compiled_memory, "INTERVAL", 1)
    monkeypatch.setattr(compiled_memory, "release", lambda: events.append("drop"))
    for module in (call_guard, time_accounts):
        monkeypatch.setattr(module, "MEMORY", memory)

    def call(*_: object) -> None:
        events.append("call")

    runner: Any = SimpleNamespace(
        spec=Spec(name="x", call="x", compiles=True), call=call, seconds=60.0
    )
    backend, img = GuardedBackend(runner), np.ones((3, 3))
    backend.conv2d(img, img, "same")
    assert backend.cost.call("conv2d", img, img, "same") == "calls"
    backend.conv2d(img, img, "same")
    assert events == ["drop", "call", "call"]
