"""Finds Pythons, and builds and caches environments for a call."""
