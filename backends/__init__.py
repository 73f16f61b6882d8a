"""The calls under test: an adapter for each call, and the registry that finds them."""
