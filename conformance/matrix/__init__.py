"""The pytest plugin: options, selection, recording, and reproducers of failures."""
