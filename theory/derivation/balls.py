"""Signs of transcendental functions on boxes, by ball arithmetic (python-flint) with subdivision.

An enclosure of ``f`` over a box that stays clear of 0 proves the sign of ``f`` on all of it, for
functions of which the solver in `smt` knows no algebra, such as ``cos(x) + 2 - x/10`` on (0, 9).
Boxes on which the enclosure meets 0 are halved, up to a fixed number of times.
"""

import sympy as sp
from mpmath import mp

try:
    import flint
except ImportError:  # the engine runs without; see Region.holds
    flint = None  # type: ignore[assignment]  # a module or none

BOXES = 3000
NEEDED = "python-flint"
_FUNCTIONS = {
    **{sp.exp: "exp", sp.log: "log", sp.sin: "sin", sp.cos: "cos", sp.tan: "tan"},
    **{sp.sinh: "sinh", sp.cosh: "cosh", sp.tanh: "tanh", sp.atan: "atan", sp.asinh: "asinh"},
    **{sp.asin: "asin", sp.acos: "acos", sp.atanh: "atanh", sp.gamma: "gamma", sp.erf: "erf"},
    **{sp.erfc: "erfc", sp.sec: "sec", sp.sech: "sech", sp.Abs: "__abs__"},
    **{sp.LambertW: "lambertw", sp.cot: "cot", sp.coth: "coth", sp.acosh: "acosh"},
}


class NoEnclosure(Exception):
    """The expression has a part that is not enclosed here."""


def sign_on_box(expression, box):
    """1 or -1 where the expression has this sign on the whole closed box, else 0.

    Parameters
    ----------
    expression : real SymPy expression
    box : dict
        ``{symbol: (low, high)}`` with rational bounds for each of its symbols.
    """
    if flint is None or len(box) > 3:
        return 0
    symbols = list(box)
    waiting = [tuple(tuple(map(sp.Rational, box[s])) for s in symbols)]
    found = 0
    for _ in range(BOXES):
        if not waiting:
            return found
        cell = waiting.pop()
        try:
            value = _enclose(expression, dict(zip(symbols, map(_ball, cell), strict=True)))
        except (NoEnclosure, ValueError, ArithmeticError):
            return 0
        sign = 1 if value > 0 else -1 if value < 0 else 0
        if not sign:
            widths = [high - low for low, high in cell]
            widest = widths.index(max(widths))
            low, high = cell[widest]
            for half in ((low, (low + high) / 2), ((low + high) / 2, high)):
                waiting.append((*cell[:widest], half, *cell[widest + 1 :]))
        elif found and sign != found:
            return 0
        else:
            found = sign
    return 0


def apart(difference, point, digits=2000):
    """Whether a difference is certainly not 0 at a point; None where it cannot be enclosed.

    Parameters
    ----------
    difference : SymPy expression
    point : dict
        ``{symbol: mpf or mpc}``.
    """
    if flint is None:
        return None
    try:
        with flint.ctx.workprec(int(3.4 * digits)):
            balls = {symbol: _complex(value) for symbol, value in point.items()}
            return not _enclose(difference, balls).contains(0)
    except (NoEnclosure, ValueError, ArithmeticError, TypeError, AttributeError, OverflowError):
        return None


def _complex(value):
    if isinstance(value, mp.mpf):
        return _float(value)
    return flint.acb(_float(value.real), _float(value.imag))


def _float(value):
    sign, mantissa, exponent, _ = value._mpf_
    whole = flint.arb(flint.fmpz(-int(mantissa) if sign else int(mantissa)))
    return whole * flint.arb(2) ** int(exponent)


def _exact(number):
    return flint.arb(flint.fmpq(int(number.p), int(number.q)))


def _ball(interval):
    low, high = map(_exact, interval)
    return low.union(high)


def _enclose(e, point):
    if e in point:
        return point[e]
    if e.is_Rational:
        return _exact(e)
    if e is sp.I:
        return flint.acb(0, 1)
    if e is sp.pi:
        return flint.arb.pi()
    if e is sp.E:
        return flint.arb(1).exp()
    if e is sp.EulerGamma:
        return flint.arb.const_euler()
    if e.is_Add or e.is_Mul:
        first, *rest = (_enclose(part, point) for part in e.args)
        for part in rest:
            first = first + part if e.is_Add else first * part
        return first
    if isinstance(e, sp.exp) or (e.func in _FUNCTIONS and len(e.args) == 1):
        return getattr(_enclose(e.args[0], point), _FUNCTIONS[e.func])()
    if e.is_Pow and e.exp.is_Integer:
        base = _enclose(e.base, point)
        return base ** int(e.exp) if e.exp > 0 else 1 / base ** int(-e.exp)
    if e.is_Pow:
        return _enclose(e.base, point) ** _enclose(e.exp, point)
    raise NoEnclosure(e)
