"""The backend under test: its calls, its measured facts, and the result that each should have."""
