"""Reproduces a failure without this project: its arrays and a stand-alone script."""
