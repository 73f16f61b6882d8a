"""The snippets of the frameworks: each call as its user writes it, for planes and for layers."""
