"""Words of quantities that do not commute against matrices of numbers and of polynomials."""

import random

import pytest
import sympy as sp
from cases import A, B, C, R, S, a, x
from numbers_for_letters import in_matrices

from theory.derivation import Derivation, DerivationError
from theory.derivation.noncommuting import derivative, difference, words, written

ONE = sp.S.One
EXPRESSIONS = {
    "square": (A + B) ** 2,
    "powers": (A * x + B * x**2) ** 3 - C,
    "inverses": (A * B) ** -2 * C + A * B**-1,
    "sums of inverses": (A + a * B) ** -1 * (C - A) * (A + a * B) ** -1,
    "nested": ((ONE + A) ** -1 + B) ** -1 * A,
    "functions": S * R * S + x * S.diff(x) * R**2,
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_words_written_out_have_the_same_value_in_matrices(name):
    expression = EXPRESSIONS[name]
    value, again = in_matrices([expression, written(words(expression))], random.Random(3))
    assert value == again != sp.zeros(3)


@pytest.mark.parametrize("name", EXPRESSIONS)
@pytest.mark.parametrize("other", EXPRESSIONS)
def test_the_difference_is_zero_where_it_is_for_matrices(name, other):
    left = (EXPRESSIONS[name] + EXPRESSIONS[other]) * A
    right = EXPRESSIONS[name] * A + EXPRESSIONS[other] * A
    assert not difference(left, right)
    swapped = A * EXPRESSIONS[name] + EXPRESSIONS[other] * A
    values = in_matrices([left, swapped], random.Random(5))
    assert bool(difference(left, swapped)) == (values[0] != values[1])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((A + 3 * B) ** -1 * B, (ONE - (A + 3 * B) ** -1 * A) / 3),
        (B * (A + 3 * B) ** -1, (ONE - A * (A + 3 * B) ** -1) / 3),
        ((A / 2 - B * A) ** -1 * B * A, (A / 2 - B * A) ** -1 * A / 2 - ONE),
    ],
)
def test_an_inverse_of_a_sum_beside_a_part_of_it(left, right):
    assert not difference(left, right) and difference(left, 2 * right)
    values = in_matrices([left, right], random.Random(5))
    assert values[0] == values[1]


@pytest.mark.parametrize(("before", "after"), [(2 * A * B + 3 * B, 4 * A * B + 6 * B), (A / 3, A)])
def test_a_multiple_of_a_sum_is_told_by_its_number(before, after):
    d = Derivation("x", source="x", symbols={})
    d.assume("start", sp.Eq(before, 0), "premise")
    d.rewrite("multiple", sp.Eq(after, 0), "times a number")
    assert d.step("multiple").proof
    with pytest.raises(DerivationError, match="nor a multiple"):
        d.rewrite("none", sp.Eq(after + B * A, 0), "not of all words", of="start")


@pytest.mark.parametrize("expression", [S**3, S * R * S, (S + x * R) ** -2, S**-3 * A, x**2 * S])
def test_a_derivative_is_that_of_matrices_of_polynomials(expression):
    rng = random.Random(7)
    letters = {
        one: sp.Matrix(2, 2, lambda i, j: sum(rng.randint(1, 5) * x**k for k in range(3)))
        for one in (S, R)
    }
    letters[A] = sp.Matrix(2, 2, lambda i, j: rng.randint(1, 5))
    letters |= {S.diff(x): letters[S].diff(x), R.diff(x): letters[R].diff(x)}

    def put(e):
        return in_matrices([e], rng, letters=letters, scalars={x: x})[0]

    at = sp.Rational(3, 7)
    expected = put(expression).diff(x).subs(x, at)
    assert put(derivative(expression, x)).subs(x, at) == expected != sp.zeros(2)
