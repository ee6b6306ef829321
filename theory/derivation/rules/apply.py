"""Rule: the same function of both sides."""

import sympy as sp

from theory.derivation.definedness import open_conditions
from theory.derivation.region import Region
from theory.derivation.step import sides
from theory.derivation.verdict import Refused


def apply(record, name, claimed, function, reason, of=None, where=()):
    """Apply the same function to both sides of an equation (or to an expression).

    The function is printed. It must be finite at both sides (``s/x`` needs a nonzero x); where it
    is not strictly monotone, the new equation is a consequence of the old one and not equivalent
    to it, and the step says so.

    Parameters
    ----------
    function : callable
        Takes a SymPy object and returns one, for example ``sympy.log``.
    where : sequence of relations, optional
        Conditions, printed with the step.
    """
    step = record.step(of)

    def prove(claimed, region):
        _check_defined(function, sides(step.statement) or [step.statement], region)

        def verify(side, claimed_side):
            return record.equal(function(side), claimed_side, region)

        fields = record.carried(step, claimed, function, verify, equations_only=True)
        return fields | {"operation": _told(function, step, region)}

    return record.add(name, "apply", claimed, reason, prove, [step], where)


def _check_defined(function, both, region):
    """The function must be finite at one of the sides, and so at the other, which is the same."""
    missing = []
    for side in both:
        if getattr(side, "is_Matrix", False):
            return
        u = sp.Dummy("u", **_assumptions(side))
        image = sp.sympify(function(u))
        if getattr(image, "is_Matrix", False):
            return
        needs = [condition.subs(u, side) for condition in open_conditions(image, Region())]
        missing.append([n for n in needs if n != sp.true and not region.holds(n)])
    if all(missing):
        raise Refused(
            f"the function needs {missing[0][0]}: declare the symbols or state where=[...]"
        )


def _told(function, step, region):
    both = sides(step.statement) or [step.statement]
    if any(getattr(side, "is_Matrix", False) for side in both):
        return (f"the same function of both sides of ({step.number})",)
    common = [_assumptions(side) for side in both]
    shared = {key: True for key in common[0] if all(key in one for one in common)}
    u = sp.Symbol("u", **shared)
    image = sp.sympify(function(u))
    note = ""
    if len(both) == 2 and not _one_to_one(image, u, region):
        note = ", not shown to be one-to-one, so a consequence only"
    return (f"({step.number}) under the function of ", u, " that is ", image, note)


def _one_to_one(image, u, region):
    slope = sp.diff(image, u)
    if not u.is_real:
        return slope.is_number and slope.is_zero is False
    return region.positive(slope) or region.positive(-slope)


def _assumptions(side):
    names = ("positive", "negative", "nonnegative", "nonpositive", "nonzero", "real")
    return {name: True for name in names if getattr(side, f"is_{name}", None)}
