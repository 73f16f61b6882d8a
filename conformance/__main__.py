"""Runs the command line: ``python -m conv2d_conformance``."""

from __future__ import annotations

import sys

from conv2d_conformance.cli.main import main

sys.exit(main())
