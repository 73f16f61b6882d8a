"""Interpreters, and environments that are built for a call and kept."""
