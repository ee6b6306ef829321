"""A derivation: a text of numbered steps, each proved at the moment it is added."""

from theory.derivation.record import DerivationError, Record
from theory.derivation.rules.apply import apply
from theory.derivation.rules.differentiate import differentiate
from theory.derivation.rules.expand import expand
from theory.derivation.rules.identity import identity
from theory.derivation.rules.integrate import integrate
from theory.derivation.rules.limit import asymptotic, limit
from theory.derivation.rules.nonnegative import nonnegative
from theory.derivation.rules.premises import assume, define, given, quote
from theory.derivation.rules.rewrite import rewrite
from theory.derivation.rules.solve import solve
from theory.derivation.rules.substitute import substitute
from theory.derivation.rules.sum import sum

__all__ = ["Derivation", "DerivationError"]


class Derivation(Record):
    """A text of numbered steps, each of which is proved when it is added.

    Every rule adds one step and returns the derivation, so that a chain of calls reads like a
    text. ``claimed`` is an equation ``sympy.Eq(left, right)``, an expression or a matrix. An
    equation claimed of an equation is proved side by side. An expression claimed of an equation
    speaks of its right side, and the left side is carried along, for example as a derivative.
    ``of`` names the step that is worked on; the default is the last one.

    A step is *proved* (symbolically, or by a decision procedure), or *checked* (numbers agree at
    stated points, which is no proof), or it was put in as a *definition*, an *assumption* or a
    *quoted result*. Statements hold for all values that the assumptions of their symbols and the
    domain allow, under the conditions that are printed. Symbols without assumptions are complex
    numbers, as in SymPy; undefined functions are as smooth as is needed. A step that is false,
    vacuous or cannot be decided raises `DerivationError` and is not added.

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
        ``{n: (2, 3)}``: sizes for which statements on matrix symbols of size n are proved, where
        they are not proved for any size.

    Examples
    --------
    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> d = Derivation("Growth of the hyperbolic cosine")
    >>> d = d.given("start", sp.cosh(x), "the function of interest")
    >>> d = d.expand("small x", 1 + x**2 / 2, x, 0, 3, "even function")
    >>> d["small x"]
    x**2/2 + 1
    >>> d.counts
    {'start': 1, 'proved': 1}
    """

    # What is put in.
    given = given
    define = define
    assume = assume
    quote = quote
    # Algebra.
    identity = identity
    rewrite = rewrite
    apply = apply
    substitute = substitute
    solve = solve
    nonnegative = nonnegative
    # Calculus.
    differentiate = differentiate
    integrate = integrate
    sum = sum
    limit = limit
    asymptotic = asymptotic
    expand = expand
