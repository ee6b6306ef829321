"""A derivation: a text of numbered steps, each proved at the moment it is added."""

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.derivation.algebra import AlgebraicSteps
from theory.derivation.asymptotics import verify_limit, verify_series
from theory.derivation.calculus import (
    verify_antiderivative,
    verify_definite_integral,
    verify_derivative,
    verify_sum,
)
from theory.derivation.evidence import Refuted
from theory.derivation.record import DerivationError
from theory.derivation.step import equation, sides

__all__ = ["Derivation", "DerivationError"]


def _entrywise(verify):
    """Verify matrices entry by entry; the entry that was hardest to prove is reported."""

    def verify_sides(side, claimed):
        if not isinstance(side, sp.MatrixBase):
            return verify(side, claimed)
        if getattr(claimed, "shape", None) != side.shape:
            raise Refuted(f"a matrix of shape {side.shape} is expected")
        proofs = [verify(*pair) for pair in zip(side.flat(), claimed.flat(), strict=True)]
        return max(proofs, key=lambda proof: "digits" in proof)

    return verify_sides


class Derivation(AlgebraicSteps):
    """A text of numbered steps, each of which is proved when it is added.

    Every method adds one step and returns the derivation, so that a chain of calls reads like a
    text. ``claimed`` is an equation ``sympy.Eq(left, right)``, an expression or a matrix. An
    equation claimed of an equation is proved side by side. An expression claimed of an equation
    speaks of its right side, and the left side is carried along, for example as a derivative.
    ``of`` names the step that is worked on; the default is the last one.

    Equations are read as holding for all values of their symbols. Symbols without assumptions are
    complex numbers, as in SymPy. A step that is false, vacuous or cannot be decided raises
    `DerivationError` and is not added.

    Parameters
    ----------
    title : str
    source : str, optional
        Paper with equation or section, or where else it comes from.
    symbols : dict, optional
        ``{symbol: meaning with unit}``, printed above the steps.
    domain : dict, optional
        ``{symbol: (low, high)}``, open intervals for which the statements are claimed where the
        assumptions of the symbols do not say it; bounds may be expressions in other symbols.
    dimensions : dict, optional
        ``{n: (2, 3)}``: sizes for which statements on matrix symbols of size n are checked.

    Examples
    --------
    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> d = Derivation("Growth of the hyperbolic cosine")
    >>> d = d.given("start", sp.cosh(x), "the function of interest")
    >>> d = d.expand("small x", 1 + x**2 / 2, x, 0, 3, "even function")
    >>> d["small x"]
    x**2/2 + 1
    """

    def differentiate(self, name, claimed, x, reason, of=None):
        """Differentiate with respect to a symbol or an undefined function.

        An equation has to hold for all x: either it contains an undefined function of x, or it is
        an identity.
        """
        step = self.step(of)

        def prove(claimed):
            self._check_holds_for_all(step, x)

            def verify(side, claimed_side):
                return verify_derivative(side, claimed_side, x, **self._options)

            fields = self._carried(
                step, claimed, lambda side: sp.Derivative(side, x), verify, equations_only=True
            )
            return fields | {"operation": (f"derivative of ({step.number}) in ", x)}

        return self._add(name, "differentiate", claimed, reason, prove)

    def integrate(self, name, claimed, limits, reason, of=None):
        """Integrate, ``limits`` being a symbol or ``(x, lower, upper)``.

        A claimed antiderivative is differentiated back. A definite integral is differentiated by
        its upper limit where that is a symbol, else integrated by rules, else compared with
        quadrature at 40 digits; the proof says which. Equations need limits, since an
        antiderivative would lose their constant.
        """
        step = self.step(of)
        definite = isinstance(limits, tuple | list | sp.Tuple)
        x = limits[0] if definite else limits
        spec = tuple(limits) if definite else limits

        def prove(claimed):
            self._check_holds_for_all(step, x)
            if not definite and sides(step.statement):
                raise Refuted("integrate an equation between limits, or its constant is lost")

            @_entrywise
            def verify(side, claimed_side):
                if definite:
                    return verify_definite_integral(side, claimed_side, spec, **self._options)
                return verify_antiderivative(side, claimed_side, x, **self._options)

            fields = self._carried(
                step, claimed, lambda side: sp.Integral(side, spec), verify, equations_only=True
            )
            return fields | {"operation": (f"integral of ({step.number}) over ", x)}

        return self._add(name, "integrate", claimed, reason, prove)

    def sum(self, name, claimed, limits, reason, of=None):
        """Sum an expression over ``(k, lower, upper)``, proved by induction in the upper limit.

        The upper limit is an integer symbol plus a constant; sums between numbers or to infinity
        are done by SymPy.
        """
        step = self.step(of)

        def prove(claimed):
            self._check_holds_for_all(step, limits[0])

            @_entrywise
            def verify(side, claimed_side):
                return verify_sum(side, claimed_side, limits, **self._options)

            fields = self._carried(
                step, claimed, lambda side: sp.Sum(side, limits), verify, equations_only=True
            )
            return fields | {"operation": (f"sum of ({step.number}) over ", limits[0])}

        return self._add(name, "sum", claimed, reason, prove)

    def expand(self, name, claimed, x, x0, order, reason, of=None):
        """Expand in powers of ``x - x0`` through ``order``; in powers of ``1/x`` at infinity.

        The claim holds all terms through that order and none beyond; negative powers and logarithms
        are allowed.
        """
        step = self.step(of)

        def prove(claimed):
            if sides(claimed):
                raise Refuted("claim the truncated series itself, not an equation")
            if not step.statement.has(x):
                raise Refuted(f"step {step.name!r} does not depend on {x}")

            @_entrywise
            def verify(side, claimed_side):
                return verify_series(side, claimed_side, x, x0, order, **self._options)

            fields = self._carried(step, claimed, lambda side: side, verify, equations_only=True)
            power = x**-order if sp.sympify(x0).is_infinite else (x - x0) ** order
            return fields | {
                "relation": r"\approx",
                "statement": claimed,
                "operation": (
                    f"({step.number}) expanded around ",
                    equation(x, x0),
                    " with an error smaller than ",
                    power,
                ),
            }

        return self._add(name, "expand", claimed, reason, prove)

    def limit(self, name, claimed, x, x0, reason, of=None, direction="+"):
        """Let x tend to x0 from above (``"+"``), below (``"-"``) or both sides (``"+-"``)."""
        step = self.step(of)

        def prove(claimed):
            self._check_holds_for_all(step, x)

            @_entrywise
            def verify(side, claimed_side):
                return verify_limit(side, claimed_side, x, x0, direction, **self._options)

            fields = self._carried(
                step,
                claimed,
                lambda side: sp.Limit(side, x, x0, direction),
                verify,
                equations_only=True,
            )
            return fields | {"operation": (f"limit of ({step.number})",)}

        return self._add(name, "limit", claimed, reason, prove)

    def asymptotic(self, name, claimed, x, x0, reason, of=None, direction="+"):
        """State the leading behaviour as x tends to x0: the ratio to the claim tends to 1."""
        step = self.step(of)

        def prove(claimed):
            if sides(claimed):
                raise Refuted("claim the leading term itself, not an equation")

            def verify(side, claimed_side):
                ratio = side / claimed_side
                return "ratio to the claim, " + verify_limit(
                    ratio, sp.S.One, x, x0, direction, **self._options
                )

            fields = self._carried(step, claimed, lambda side: side, verify, equations_only=True)
            return fields | {
                "relation": r"\sim",
                "statement": claimed,
                "operation": (f"leading behaviour of ({step.number}) as ", x, " tends to ", x0),
            }

        return self._add(name, "asymptotic", claimed, reason, prove)

    def _check_holds_for_all(self, step, x):
        """Calculus in x on an equation needs an equation that holds for every x."""
        x = sp.sympify(x)
        statement = step.statement
        if not statement.has(x):
            raise Refuted(f"step {step.name!r} does not depend on {x}")
        if not sides(statement) or any(part.has(x) for part in statement.atoms(AppliedUndef)):
            return
        try:
            self._equal(*sides(statement))
        except Refuted:
            raise Refuted(
                f"step {step.name!r} is an equation for {x}, not one that holds for all {x}: write "
                f"the quantity that depends on {x} as a function of it"
            ) from None
