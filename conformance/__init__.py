"""The standard: clauses, cases, the reference, error bounds, the probe and the commands."""
