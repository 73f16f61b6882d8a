"""Sums of products for the reference: exact, or in twice the working precision."""
