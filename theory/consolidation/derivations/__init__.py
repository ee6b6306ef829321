"""Verified derivations of theories of consolidation, one module a topic."""
