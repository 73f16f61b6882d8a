"""What a results document says, as rows: pure functions that every artefact draws from."""
