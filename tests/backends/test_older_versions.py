"""An adapter in front of an older framework says what that version lacks, and calls what it has.

The frameworks themselves are stood in for: what is declared of each was measured on it.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conv2d_conformance.backends import precision, registry
from conv2d_conformance.backends.adapters import keras2
from conv2d_conformance.backends.adapters.tensorflow_nn import Conv2d
from conv2d_conformance.backends.adapters.tensorflow_transpose import Conv2dTranspose
from conv2d_conformance.backends.adapters.tensorflow_versions import spec_for_version
from conv2d_conformance.backends.padding import require_no_groups
from conv2d_conformance.backends.protocol import (
    Spec,
    TooOld,
    Unavailable,
    Unsupported,
    choose_snippet,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Install = Callable[[str, str], None]


def tensorflow(version: str) -> SimpleNamespace:
    return SimpleNamespace(__version__=version)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Stand in for Keras and TensorFlow of some versions."""
    monkeypatch.setattr(precision, "_pinned", {})

    def stand_in(keras: str, below: str) -> None:
        backend = SimpleNamespace(backend=lambda: "theano")  # nothing is pinned
        found = SimpleNamespace(__version__=keras, backend=backend)
        monkeypatch.setitem(sys.modules, "keras", found)
        monkeypatch.setitem(sys.modules, "tensorflow", tensorflow(below))

    return stand_in


@pytest.mark.parametrize(
    ("name", "adapter"),
    [
        ("keras.layers.Conv2D", keras2.LayersConv2D),
        ("keras.layers.Conv2DTranspose", keras2.LayersConv2DTranspose),
    ],
)
def test_a_layer_of_keras_2_has_an_adapter_of_its_own(
    name: str, adapter: type, install: Install
) -> None:
    install("2.3.1", "1.14.0")
    assert type(registry.load(name)) is adapter


@pytest.mark.parametrize("name", ["keras.ops.conv", "keras.ops.conv_transpose"])
def test_an_operation_that_keras_2_has_not_says_which_version_has_it(
    name: str, install: Install
) -> None:
    install("2.3.1", "1.14.0")
    with pytest.raises(TooOld, match=r"came with Keras 3, not 2\.3\.1; install keras>=3"):
        registry.load(name)


@pytest.mark.parametrize(
    ("keras", "below", "groups", "layouts"),
    [
        ("2.3.1", "1.14.0", False, ("channels_last", "channels_first")),
        ("2.4.3", "2.3.4", False, ("channels_last",)),
        ("2.6.0", "2.6.5", True, ("channels_last",)),
        ("2.11.0", "2.11.0", True, ("channels_last", "channels_first")),
    ],
)
def test_a_layer_of_keras_2_has_what_its_tensorflow_has(
    keras: str, below: str, groups: bool, layouts: tuple[str, ...], install: Install
) -> None:
    install(keras, below)
    spec = registry.load("keras.layers.Conv2D").spec
    assert ("groups" in spec.options, spec.layouts) == (groups, layouts)


@pytest.fixture
def has_onednn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Stand in for a TensorFlow that says whether it has turned oneDNN on."""
    on: bool = request.param
    port = SimpleNamespace(IsMklEnabled=lambda: on)
    monkeypatch.setitem(
        sys.modules, "tensorflow.python.util", SimpleNamespace(_pywrap_util_port=port)
    )
    return on


@pytest.mark.parametrize("has_onednn", [True], indirect=True)
@pytest.mark.parametrize("spec", [Conv2d.spec, Conv2dTranspose.spec], ids=lambda spec: spec.name)
def test_todays_tensorflow_has_all_that_is_declared(spec: Spec, has_onednn: bool) -> None:
    assert (spec_for_version(tensorflow("2.21.0"), spec) is spec) == has_onednn


@pytest.mark.usefixtures("has_onednn")
@pytest.mark.parametrize("has_onednn", [True, False], indirect=True)
@pytest.mark.parametrize(("version", "taken"), [("2.13.1", False), ("2.14.0", True)])
def test_tensorflow_takes_the_bfloat16_of_ml_dtypes_since_2_14(version: str, taken: bool) -> None:
    spec = spec_for_version(tensorflow(version), Conv2d.spec)
    assert ("bfloat16" in spec.dtypes) == taken


@pytest.mark.usefixtures("has_onednn")
@pytest.mark.parametrize("has_onednn", [False], indirect=True)
def test_todays_tensorflow_lacks_a_layout_and_gradients_without_onednn() -> None:
    spec = spec_for_version(tensorflow("2.21.0"), Conv2d.spec)
    assert (spec.layouts, spec.dtypes) == (("NHWC",), Conv2d.spec.dtypes)
    assert {("gradients", "dilation"), ("followed", "groups")} <= {*spec.refuses}


@pytest.mark.parametrize(
    ("version", "options"),
    [
        ("1.14.0", ("batch", "stride", "dilation", "explicit")),
        ("2.4.4", ("batch", "stride", "dilation", "explicit")),
        ("2.5.3", ("batch", "stride", "dilation", "groups", "explicit")),
    ],
)
def test_tensorflow_has_groups_on_the_cpu_since_2_5(version: str, options: tuple[str, ...]) -> None:
    spec = spec_for_version(tensorflow(version), Conv2d.spec)
    assert (spec.options, spec.layouts) == (options, ("NHWC",))


@pytest.mark.parametrize("version", ["1.14.0", "2.8.4"])
def test_conv2d_transpose_has_strides_alone_before_onednn(version: str) -> None:
    assert spec_for_version(tensorflow(version), Conv2dTranspose.spec).options == (
        "batch",
        "stride",
    )


@pytest.mark.parametrize(
    ("version", "line"),
    [("1.14.0", "enable_eager_execution()"), ("2.3.4", ""), ("2.4.4", "enable_tensor_float_32")],
)
def test_a_script_for_an_older_tensorflow_calls_only_what_that_has(version: str, line: str) -> None:
    snippet = choose_snippet(spec_for_version(tensorflow(version), Conv2d.spec).snippet, "same")
    missing = {"enable_eager_execution()", "enable_tensor_float_32"} - {line}
    assert line in snippet
    assert not any(word in snippet for word in missing)


def test_groups_that_a_version_has_not_are_unsupported() -> None:
    spec = spec_for_version(tensorflow("1.14.0"), Conv2dTranspose.spec)
    with pytest.raises(Unsupported, match="conv2d_transpose of this version has no groups"):
        require_no_groups(2, spec)


def test_fftconvolve_before_scipy_1_4_is_held_to_float64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("scipy.signal.oaconvolve")
    assert registry.load("scipy.signal.fftconvolve").spec.dtypes == ("float64",)


def test_oaconvolve_before_scipy_1_4_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("scipy.signal.oaconvolve")
    with pytest.raises(Unavailable, match=r"came with SciPy 1\.4; install scipy>=1\.4"):
        registry.load("scipy.signal.oaconvolve")


def test_a_transposed_layer_of_keras_2_is_given_output_padding_and_may_give_a_list(
    monkeypatch: pytest.MonkeyPatch, install: Install
) -> None:
    given: list[object] = []
    install("2.4.3", "2.3.4")
    keras = sys.modules["keras"]
    model = SimpleNamespace(set_weights=lambda _: None, predict=lambda _: [])
    layer = SimpleNamespace(Conv2DTranspose=lambda *_, **o: given.append(o["output_padding"]))
    backend = SimpleNamespace(backend=lambda: "theano", clear_session=lambda: None)
    monkeypatch.setattr(keras, "layers", layer, raising=False)
    monkeypatch.setattr(keras, "models", SimpleNamespace(Sequential=lambda _: model), raising=False)
    monkeypatch.setattr(keras, "backend", backend)
    img, k = np.ones((0, 1, 2, 2), "float32"), np.ones((1, 1, 2, 2), "float32")
    out: object = keras2.LayersConv2DTranspose().conv_transpose2d(
        img, k, "valid", stride=2, output_padding=1
    )
    assert (given, out) == ([1], [])


def test_pytorch_1_11_is_pinned_by_the_flags_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = {name: SimpleNamespace(allow_tf32=True) for name in ("matmul", "cudnn")}
    mkldnn = SimpleNamespace(is_available=lambda: True)
    backends = SimpleNamespace(
        cuda=SimpleNamespace(matmul=flags["matmul"]), cudnn=flags["cudnn"], mkldnn=mkldnn
    )
    torch = SimpleNamespace(backends=backends, get_num_threads=lambda: 2)
    monkeypatch.setattr(precision, "_pinned", {})
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert precision.pin_torch() is torch
    assert precision.settings() == {
        "torch.float32_matmul_precision": "unknown",
        "torch.backends.cuda.matmul.allow_tf32": "False",
        "torch.backends.cudnn.allow_tf32": "False",
        "torch.backends.cudnn.deterministic": "True",
        "torch.backends.mkldnn": "True",
        "torch.num_threads": "2",
    }
