"""The adapters: one module for each call surface, one class for each call."""
