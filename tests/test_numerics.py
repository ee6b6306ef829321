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

from theory.numerics import (
    NotConverged,
    eigh_fixed_sign,
    log_cosh,
    numeric_function,
    real_eigenvalues,
)

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


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(1, 7), st.integers(0, 2**32 - 1), st.floats(-9, 9), st.sampled_from([0, 2, 9]))
def test_real_spectra_are_found_whatever_basis_and_scale_they_come_in(size, seed, scale, skew):
    """Known eigenvalues in a basis of known condition number: Bauer and Fike bound the error."""
    rng = np.random.default_rng(seed)
    values = np.sort(rng.uniform(-1, 1, size)) * 10.0**scale
    basis = np.linalg.qr(rng.standard_normal((size, size)))[0] * 2.0 ** -rng.uniform(0, skew, size)
    basis = basis @ np.linalg.qr(rng.standard_normal((size, size)))[0]
    matrix = basis * values @ np.linalg.inv(basis)
    found = real_eigenvalues(matrix)
    assert found.dtype == float and np.all(np.diff(found) >= 0)
    condition = np.linalg.cond(basis)
    error = 8 * size * np.finfo(float).eps * condition * np.linalg.norm(matrix)
    np.testing.assert_allclose(found, values, rtol=0, atol=condition * error)


@pytest.mark.parametrize("size", [2, 3, 5, 8])
@pytest.mark.parametrize("hidden", [False, True])
def test_a_defective_eigenvalue_is_real_although_rounding_splits_it(size, hidden):
    """A Jordan block in another basis: its eigenvalue splits like the n-th root of rounding."""
    matrix = 2 * np.eye(size) + np.diag(np.ones(size - 1), 1)
    if hidden:
        turn = np.linalg.qr(np.random.default_rng(size).standard_normal((size, size)))[0]
        matrix = turn @ matrix @ turn.T
    split = (40 * size * np.finfo(float).eps * np.linalg.norm(matrix)) ** (1 / size)
    np.testing.assert_allclose(real_eigenvalues(matrix), 2, rtol=0, atol=split)


@pytest.mark.parametrize("turn", [1.0, 1e-3, 1e-7, 1e-12])
def test_a_rotation_is_refused_at_any_speed_that_rounding_does_not_explain(turn):
    for matrix in ([[1, turn], [-turn, 1]], [[1, turn, 0], [-turn, 1, 0], [0, 0, -3]]):
        with pytest.raises(ValueError, match=r"complex eigenvalue 1[+-].*must be real"):
            real_eigenvalues(matrix)
    # Beside a defective pair, whose own tolerance is large, it is refused all the same.
    beside = np.diag([5.0, 5.0, 1.0, 1.0]) + np.diag([1.0, 0, turn], 1) - np.diag([0, 0, turn], -1)
    with pytest.raises(ValueError, match="complex eigenvalue 1"):
        real_eigenvalues(beside)
    with pytest.raises(ValueError, match="complex eigenvalue 1"):
        real_eigenvalues([np.eye(4), beside])


def test_a_symmetric_spectrum_agrees_with_the_symmetric_solver_in_stacks():
    rng = np.random.default_rng(3)
    matrices = rng.standard_normal((2, 3, 4, 4))
    matrices = matrices + matrices.swapaxes(-1, -2)
    np.testing.assert_allclose(
        real_eigenvalues(matrices), np.linalg.eigvalsh(matrices), rtol=0, atol=1e-13
    )
    assert real_eigenvalues(np.zeros((3, 3))).tolist() == [0, 0, 0]
    assert real_eigenvalues(np.zeros((0, 2, 2))).shape == (0, 2)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.ones((2, 3)), r"square, not of shape \(2, 3\)"),
        (np.ones(3), "square"),
        (np.ones((0, 0)), "square"),
        ([[np.nan, 0], [0, 1]], "matrix must be finite"),
    ],
)
def test_what_has_no_eigenvalues_is_named(matrix, message):
    with pytest.raises(ValueError, match=message):
        real_eigenvalues(matrix)
    with pytest.raises(TypeError, match="real numbers"):
        real_eigenvalues([[1j, 0], [0, 1]])
