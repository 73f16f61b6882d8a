"""The standard: clauses, cases, reference, error bounds, the probe, and the matrix of tests."""
