"""The search for a misreading that explains a check's wrong result."""
