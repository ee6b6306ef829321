"""Vectors and matrices are worked on entry by entry."""

import sympy as sp

from theory.derivation.verdict import Refused, together


def entrywise(verify):
    """Verify matrices entry by entry; the proof is as weak as that of the weakest entry."""

    def verify_sides(side, claimed):
        if not isinstance(side, sp.MatrixBase):
            return verify(side, claimed)
        if getattr(claimed, "shape", None) != side.shape:
            raise Refused(f"a matrix of shape {side.shape} is expected")
        return together([verify(*pair) for pair in zip(side.flat(), claimed.flat(), strict=True)])

    return verify_sides
