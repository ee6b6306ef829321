"""What the solver of inequalities is told of functions is true, and enough for known bounds."""

import time

import pytest
import sympy as sp
from cases import a, b, k, x
from sympy import (
    LambertW,
    asinh,
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    factorial,
    gamma,
    log,
    pi,
    sin,
    sinh,
    tanh,
)

z3 = pytest.importorskip("z3")
from theory.derivation import smt  # noqa: E402 - needs z3
from theory.derivation.budget import Late, within  # noqa: E402
from theory.derivation.region import Region  # noqa: E402

PLACES = [sp.Rational(n, 10) for n in (*range(-30, 31), -80, -50, 50, 80)]


@pytest.mark.parametrize("kind", smt._AXIOMS, ids=str)
def test_what_is_told_of_a_function_holds_at_its_values(kind):
    seen = 0
    for place in PLACES:
        if kind in (gamma, factorial) and place.is_integer and not place.is_positive:
            continue  # poles
        value = kind(place.evalf(60))  # no strict bound is closer than this to the values
        if value.is_real:
            numbers = (z3.RealVal(str(sp.Rational(str(number)))) for number in (place, value))
            told = smt._AXIOMS[kind](*numbers)
            assert all(z3.is_true(z3.simplify(fact)) for fact in told), place
            seen += 1
    assert seen > 20


BOUNDS = [
    *(log(a) <= a - 1, a * log(a) >= a - 1, log(1 + a) > 0, log(1 + a) < a, log(1 / (1 + a)) < 0),
    *(sin(x) <= 1, sin(x) >= -1, sin(a) <= a, sin(-a) >= -a, cos(x) <= 1, cos(x) >= -1),
    *(cos(x) >= 1 - x**2 / 2, sp.Eq(sin(x) ** 2 + cos(x) ** 2, 1), cosh(x) >= 1 + x**2 / 2),
    *(cosh(a) > 1, sinh(a) >= a, sinh(-a) <= -a, sp.Eq(cosh(x) ** 2 - sinh(x) ** 2, 1)),
    *(tanh(x) < 1, tanh(x) > -1, tanh(a) > 0, tanh(a) <= a, tanh(-a) < 0, tanh(-a) >= -a),
    *(atan(x) < sp.Rational(11, 7), atan(x) > -sp.Rational(11, 7), atan(a) > 0, atan(a) <= a),
    *(asinh(a) > 0, asinh(a) <= a, asinh(-a) < 0, asinh(-a) >= -a),
    *(erf(x) < 1, erf(x) > -1, erf(a) > 0, erf(-a) < 0),
    *(erfc(x) > 0, erfc(x) < 2, erfc(a) < 1, erfc(-a) > 1),
    *(gamma(a) > 0, LambertW(a) > 0, LambertW(a) < a, factorial(k) >= 1, factorial(1 + a) >= 1),
    factorial(a) > sp.Rational(22, 25),
    *(exp(x) > 0, exp(x) >= 1 + x, exp(a) > 1 + a, exp(-a) < 1, exp(x) * (1 - x) <= 1),
]


@pytest.mark.parametrize("bound", BOUNDS, ids=str)
def test_known_bounds_of_functions_are_decided(bound):
    assert smt.unsatisfiable([~bound])


@pytest.mark.parametrize("kind", [exp, log, sinh, tanh, atan, asinh, erf], ids=str)
def test_increasing_functions_keep_the_order(kind):
    assert smt.unsatisfiable([a < b, kind(a) > kind(b)])
    assert smt.unsatisfiable([a > b, kind(a) < kind(b)])
    assert not smt.unsatisfiable([sp.Eq(a, b), sp.Eq(kind(a), kind(b))])


def test_sine_and_cosine_have_their_signs_around_0():
    for inside, sign in (((x > 0, x < pi), sin(x) > 0), ((x < 0, x > -pi), sin(x) < 0),
                         ((2 * x > -pi, 2 * x < pi), cos(x) > 0)):  # fmt: skip
        assert smt.unsatisfiable([*inside, ~sign])
        assert not smt.unsatisfiable([inside[0], ~sign])


def test_exponentials_of_sums_and_multiples_are_powers_of_a_few():
    """Each needs a law of exponents, which is seen in powers of exp(x) and exp(b) only."""
    for bound in (exp(2 * x) - 2 * exp(x) + 1 >= 0, exp(3 * x) >= 3 * exp(x) - 2,
                  sp.Eq(exp(x + b) * exp(-x), exp(b)), exp(x) + exp(-x) >= 2):  # fmt: skip
        assert smt.unsatisfiable([~bound])
    assert not smt.unsatisfiable([exp(2 * x) - 2 * exp(x) + 1 > 0])


@pytest.mark.parametrize("sign", [1, -1])
def test_a_whole_number_that_is_not_nought_is_one_or_more_in_size(sign):
    n = sp.Symbol("n", integer=True, positive=sign > 0, negative=sign < 0)
    assert smt.unsatisfiable([sign * n < 1]) and smt.unsatisfiable([n**2 < 1])
    assert not smt.unsatisfiable([sp.Eq(sign * n, 1)]) and not smt.unsatisfiable([n**2 < 2])


@pytest.mark.parametrize(
    "name",
    "exp log sin cos tan sinh cosh tanh atan asinh asin acos atanh gamma erf erfc sec sech Abs "
    "LambertW cot coth acosh".split(),
)
def test_a_function_is_enclosed_around_its_values(name):
    balls = pytest.importorskip("theory.derivation.balls")
    if balls.flint is None:
        pytest.skip("needs python-flint")
    function, place = getattr(sp, name), sp.Rational(3 if name == "acosh" else 1, 2)
    value = sp.Rational(str(function(place).evalf(20)))
    box = {x: (place - sp.Rational(1, 1000), place + sp.Rational(1, 1000))}
    tenth = sp.Rational(1, 10)
    assert balls.sign_on_box(function(x) - value + tenth, box) == 1
    assert balls.sign_on_box(function(x) - value - tenth, box) == -1
    assert balls.sign_on_box(function(x) - value, box) == 0


@pytest.mark.parametrize("z", [sp.Symbol("z"), sp.Symbol("z", complex=True)])
@pytest.mark.parametrize("solver", [True, False])
def test_a_symbol_that_may_be_complex_is_not_taken_for_a_real_number(z, solver, monkeypatch):
    if not solver:
        monkeypatch.setattr(smt, "z3", None)
    anywhere, ordered, bounded = Region(), Region(facts=[z > 0]), Region({z: (-1, 1)})
    for relation in (sp.Ne(z**2 + 1, 0), z**2 + 1 > 0, z**2 >= 0):
        assert not anywhere.holds(relation)
        # An order and a domain are of real numbers only.
        assert bounded.holds(relation) and (ordered.holds(relation) or not solver)
    assert not anywhere.real(z) and ordered.real(z) and bounded.real(z)


def test_conditions_of_real_numbers_contradict_each_other_beside_one_of_complex_ones():
    z = sp.Symbol("z")
    assert Region(facts=[sp.Ne(z**2 + 1, 0), a > 2, a < 1]).contradictory()
    assert not Region(facts=[sp.Ne(z**2 + 1, 0), a > 2]).contradictory()
    assert Region(facts=[sp.Ne(z**2 + 1, 0), a > 2]).holds(a**2 > 3)


def test_a_logarithm_has_its_bounds_where_it_is_real_only():
    assert Region(facts=[k >= 1]).holds(log(k) <= k - 1)
    assert not Region().holds(log(k) <= k - 1)


def test_an_inner_bound_on_time_leaves_the_outer_one_running():
    def busy(seconds):
        began = time.process_time()
        while time.process_time() - began < seconds:
            pass

    def both():
        assert within(0.1, int) == 0
        busy(5)

    began = time.process_time()
    with pytest.raises(Late):
        within(0.3, both)
    assert time.process_time() - began < 3
