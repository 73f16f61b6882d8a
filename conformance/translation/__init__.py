"""Translates one call into another: how they differ, and the code for one's result."""
