"""The commands of ``python -m conv2d_conformance``, and what can be typed after each."""
