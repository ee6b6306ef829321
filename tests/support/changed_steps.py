"""Steps of a derivation with one sign, factor, exponent, index, limit or initial value changed."""

import random

import sympy as sp
from numbers_for_letters import in_matrices
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from theory.derivation import Derivation, DerivationError
from theory.derivation.equality import differ
from theory.derivation.region import Region

# An inequality may survive a change and still be true, and what is put in is not proved.
RULES = (
    *("identity", "rewrite", "apply", "substitute", "solve", "differentiate"),
    *("integrate", "sum", "limit", "asymptotic", "expand"),
)


def _changed(expression, rng):
    """The expression with one part changed, or None."""
    parts = [
        part
        for part in sp.preorder_traversal(expression)
        if isinstance(part, sp.Expr)
        and not part.is_Matrix
        and (part.free_symbols or part.is_Number)
        and not isinstance(part, sp.Subs)
    ]
    how = rng.choice(["sign", "factor", "half", "index", "exponent"])
    if how == "index":
        parts = [part for part in parts if part.is_Symbol]
    if how == "exponent":
        parts = [part for part in parts if part.is_Pow and part.exp.is_Rational]
    if not parts:
        return None
    part = rng.choice(parts)
    new = {
        "sign": lambda: -part,
        "factor": lambda: 2 * part,
        "half": lambda: part / 2,
        "index": lambda: part + 1,
        "exponent": lambda: part.base ** (part.exp + 1),
    }[how]()
    try:
        return expression.xreplace({part: new})
    except (TypeError, ValueError, AttributeError, NotImplementedError):
        return None


def _certainly_differ(right, new, domain):
    if right.is_commutative:
        return differ(right, new, Region(domain))
    values = in_matrices([right, new], random.Random(1))
    return values is not None and values[0] != values[1]


def _changed_left_side(claimed, rng):
    """``left = 0`` with one part of a left side changed that does not commute, or None."""
    new = _changed(claimed.lhs, rng)
    values = None if new is None else in_matrices([claimed.lhs, new], random.Random(1))
    if values is None:
        return None
    # A multiple of the true left side is 0 as well.
    both = sp.Matrix.hstack(*(value.reshape(value.rows**2, 1) for value in values))
    return sp.Eq(new, 0, evaluate=False) if both.rank() == 2 else None


def _false_calls(rule, domain, claimed, arguments, options, rng):
    """Calls of a rule that differ from the true one in one place and are false."""
    if options.get("unique") is False:
        return  # another solution of the same equation is as true
    right = claimed.rhs if isinstance(claimed, Relational) else sp.sympify(claimed)
    if not getattr(right, "is_Matrix", False):
        new = _changed(right, rng)
        if rule == "asymptotic" and new is not None and sp.limit(new / right, *arguments[:2]) == 1:
            new = None  # another leading term that is as true
        if new is not None and _certainly_differ(right, new, domain):
            whole = isinstance(claimed, Relational)
            false = claimed.func(claimed.lhs, new, evaluate=False) if whole else new
            yield false, arguments, options
    if right == 0 and isinstance(claimed, sp.Equality) and not claimed.lhs.is_commutative:
        false = _changed_left_side(claimed, rng)
        if false is not None:
            yield false, arguments, options
    if rule == "integrate" and isinstance(arguments[0], tuple) and not right.has(AppliedUndef):
        x, low, high = arguments[0]
        if sp.sympify(high).is_finite:
            yield claimed, ((x, low, 2 * high + 1), *arguments[1:]), options
    if options.get("initial"):
        wrong = {place: 2 * value + 1 for place, value in options["initial"].items()}
        yield claimed, arguments, options | {"initial": wrong}


def accepted_changes(monkeypatch, build, share, seed):
    """Build a derivation, trying its steps with a change first; return it, tried and accepted.

    Parameters
    ----------
    build : callable
        Returns the derivation.
    share : float
        Of the steps, drawn at random, that are tried with a change.
    seed : str or int
    """
    rng, tried, accepted = random.Random(seed), [], []

    def watched(rule, true):
        def call(self, name, claimed, *arguments, **options):
            if rng.random() < share:
                for false, others, more in _false_calls(
                    rule, self.domain, claimed, arguments, options, rng
                ):
                    tried.append((self.title, name))
                    try:
                        true(self, name, false, *others, **more)
                    except DerivationError:
                        continue
                    accepted.append((self.title, name, false))
                    del self._steps[name]
            return true(self, name, claimed, *arguments, **options)

        return call

    with monkeypatch.context() as patch:
        for rule in RULES:
            patch.setattr(Derivation, rule, watched(rule, getattr(Derivation, rule)))
        return build(), tried, accepted
