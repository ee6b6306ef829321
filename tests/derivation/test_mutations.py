"""Derivations of all subjects with one sign, factor, exponent, index or limit changed: refused."""

import importlib
import inspect
import pkgutil
import random

import pytest
import sympy as sp
from numbers_for_letters import in_matrices
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

import theory
from theory.derivation import Derivation, DerivationError
from theory.derivation.equality import differ
from theory.derivation.region import Region

# An inequality may survive a change and still be true, and what is put in is not proved.
RULES = (
    *("identity", "rewrite", "apply", "substitute", "solve", "differentiate"),
    *("integrate", "sum", "limit", "asymptotic", "expand"),
)
SHARE = 0.1  # of the steps, drawn at random with a fixed seed; the whole takes minutes


def changed(expression, rng):
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


def certainly_differ(right, new, domain):
    if right.is_commutative:
        return differ(right, new, Region(domain))
    values = in_matrices([right, new], random.Random(1))
    return values is not None and values[0] != values[1]


def changed_left_side(claimed, rng):
    """``left = 0`` with one part of a left side changed that does not commute, or None."""
    new = changed(claimed.lhs, rng)
    values = None if new is None else in_matrices([claimed.lhs, new], random.Random(1))
    if values is None:
        return None
    # A multiple of the true left side is 0 as well.
    both = sp.Matrix.hstack(*(value.reshape(value.rows**2, 1) for value in values))
    return sp.Eq(new, 0, evaluate=False) if both.rank() == 2 else None


def mutants(rule, domain, claimed, arguments, options, rng):
    """Calls of a rule that differ from the true one in one place and are false."""
    if options.get("unique") is False:
        return  # another solution of the same equation is as true
    right = claimed.rhs if isinstance(claimed, Relational) else sp.sympify(claimed)
    if not getattr(right, "is_Matrix", False):
        new = changed(right, rng)
        if rule == "asymptotic" and new is not None and sp.limit(new / right, *arguments[:2]) == 1:
            new = None  # another leading term that is as true
        if new is not None and certainly_differ(right, new, domain):
            whole = isinstance(claimed, Relational)
            false = claimed.func(claimed.lhs, new, evaluate=False) if whole else new
            yield false, arguments, options
    if right == 0 and isinstance(claimed, sp.Equality) and not claimed.lhs.is_commutative:
        false = changed_left_side(claimed, rng)
        if false is not None:
            yield false, arguments, options
    if rule == "integrate" and isinstance(arguments[0], tuple) and not right.has(AppliedUndef):
        x, low, high = arguments[0]
        if sp.sympify(high).is_finite:
            yield claimed, ((x, low, 2 * high + 1), *arguments[1:]), options
    if options.get("initial"):
        wrong = {place: 2 * value + 1 for place, value in options["initial"].items()}
        yield claimed, arguments, options | {"initial": wrong}


def derivations():
    for found in pkgutil.walk_packages(theory.__path__, "theory."):
        if "derivations" in found.name.split("."):
            module = importlib.import_module(found.name)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == module.__name__ and not name.startswith("_"):
                    yield function


def test_mutations_of_the_shipped_derivations_are_refused(monkeypatch):
    rng, tried, accepted = random.Random(20240229), [], []

    def watched(rule, true):
        def call(self, name, claimed, *arguments, **options):
            if rng.random() < SHARE:
                calls = mutants(rule, self.domain, claimed, arguments, options, rng)
                for false, others, more in calls:
                    tried.append((self.title, name))
                    try:
                        true(self, name, false, *others, **more)
                    except DerivationError:
                        continue
                    accepted.append((self.title, name, false))
                    del self._steps[name]
            return true(self, name, claimed, *arguments, **options)

        return call

    for rule in RULES:
        monkeypatch.setattr(Derivation, rule, watched(rule, getattr(Derivation, rule)))
    for function in derivations():
        function()
    assert len(tried) >= 30
    assert len(accepted) <= 0.01 * len(tried), accepted


if __name__ == "__main__":
    SHARE = 1.0
    with pytest.MonkeyPatch.context() as patch:
        test_mutations_of_the_shipped_derivations_are_refused(patch)
