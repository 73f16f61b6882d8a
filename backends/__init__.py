"""The calls under test: one module per call surface, and the registry that finds them."""
