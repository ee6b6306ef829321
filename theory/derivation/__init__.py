"""Derivations as objects: numbered steps, the reason for each, and a proof of each.

Public names
------------
Derivation
    A text of steps; every method adds one step and proves it at that moment.
DerivationError
    Raised by a step that is false, vacuous or cannot be decided.
Step
    One numbered statement with its reason, its status and the sentence that says how it was proved.
"""

from theory.derivation.core import Derivation, DerivationError
from theory.derivation.step import Step

__all__ = ["Derivation", "DerivationError", "Step"]
