"""Verified derivations of self-supervised eigenspace dynamics, one module a topic."""
