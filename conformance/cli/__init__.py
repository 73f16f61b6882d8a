"""The commands of ``python -m conv2d_conformance`` and their options."""
