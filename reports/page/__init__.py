"""What the HTML page shows besides its tables: links, plots, packed records, scripts."""

from __future__ import annotations
