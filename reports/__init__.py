"""The results document, and everything drawn from it: a document in, an artefact out."""

from __future__ import annotations
