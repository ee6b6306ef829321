"""Derivations for continual learning, one subject a module."""
