"""What a call does, measured: its conventions, precision, special values and determinism."""
