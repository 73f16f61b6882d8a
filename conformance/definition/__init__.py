"""The definition: the reference, the rules of padding, the error bounds and the conventions."""
