"""What a result is when it is not what was expected."""
