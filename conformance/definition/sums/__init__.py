"""Sums of products, exact or in twice the working precision: what the reference is made of."""
