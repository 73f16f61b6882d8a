"""The numbered clauses, one check for each, and the expected failures of releases."""
