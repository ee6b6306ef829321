"""Definite integrals by numbers: a check at several points, and the search for counterexamples."""

import itertools

import sympy as sp
from mpmath import mp

from theory.derivation.budget import within
from theory.derivation.definedness import analytic
from theory.derivation.evidence import DIGITS, EVALUATION_ERRORS, compiled, located, steep_places
from theory.derivation.normal import SYMPY_ERRORS
from theory.derivation.points import number, points
from theory.derivation.verdict import CHECKED, UNDECIDED, Counterexample, Proof, Refused

SECONDS = 5
QUADRATURE_POINTS = 5


def quadrature(integrand, claimed, limits, region, wanted=QUADRATURE_POINTS, digits=DIGITS):
    """Compare a claimed integral with quadrature at several points.

    Returns
    -------
    Proof
        With status ``checked``.

    Raises
    ------
    Counterexample
        Where they differ by far more than the error of the quadrature.
    Refused
        Where quadrature does not reach the digits, or the integral of the modulus diverges.
    """
    x, lower, upper = limits
    parts = [sp.sympify(claimed), lower, upper]
    symbols = set().union(*(part.free_symbols for part in parts)) | integrand.free_symbols - {x}
    symbols = sorted(symbols, key=str)
    found, why = 0, "its error stays too large"
    smooth = not symbols or analytic(parts[0], region)
    with mp.workdps(digits + 15):
        function, claim = compiled([integrand], [x, *symbols]), compiled([parts[0]], symbols)
        candidates = points(set(symbols), region) if symbols else iter([{}])
        candidates = _with_equal_integers(itertools.islice(candidates, 4 * wanted), region)
        for point in candidates:
            values = tuple(point.values())
            try:
                value = mp.mpmathify(claim(*values)[0])
                low, high = (number(end, point) for end in (lower, upper))
                breaks = _breaks(integrand, x, point, low, high)
                integral, error, size = within(
                    SECONDS, _integral, function, values, breaks, abs(value)
                )
            except EVALUATION_ERRORS:
                continue
            scale = max(abs(value), abs(integral), size)
            if not mp.isfinite(scale) or error > scale * mp.mpf(10) ** -8:
                continue
            gap = abs(value - integral)
            if not _absolutely(function, values, low, high):
                why = "the integral of the modulus does not converge at every end"
                continue
            if gap > scale * mp.mpf(10) ** -(digits // 2) + 1000 * error:
                raise Counterexample(
                    f"{located(point)}the claim gives {mp.nstr(value, 8)} "
                    f"where quadrature gives {mp.nstr(integral, 8)}"
                )
            if gap > scale * mp.mpf(10) ** -digits:
                continue  # the quadrature itself is not exact enough to tell
            found += 1
            if found == wanted:
                break
    if found < (wanted if symbols else 1):
        raise Refused(
            f"{UNDECIDED}: quadrature reached {digits} digits at only {found} of {wanted} points "
            f"({why}); declare symbols positive, state a domain, or split the integral"
        )
    if not smooth:
        raise Refused(
            f"{UNDECIDED}: agreement at {found} points tells nothing of the rest, since the claim "
            "is not known to be smooth"
        )
    where = f" at {found} points" if symbols else ""
    return Proof(f"quadrature agrees to {digits} digits{where}", CHECKED)


def _with_equal_integers(candidates, region):
    """The points, and after each of them one with equal integers: a case of its own."""
    for point in candidates:
        yield point
        whole = [s for s in point if s.is_integer and s not in region.domain]
        alike = [s for s in whole if s.assumptions0 == whole[0].assumptions0]
        if len(alike) > 1:
            yield point | {s: point[alike[0]] for s in alike}


def _breaks(integrand, x, point, low, high):
    """Ends of the pieces for quadrature: a break at every place where the integrand is steep."""
    middle = [(2 * low + high) / 3] if mp.isfinite(low + high) else []
    exact = {s: sp.Rational(mp.nstr(v, 15)) for s, v in point.items() if isinstance(v, mp.mpf)}
    for part in steep_places([integrand]):
        try:
            polynomial = sp.Poly(sp.fraction(sp.together(part.subs(exact)))[0], x)
            if 0 < polynomial.degree() <= 8:
                # A double root comes out as a pair with small imaginary parts.
                roots = [root for root in polynomial.nroots(n=15) if abs(sp.im(root)) < 1e-5]
                middle += [mp.mpf(str(sp.re(root))) for root in roots]
        except (*SYMPY_ERRORS, mp.NoConvergence):
            continue
    near = mp.mpf(10) ** -9  # a root of the integrand's pole at an end is the end itself
    inside = sorted(p for p in set(middle) if low + near < p < high - near)[:12]
    return [low, *inside, high]


def _integral(function, values, breaks, claim):
    """Integral, its error estimate, and the integral of the modulus where the first is small."""
    integral, error = mp.quad(lambda t: function(t, *values)[0], breaks, error=True)
    if abs(integral) > mp.mpf(10) ** -5 and abs(claim) > mp.mpf(10) ** -5:
        return integral, error, mp.zero
    return integral, error, mp.quad(lambda t: abs(function(t, *values)[0]), breaks)


def _absolutely(function, values, low, high):
    """Whether the modulus falls fast enough towards infinity, and grows slowly enough at an end."""

    def largest(place):
        return max(abs(function(place(mp.mpf(s)), *values)[0]) for s in (1, 1.17, 1.53, 1.81))

    def tail(end, sign, power):
        """The modulus times the distance: it must go to 0 for the integral to converge."""
        size = mp.mpf(10) ** (power if mp.isinf(end) else -power)
        start = mp.zero if mp.isinf(end) else end
        inward = -sign if mp.isinf(end) else sign
        return largest(lambda s: start + inward * s * size) * size

    try:
        ends = [
            [tail(end, sign, power) for power in (6, 14)] for end, sign in ((low, 1), (high, -1))
        ]
    except EVALUATION_ERRORS:
        return False
    return all(far <= near / 100 + mp.mpf(10) ** -30 for near, far in ends)
