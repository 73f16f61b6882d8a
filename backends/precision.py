"""Import a framework, hold it to full precision, and read back what is then in force.

A framework may lower float32 to TF32 or float64 to float32 on its own; each ``pin_*`` says no.
`settings` asks the framework again, since a flag that was set need not be one that holds.
"""

from __future__ import annotations

import os
from typing import Any

_pinned: dict[str, Any] = {}


def pin_torch() -> Any:
    """Import PyTorch with TF32 off.

    ``use_deterministic_algorithms`` stays off: it also fills fresh memory, which would hide a call
    that returns memory it never wrote.
    """
    import torch

    if hasattr(torch, "set_float32_matmul_precision"):  # PyTorch >= 1.12
        torch.set_float32_matmul_precision("highest")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    return _pinned.setdefault("torch", torch)


def pin_jax() -> Any:
    """Import JAX with float64 as float64 and products at the highest precision."""
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_default_matmul_precision", "highest")
    return _pinned.setdefault("jax", jax)


def pin_tensorflow() -> Any:
    """Import TensorFlow, quietly and eager, with TF32 off and its operations deterministic."""
    tf = _import_tensorflow()
    if not tf.executing_eagerly():  # TensorFlow 1
        tf.compat.v1.enable_eager_execution()
    return tf


def _import_tensorflow() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    experimental = tf.config.experimental
    if hasattr(experimental, "enable_tensor_float_32_execution"):  # TensorFlow >= 2.4
        experimental.enable_tensor_float_32_execution(False)
    if hasattr(experimental, "enable_op_determinism"):  # TensorFlow >= 2.8
        experimental.enable_op_determinism()
    return _pinned.setdefault("tensorflow", tf)


def pin_keras() -> Any:
    """Import Keras and pin the framework that it is configured for; floatx is left alone.

    Keras goes first, since it knows in which order its frameworks can be imported. TensorFlow 1
    stays lazy, for the Keras of its time runs on nothing else.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    pin = _PINS.get(keras.backend.backend())
    if pin:
        pin()
    return _pinned.setdefault("keras", keras)


def settings() -> dict[str, str]:
    """Return the settings in force in each framework pinned in this process, by dotted name."""
    found: dict[str, Any] = {}
    for name, module in _pinned.items():
        found.update(_READERS[name](module))
    return {key: str(value) for key, value in found.items()}


def _read_torch(torch: Any) -> dict[str, Any]:
    backends = torch.backends
    return {
        "torch.float32_matmul_precision": _torch_matmul_precision(torch),
        "torch.backends.cuda.matmul.allow_tf32": backends.cuda.matmul.allow_tf32,
        "torch.backends.cudnn.allow_tf32": backends.cudnn.allow_tf32,
        "torch.backends.cudnn.deterministic": backends.cudnn.deterministic,
        "torch.backends.mkldnn": backends.mkldnn.is_available()
        and getattr(backends.mkldnn, "enabled", True),
        "torch.num_threads": torch.get_num_threads(),
    }


def _torch_matmul_precision(torch: Any) -> str:
    if not hasattr(torch, "get_float32_matmul_precision"):
        return "unknown"  # PyTorch < 1.12
    return str(torch.get_float32_matmul_precision())


def _read_jax(jax: Any) -> dict[str, Any]:
    return {
        "jax.enable_x64": jax.config.jax_enable_x64,
        "jax.default_matmul_precision": jax.config.jax_default_matmul_precision,
        "jax.default_backend": jax.default_backend(),
        "jax.XLA_FLAGS": os.environ.get("XLA_FLAGS", "unset"),
    }


def _read_tensorflow(tf: Any) -> dict[str, Any]:
    threading = tf.config.threading
    return {
        "tensorflow.tensor_float_32": _tensorflow_tensor_float_32(tf),
        "tensorflow.op_determinism": _tensorflow_op_determinism(),
        "tensorflow.TF_ENABLE_ONEDNN_OPTS": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "unset"),
        "tensorflow.intra_op_threads": threading.get_intra_op_parallelism_threads(),
        "tensorflow.inter_op_threads": threading.get_inter_op_parallelism_threads(),
    }


def _tensorflow_tensor_float_32(tf: Any) -> str:
    if not hasattr(tf.config.experimental, "tensor_float_32_execution_enabled"):
        return "unknown"  # TensorFlow < 2.4
    return str(tf.config.experimental.tensor_float_32_execution_enabled())


def _tensorflow_op_determinism() -> str:
    try:
        from tensorflow.python.framework.config import is_op_determinism_enabled
    except ImportError:  # TensorFlow < 2.8
        return "unknown"
    return str(is_op_determinism_enabled())


def _read_keras(keras: Any) -> dict[str, Any]:
    return {
        "keras.backend": keras.backend.backend(),
        "keras.floatx": keras.backend.floatx(),
        "keras.image_data_format": keras.backend.image_data_format(),
    }


_PINS = {"torch": pin_torch, "jax": pin_jax, "tensorflow": _import_tensorflow}
_READERS = {
    "torch": _read_torch,
    "jax": _read_jax,
    "tensorflow": _read_tensorflow,
    "keras": _read_keras,
}
