"""Verified derivations of equilibrium propagation and of the bias of a finite nudge."""
