"""The results document: its types, its schema, and how it is read, written and merged."""
