"""Rule: the derivative of an expression, or of both sides of an equation that holds for all x."""

import sympy as sp

from theory.derivation.noncommuting import derivative
from theory.derivation.verdict import Refused


def differentiate(record, name, claimed, x, reason, of=None, where=()):
    """Differentiate with respect to a symbol or an undefined function.

    An equation has to hold for all x: either it contains an undefined function of x, or it is an
    identity. Integers have no derivatives. Factors that do not commute keep their places.
    """
    step = record.step(of)
    x = sp.sympify(x)

    def prove(claimed, region):
        record.check_runs(step, x)
        if x.is_integer:
            raise Refused(f"{x} is an integer, so that there is no derivative")

        def verify(side, claimed_side):
            return record.equal(derivative(side, x), claimed_side, region)

        fields = record.carried(
            step, claimed, lambda side: sp.Derivative(side, x), verify, equations_only=True
        )
        return fields | {"operation": (f"derivative of ({step.number}) in ", x)}

    return record.add(name, "differentiate", claimed, reason, prove, [step], where)
