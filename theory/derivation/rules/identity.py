"""Rule: an equation that holds without any premise."""

import sympy as sp

from theory.derivation.verdict import Refused


def identity(record, name, claimed, reason, where=()):
    """Add an equation of two expressions or matrices that holds without any premise.

    Parameters
    ----------
    where : sequence of relations, optional
        Conditions under which it holds; printed with the step.
    """

    def prove(claimed, region):
        if not isinstance(claimed, sp.Equality):
            raise Refused("an identity is an equation Eq(left, right)")
        return {"proof": record.equal(*claimed.args, region)}

    return record.add(name, "identity", claimed, reason, prove, where=where)
