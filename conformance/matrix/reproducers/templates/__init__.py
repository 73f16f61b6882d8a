"""The pieces of a stand-alone script, as Python files that lint and type-check.

A script holds what stands below the mark in each file. Above it are imports: those of the standard
library go to the top of the script, those of another piece put that piece in front, and those of
`declared` name what the writer makes. Scripts run on Python 3.7 with NumPy and the framework alone.
"""

from __future__ import annotations
