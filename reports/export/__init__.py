"""Renders a document, or the gate's findings, as Markdown, JUnit, JSON, text or a baseline."""
