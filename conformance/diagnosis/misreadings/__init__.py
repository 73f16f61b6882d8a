"""What a check's wrong result equals instead: one search, and the misreadings that it tries."""
