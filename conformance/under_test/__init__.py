"""A backend that is held to its declared or measured facts."""
