"""Verified derivations of the metaplastic task, one module a topic."""
