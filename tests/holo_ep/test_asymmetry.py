"""Error vectors of asymmetric Jacobians: algebra, Cayley transform, bounds and the linear field."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.holo_ep import (
    LinearField,
    antisymmetric_part,
    ascent_threshold,
    backpropagated_error,
    contour_estimate,
    cosine,
    error_map,
    error_series,
    least_cosine,
    least_euclidean_cosine,
    nudged_error,
    relative_asymmetry,
    symmetric_part,
)
from theory.holo_ep.derivations import asymmetry, homeostasis
from theory.numerics import real_eigenvalues

seeds = st.integers(0, 10_000)
bounded = settings(max_examples=25, deadline=None, derandomize=True)


def definite(seed, units=6, asymmetry=1.0):
    """A Jacobian whose symmetric part is negative definite."""
    raw = np.random.default_rng(seed).standard_normal((units, units)) / np.sqrt(units)
    return -np.eye(units) + 0.4 * symmetric_part(raw) + asymmetry * antisymmetric_part(raw)


@bounded
@given(seeds)
def test_both_errors_solve_their_systems_and_the_map_joins_them(seed):
    jacobian, gradient = definite(seed), np.random.default_rng(seed + 1).standard_normal(6)
    exact, nudged = backpropagated_error(jacobian, gradient), nudged_error(jacobian, gradient)
    np.testing.assert_allclose(jacobian.T @ exact, -gradient, atol=1e-13)
    np.testing.assert_allclose(jacobian @ nudged, -gradient, atol=1e-13)
    np.testing.assert_allclose(error_map(jacobian) @ exact, nudged, atol=1e-12)


@bounded
@given(seeds, st.floats(0.01, 3.0))
def test_the_map_is_the_cayley_transform_and_an_isometry_of_s(seed, asymmetry):
    jacobian = definite(seed, asymmetry=asymmetry)
    turn, even = error_map(jacobian), symmetric_part(jacobian)
    ratio, one = relative_asymmetry(jacobian), np.eye(6)
    np.testing.assert_allclose(turn, np.linalg.solve(one + ratio, one - ratio), atol=1e-11)
    np.testing.assert_allclose(turn.T @ even @ turn, even, atol=1e-11)
    assert np.linalg.det(turn) == pytest.approx(1, abs=1e-10)
    eigenvalues = np.linalg.eigvals(turn)
    np.testing.assert_allclose(np.abs(eigenvalues), 1, atol=1e-10)
    kappa = np.sort(np.abs(np.linalg.eigvals(ratio).imag))
    np.testing.assert_allclose(
        np.sort(np.abs(np.angle(eigenvalues))), 2 * np.arctan(kappa), atol=1e-9
    )


def directions(units, count=4000):
    return np.random.default_rng(7).standard_normal((count, units))


@bounded
@given(seeds, st.floats(0.05, 0.95))
def test_below_a_norm_of_one_every_error_descends_by_at_least_the_bound(seed, norm):
    """The symmetric part of the map is positive, and no direction turns farther than the bound."""
    jacobian = definite(seed)
    even, odd = symmetric_part(jacobian), antisymmetric_part(jacobian)
    jacobian = even + odd * norm / ascent_threshold(jacobian)
    assert ascent_threshold(jacobian) == pytest.approx(norm)
    turn = error_map(jacobian)
    assert np.linalg.eigvalsh(turn + turn.T)[0] > 0
    delta = directions(6)
    assert cosine(delta, delta @ turn.T).min() >= least_euclidean_cosine(jacobian) - 1e-12


@bounded
@given(seeds, st.floats(1.05, 5.0))
def test_above_a_norm_of_one_an_error_ascends(seed, norm):
    jacobian = definite(seed)
    even, odd = symmetric_part(jacobian), antisymmetric_part(jacobian)
    jacobian = even + odd * norm / ascent_threshold(jacobian)
    turn = error_map(jacobian)
    values, vectors = np.linalg.eigh(turn + turn.T)
    assert values[0] < 0 and cosine(vectors[:, 0], turn @ vectors[:, 0]) < 0
    assert np.isnan(least_euclidean_cosine(jacobian))


@pytest.mark.parametrize("condition", [1.0, 9.0, 100.0])
def test_two_units_ascend_from_kappa_over_the_root_of_the_condition_number_on(condition):
    angles = np.linspace(0, np.pi, 4001)
    delta = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for factor, descends in ((0.99, True), (1.01, False)):
        kappa = factor / np.sqrt(condition)
        turn = kappa * np.sqrt(condition)
        jacobian = np.array([[-1, turn], [-turn, -condition]])
        assert ascent_threshold(jacobian) == pytest.approx(kappa * np.sqrt(condition))
        assert (cosine(delta, delta @ error_map(jacobian).T).min() > 0) == descends
    turn = 0.9 * np.sqrt(1000)
    stiff = np.array([[-1, turn], [-turn, -1000]])
    assert least_cosine(stiff) > 0.1  # the metric of S promises nothing to learning
    assert cosine(delta, delta @ error_map(stiff).T).min() < -0.99


def test_a_vector_of_zeros_makes_no_angle():
    with pytest.raises(ValueError, match="left: a vector of zeros"):
        cosine(np.zeros(3), np.ones(3))
    with pytest.raises(ValueError, match="right: a vector of zeros"):
        cosine(np.ones((2, 3)), np.array([[1.0, 0, 0], [0, 0, 0]]))


def test_an_indefinite_symmetric_part_keeps_the_determinant_and_leaves_the_circle():
    jacobian = np.diag([-1.0, 1.0]) + antisymmetric_part(np.array([[0, 1.0], [0, 0]]))
    eigenvalues = real_eigenvalues(error_map(jacobian))
    # t^2 / det S = -1/4: the roots are (1 - 1/2) / (1 + 1/2) and its inverse.
    np.testing.assert_allclose(eigenvalues, [1 / 3, 3], atol=1e-12)


def test_equal_errors_need_symmetry():
    jacobian = symmetric_part(definite(3))
    gradient = np.arange(6.0)
    np.testing.assert_allclose(
        backpropagated_error(jacobian, gradient), nudged_error(jacobian, gradient), atol=1e-13
    )
    assert cosine(*(f(definite(3), gradient) for f in (backpropagated_error, nudged_error))) < 0.999


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_the_series_gains_one_order_of_k_a_term(order):
    gradient = np.arange(1.0, 7.0)
    errors = []
    for scale in (1e-1, 1e-2):
        jacobian = definite(5, asymmetry=scale)
        delta = backpropagated_error(jacobian, gradient)
        errors.append(
            np.linalg.norm(error_series(jacobian, delta, order) - nudged_error(jacobian, gradient))
        )
    assert np.log10(errors[0] / errors[1]) == pytest.approx(order + 1, abs=0.1)


def test_the_series_converges_to_the_nudged_error_inside_and_not_outside():
    gradient = np.ones(6)
    for scale, converges in ((0.5, True), (4.0, False)):
        jacobian = definite(2, asymmetry=scale)
        inside = np.abs(np.linalg.eigvals(relative_asymmetry(jacobian))).max() < 1
        assert inside == converges
        delta, wanted = backpropagated_error(jacobian, gradient), nudged_error(jacobian, gradient)
        gap = np.linalg.norm(error_series(jacobian, delta, 80) - wanted)
        assert (gap < 1e-6) == converges


@bounded
@given(seeds, st.floats(0.05, 3.0))
def test_no_error_turns_farther_than_the_bound_and_one_does_reach_it(seed, asymmetry):
    jacobian = definite(seed, asymmetry=asymmetry)
    even, bound = symmetric_part(jacobian), least_cosine(jacobian)
    gradients = np.random.default_rng(seed).standard_normal((20, 6))
    stack = np.broadcast_to(jacobian, (20, 6, 6))
    pair = [f(stack, gradients) for f in (backpropagated_error, nudged_error)]
    assert cosine(*pair, even).min() >= bound - 1e-10
    values, vectors = np.linalg.eig(relative_asymmetry(jacobian))
    delta = vectors[:, np.abs(values).argmax()].real
    found = nudged_error(jacobian, -jacobian.T @ delta)
    assert cosine(delta, found, even) == pytest.approx(bound, abs=1e-9)


def test_cosines_do_not_depend_on_the_sign_of_the_metric():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 5))
    metric = np.eye(5) + 0.1
    assert cosine(x, y, metric) == pytest.approx(cosine(x, y, -metric))
    assert cosine(x, y) == pytest.approx(cosine(x, y, np.eye(5)))
    assert cosine(x, 3 * x, metric) == pytest.approx(1)


def test_stacks_are_treated_one_by_one():
    stack = np.stack([definite(k) for k in range(4)])
    gradients = np.random.default_rng(0).standard_normal((4, 6))
    for function in (backpropagated_error, nudged_error):
        alone = [function(j, g) for j, g in zip(stack, gradients, strict=True)]
        np.testing.assert_allclose(function(stack, gradients), alone, atol=1e-14)
    np.testing.assert_allclose(least_cosine(stack), [least_cosine(j) for j in stack])


def test_a_singular_jacobian_is_refused_by_what_it_means():
    singular = np.diag([-1.0, 0.0])
    for function in (backpropagated_error, nudged_error):
        with pytest.raises(ValueError, match=r"jacobian is singular here .* branch point"):
            function(singular, np.ones(2))
    with pytest.raises(ValueError, match="jacobian is singular here"):
        error_map(singular)
    with pytest.raises(ValueError, match="symmetric part of jacobian is singular here"):
        relative_asymmetry(np.array([[0.0, 1.0], [-1.0, 0.0]]))


def test_bad_jacobians_are_refused():
    with pytest.raises(ValueError, match="square matrices"):
        symmetric_part(np.ones((2, 3)))
    with pytest.raises(ValueError, match="finite"):
        error_map(np.full((2, 2), np.nan))
    with pytest.raises(ValueError, match="symmetric part must be definite"):
        least_cosine(np.diag([1.0, -1.0]))
    with pytest.raises(ValueError, match="metric must be definite"):
        cosine(np.array([1.0, 0.2]), np.array([1.0, 0.8]), np.diag([1.0, -1.0]))
    with pytest.raises(ValueError, match="order"):
        error_series(definite(0), np.ones(6), -1)


def linear_field(seed=1, units=6, outputs=2):
    rng = np.random.default_rng(seed)
    jacobian = -np.eye(units) + 0.6 * rng.standard_normal((units, units)) / np.sqrt(units)
    readout = rng.standard_normal((outputs, units))
    return LinearField(jacobian, rng.standard_normal(units), readout, rng.standard_normal(outputs))


@pytest.mark.parametrize("points", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("share", [0.1, 0.6, 3.0])
def test_the_linear_closed_form_is_exact_inside_and_outside_the_radius(points, share):
    field = linear_field()
    radius = share * field.radius
    wanted = field.predicted_estimate(points, radius)
    gap = np.abs(contour_estimate(field, points, radius) - wanted).max()
    # Outside the contour passes near poles, where solving a nudged system loses digits.
    assert gap <= (1e-13 if share < 1 else 2e-12) * max(1, 1 / radius)


def test_the_linear_equilibrium_is_one_and_its_derivative_is_the_nudged_error():
    field, h = linear_field(4), 1e-5
    for nudge in (0.0, 0.1, 0.05 + 0.1j):
        state = field.equilibrium(nudge)
        force = field.matrix @ state + field.drive
        force = force - nudge * field.readout.T @ (field.readout @ state - field.target)
        np.testing.assert_allclose(force, 0, atol=1e-12)
    slope = (field.equilibrium(h) - field.equilibrium(-h)) / (2 * h)
    np.testing.assert_allclose(-slope, field.errors()[1], atol=1e-7)


def test_the_true_error_is_the_gradient_by_the_drive():
    """dL/db = delta: the field's derivative by its drive is the identity."""
    field, h = linear_field(5), 1e-5
    numeric = np.zeros(6)
    for k in range(6):
        losses = []
        for sign in (1, -1):
            drive = field.drive + sign * h * np.eye(6)[k]
            moved = LinearField(field.matrix, drive, field.readout, field.target)
            losses.append(0.5 * np.sum((moved.readout @ moved.equilibrium() - moved.target) ** 2))
        numeric[k] = (losses[0] - losses[1]) / (2 * h)
    np.testing.assert_allclose(field.errors()[0], numeric, atol=1e-8)


@pytest.mark.parametrize("points", [1, 2, 4])
def test_the_finite_nudge_costs_the_order_of_the_points(points):
    field = linear_field()
    exact, radii = field.errors()[1], np.array([0.02, 0.01]) * field.radius
    gaps = [np.linalg.norm(contour_estimate(field, points, r) - exact) for r in radii]
    assert np.log2(gaps[0] / gaps[1]) == pytest.approx(points, abs=0.05)


def test_the_radius_is_where_a_nudged_system_is_singular():
    field = linear_field()
    pole = 1 / np.linalg.eigvals(field.compliance)
    nearest = pole[np.abs(pole).argmin()]
    assert abs(nearest) == pytest.approx(field.radius)
    nudged = field.matrix - nearest * field.readout.T @ field.readout
    assert abs(np.linalg.det(nudged)) < 1e-10


def test_a_linear_field_checks_its_parts():
    field = linear_field()
    with pytest.raises(ValueError, match="readout must have shape"):
        LinearField(field.matrix, field.drive, np.ones((2, 5)), field.target)
    with pytest.raises(ValueError, match="target must have shape"):
        LinearField(field.matrix, field.drive, field.readout, np.ones(3))
    with pytest.raises(ValueError, match="points"):
        contour_estimate(field, 0, 0.1)


@pytest.mark.parametrize("seed", range(3))
def test_the_circle_of_two_units_is_that_of_the_matrices(seed, value):
    """Determinants and eigenvalues by linear algebra, in place of the derived polynomials."""
    jacobian = np.random.default_rng(seed).standard_normal((2, 2))
    circle = asymmetry.cayley_circle()
    (a, upper), (lower, b) = jacobian
    s, t = (upper + lower) / 2, (upper - lower) / 2
    gamma = value(circle["determinant of S"].rhs, a=a, b=b, s=s)
    assert gamma == pytest.approx(np.linalg.det(symmetric_part(jacobian)), rel=1e-12)
    z = 0.7
    assert value(circle["eigenvalues"].rhs, z=z, gamma=gamma, t=t) == pytest.approx(
        np.linalg.det(z * jacobian - jacobian.T), rel=1e-10
    )
    found = np.roots([gamma + t**2, -2 * (gamma - t**2), gamma + t**2])
    np.testing.assert_allclose(
        np.sort_complex(found),
        np.sort_complex(np.linalg.eigvals(np.linalg.solve(jacobian, jacobian.T))),
        atol=1e-10,
    )


def in_numbers(statement, **matrices):
    """Right side of a statement on matrices of any size."""
    fixed = statement.rhs.subs(homeostasis.size, len(next(iter(matrices.values()))))
    put_in = {m: sp.ImmutableMatrix(matrices[m.name]) for m in fixed.atoms(sp.MatrixSymbol)}
    return np.array(fixed.xreplace(put_in).doit(), float)


def test_the_derived_error_vectors_are_those_that_are_computed():
    rng = np.random.default_rng(5)
    jacobian, slope, drive = rng.standard_normal((3, 3)), *rng.standard_normal((2, 3))
    derived = asymmetry.error_vectors()

    def vector(name):
        columns = {"c": slope[:, None], "f": drive[:, None]}
        return in_numbers(derived[name], J=jacobian, **columns)[:, 0]

    np.testing.assert_allclose(vector("nudged error"), nudged_error(jacobian, slope))
    exact = backpropagated_error(jacobian, slope)
    np.testing.assert_allclose(vector("back-propagated error"), exact)
    # The linear field J u + f p rests at p times this.
    np.testing.assert_allclose(jacobian @ vector("change") + drive, 0, atol=1e-14)
    # Both ways to the gradient, of slope . u by p.
    assert slope @ vector("change") == pytest.approx(exact @ drive)


def test_the_jacobians_that_are_told_apart_are_those_of_differences():
    rng, size = np.random.default_rng(2), 3
    weights, point = rng.standard_normal((size, size)), rng.standard_normal(size)
    told = homeostasis.which_jacobian()
    slopes = np.diag(1 / np.cosh(point) ** 2)

    def numbers(statement):
        return in_numbers(statement, W=weights, D=slopes)

    def slope(function, at, h=1e-6):  # wrong by h^2 and by rounding over h: below 1e-8 here
        return np.array([(function(at + h * e) - function(at - h * e)) / (2 * h)
                         for e in np.eye(size)]).T  # fmt: skip

    inner = slope(lambda u: weights @ np.tanh(u) - u, point)
    np.testing.assert_allclose(numbers(told["preactivations"]), inner, atol=1e-8)
    outer = slope(lambda r: weights @ r - np.arctanh(r), np.tanh(point))
    np.testing.assert_allclose(numbers(told["activities"]), outer, atol=1e-7)
