"""The question's calls as they were written in 2019; its stack runs them beside its arrays."""

from __future__ import annotations

import keras
import numpy as np
from scipy import signal

image = np.loadtxt("image.csv", delimiter=",", dtype=np.float32)
kernel = np.loadtxt("kernel.csv", delimiter=",", dtype=np.float32)

layer = keras.layers.Conv2D(1, (3, 3), padding="same", use_bias=False, input_shape=(8, 8, 1))
model = keras.models.Sequential([layer])
model.set_weights([kernel[:, :, None, None]])

results = {
    "image": image,
    "convolve2d(image, kernel)": signal.convolve2d(image, kernel, mode="same"),
    "convolve2d(image, kernel.T)": signal.convolve2d(image, kernel.T, mode="same"),
    "correlate2d(image, kernel)": signal.correlate2d(image, kernel, mode="same"),
    "correlate2d(image, kernel.T)": signal.correlate2d(image, kernel.T, mode="same"),
    "Conv2D(image, kernel)": model.predict(image[None, :, :, None])[0, :, :, 0],
}
