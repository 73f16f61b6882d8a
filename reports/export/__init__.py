"""A results document, or what the gate found, as Markdown, JUnit, JSON, text or a baseline."""
