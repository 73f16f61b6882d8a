"""Measures what a call does: its conventions, precision, special values and determinism."""
