"""A results document as rows: pure functions that every artefact uses."""
