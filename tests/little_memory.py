"""A pytest plugin: calls in other processes may hold half a gibibyte, wherever this runs.

What eats memory is then ended as soon on a large machine as on a small one.
"""

from __future__ import annotations

from conformance import interpreter

interpreter.MEMORY = 2**29
