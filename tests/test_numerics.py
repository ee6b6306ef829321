"""The SymPy bridge, sign-fixed eigenvectors, the stable log cosh and the solver error."""

import pickle
import subprocess
import sys

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.numerics import NotConverged, eigh_fixed_sign, log_cosh, numeric_function

x, y, t = sp.symbols("x y t")
shapes = st.sampled_from([(), (3,), (2, 3), (2, 1), (1, 3)])


@settings(max_examples=40, derandomize=True, deadline=None)
@given(shapes, shapes, st.sampled_from([x * y, x + 0 * y, sp.Integer(2), sp.sin(x) ** 2 + y]))
def test_result_has_the_broadcast_shape(first, second, expression):
    left, right = np.full(first, 0.5), np.full(second, 2.0)
    value = numeric_function((x, y), expression)(left, right)
    assert np.shape(value) == np.broadcast_shapes(first, second)
    assert np.allclose(value, float(expression.subs({x: 0.5, y: 2.0})), rtol=1e-14)


def test_lists_and_matrices_are_stacked_on_the_first_axes():
    values = np.linspace(0.1, 1, 5)
    row = numeric_function(x, [x, 1, x**2])(values)
    assert np.array_equal(row, [values, np.ones(5), values**2])
    matrix = numeric_function((x, y), sp.Matrix([[x, 0], [y, x * y], [1, 2]]))(values, 3)
    assert matrix.shape == (3, 2, 5)
    assert np.array_equal(matrix[1], [np.full(5, 3.0), 3 * values])
    nested = numeric_function(x, [[x, 1], [2, x]])(4)
    assert np.array_equal(nested, [[4, 1], [2, 4]])
    with pytest.raises(ValueError, match="one shape"):
        numeric_function(x, [[x, 1], x])


def test_types_of_numbers():
    assert numeric_function(x, 1 / x)(np.array([2, 4])).tolist() == [0.5, 0.25]
    assert numeric_function(x, x**-2)(2) == 0.25
    assert numeric_function(x, sp.exp(sp.I * x))(0.0).dtype == complex
    assert numeric_function(x, sp.sqrt(x))(np.array([-1 + 0j]))[0] == 1j
    assert numeric_function(x, x**2)(np.float64(3)).dtype == float


def test_special_and_piecewise_functions_and_odd_names():
    hidden, w = sp.Symbol(r"\lambda_{max}"), sp.Function("w")
    f = numeric_function(
        (hidden, w(t)), sp.LambertW(hidden) + sp.Piecewise((0, w(t) < 0), (w(t), True))
    )
    assert np.allclose(f([0.0, np.e], [-1.0, 2.0]), [0.0, 3.0])
    # Left of its branch point the function is complex: no real value may be made up.
    assert np.isnan(f(-1.0, 0.0)) and f(-1.0 + 0j, 0.0).imag > 0


def test_unknown_symbols_and_wrong_calls_are_named():
    with pytest.raises(ValueError, match="contains y, but the arguments are x"):
        numeric_function(x, x * y)
    f = numeric_function((x, y), x * y)
    with pytest.raises(ValueError, match="2 values are needed, for x, y, not 1"):
        f(1.0)
    with pytest.raises(ValueError, match=r"do not broadcast .*x: \(2,\), y: \(3,\)"):
        f(np.ones(2), np.ones(3))


def test_eigenvectors_are_fixed_in_sign_and_batched():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(4, 6, 6))
    matrix = matrix + matrix.swapaxes(-1, -2)
    values, vectors = eigh_fixed_sign(matrix)
    assert np.all(np.diff(values) >= 0)
    rebuilt = (vectors * values[..., None, :]) @ vectors.swapaxes(-1, -2)
    assert np.allclose(rebuilt, matrix, atol=1e-12)
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(-2)[..., None, :], -2)
    assert np.all(largest > 0)
    one = eigh_fixed_sign(matrix[2])
    assert np.array_equal(one[1], vectors[2])


def test_equal_components_take_the_sign_of_the_first():
    vectors = eigh_fixed_sign([[0.0, 1.0], [1.0, 0.0]])[1]
    assert np.allclose(vectors, np.array([[1, 1], [-1, 1]]) / np.sqrt(2))


def test_log_cosh_against_fifty_digits():
    points = np.concatenate([np.logspace(-8, 3, 60), [0.999999, 1.0, 1.000001]])
    with mpmath.workdps(50):
        exact = [float(mpmath.log(mpmath.cosh(mpmath.mpf(float(p))))) for p in points]
    assert np.allclose(log_cosh(points), exact, rtol=1e-14, atol=0)
    assert np.array_equal(log_cosh(-points), log_cosh(points))
    assert log_cosh(0.0) == 0 and log_cosh(1e300) == 1e300


def test_not_converged_tells_and_survives_pickling():
    error = NotConverged("the free phase did not settle: use more steps", 0.5, 100)
    again = pickle.loads(pickle.dumps(error))
    for one in (error, again):
        assert (one.residual, one.iterations) == (0.5, 100)
        assert str(one).endswith("use more steps (residual 0.5 after 100 iterations)")
    assert isinstance(error, RuntimeError)


def test_simulations_do_not_pay_for_the_import_of_sympy():
    code = "import sys, theory.numerics, theory.checks; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
