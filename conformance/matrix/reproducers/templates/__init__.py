"""The pieces of a stand-alone script, as Python files that lint and type-check.

A script gets what is below the mark in each file. Above the mark are imports. Those of the
standard library go to the top of the script. Those of another piece put that piece first. Those
of `declared` name what the writer makes. Scripts run on Python 3.7 with NumPy and the framework.
"""

from __future__ import annotations
