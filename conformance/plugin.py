"""The pytest plugin under a short name, for ``-p conv2d_conformance.plugin``.

In a checkout ``-p conformance.plugin`` works too: reports of earlier versions print it.
"""

from __future__ import annotations

pytest_plugins = ["conv2d_conformance.matrix.plugin"]
