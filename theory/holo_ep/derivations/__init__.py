"""Verified derivations of holomorphic equilibrium propagation and of Jacobian homeostasis."""
