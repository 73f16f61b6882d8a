"""The results document, and everything rendered from it: a document in, an artefact out."""

from __future__ import annotations
