"""The homeostatic loss against traces, samples and finite differences; measures of symmetry."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.holo_ep import (
    antisymmetric_part,
    backward_weights,
    draw_variance,
    gradient_noise_at_symmetry,
    homeostatic_gradient,
    homeostatic_loss,
    sampled_gradient,
    sampled_loss,
    soft_pools,
    symmetric_part,
    symmetry_measure,
    weight_angle,
)
from theory.holo_ep.derivations import homeostasis
from theory.holo_ep.homeostasis import descend

seeds = st.integers(0, 10_000)
bounded = settings(max_examples=25, deadline=None, derandomize=True)


def matrix(seed, units=5):
    return np.random.default_rng(seed).standard_normal((units, units))


@bounded
@given(seeds)
def test_two_traces_are_the_antisymmetric_part(seed):
    jacobian = matrix(seed)
    traces = np.trace(jacobian.T @ jacobian) - np.trace(jacobian @ jacobian)
    assert homeostatic_loss(jacobian) == pytest.approx(traces, abs=1e-12)
    assert homeostatic_loss(jacobian) == pytest.approx(
        2 * np.linalg.norm(antisymmetric_part(jacobian)) ** 2
    )
    assert homeostatic_loss(symmetric_part(jacobian)) == 0


def test_the_derived_variance_is_the_predicted_one():
    derivation = homeostasis.draw_variance()
    a, b, s, t = sp.symbols("a b s t", real=True)
    values = {a: -1.2, b: -0.7, s: 0.4, t: 0.9}
    jacobian = np.array([[-1.2, 0.4 + 0.9], [0.4 - 0.9, -0.7]])
    assert float(derivation["vanishes"].rhs.subs(values)) == pytest.approx(draw_variance(jacobian))


def traces(expression, weights):
    """Value of an expression in traces of products of W."""
    (symbol,) = expression.atoms(sp.MatrixSymbol)
    sized = expression.subs(symbol.shape[0], len(weights))
    put_in = {s: sp.Matrix(weights) for s in sized.atoms(sp.MatrixSymbol)}
    return float(sized.xreplace(put_in).doit())


def test_the_derived_weight_regimes_are_the_loss():
    derivation = homeostasis.weight_regimes()
    weights = matrix(3, 4)
    assert traces(derivation["matching"].rhs, weights) == pytest.approx(
        homeostatic_loss(weights - np.eye(4))
    )
    single = np.tril(weights, -1)
    assert traces(derivation["decay"].rhs, single) == pytest.approx(
        homeostatic_loss(single - np.eye(4))
    )


def test_the_derived_loop_has_the_measured_symmetry():
    weights = np.zeros((5, 5))
    weights[np.arange(5), np.arange(5) - 1] = [0.3, -1.2, 0.8, 2.0, -0.4]
    derived = homeostasis.loop_symmetry()["measure"].rhs
    values = {"n": 5, "q": np.sum(weights**2)}
    found = derived.subs({s: values[s.name] for s in derived.free_symbols})
    assert float(found) == pytest.approx(symmetry_measure(weights - np.eye(5)))


@pytest.mark.parametrize("x", [-1.3, 0.0, 0.7])
def test_the_derived_weight_of_a_pool_is_what_its_slopes_give(x):
    """Both currents of one pool grow with x in proportion to their kernels."""
    up, back = np.array([0.8, -0.5]), np.array([0.2, 1.1])
    weights = [soft_pools(k[:, None] * x).slopes[:, 0] @ k for k in (up, back)]
    derivation = homeostasis.weight_regimes()
    for kernels, weight in zip((up, back), weights, strict=True):
        named = {"x": x, "k": kernels[0], "m": kernels[1]}
        gain = derivation["gain"].rhs
        found = gain.subs({s: named[s.name] for s in gain.free_symbols})
        assert float(found) == pytest.approx(weight)
    named = {"x": x, "k_1": up[0], "k_2": up[1], "q_1": back[0], "q_2": back[1]}
    pool = derivation["soft pooling"]
    loss = derivation["loss"].rhs.replace(pool.lhs.func, sp.Lambda(pool.lhs.args, pool.rhs)).doit()
    found = loss.subs({s: named[s.name] for s in loss.free_symbols})
    pair = np.array([[0.4, weights[1]], [weights[0], -1]])
    assert float(found) == pytest.approx(homeostatic_loss(pair))
    forces = sp.Matrix([derivation["force below"].rhs, derivation["force above"].rhs])
    forces = forces.replace(pool.lhs.func, sp.Lambda(pool.lhs.args, pool.rhs)).doit()
    states = sp.symbols("x y", real=True)  # at y = 0 the unit below has its leak alone
    slopes = forces.jacobian(states).subs({states[1]: 0})
    found = slopes.subs({s: named[s.name] for s in slopes.free_symbols})
    np.testing.assert_allclose(
        np.array(found, float), [[-1, weights[1]], [weights[0], -1]], atol=1e-12
    )


@bounded
@given(seeds)
def test_the_gradient_is_that_of_the_loss(seed):
    jacobian, h = matrix(seed, 3), 1e-6
    numeric = np.zeros((3, 3))
    for cell in np.ndindex(3, 3):
        step = np.zeros((3, 3))
        step[cell] = h
        numeric[cell] = (homeostatic_loss(jacobian + step) - homeostatic_loss(jacobian - step)) / (
            2 * h
        )
    # The loss is quadratic: central differences err by rounding only.
    np.testing.assert_allclose(homeostatic_gradient(jacobian), numeric, atol=1e-7)


@pytest.mark.parametrize("scale", [0.1, 1.0])
def test_mean_and_variance_of_a_draw_by_monte_carlo(scale):
    units, draws = 12, 40_000
    raw = matrix(3, units) / np.sqrt(units)
    jacobian = -np.eye(units) + 0.5 * symmetric_part(raw) + scale * antisymmetric_part(raw)
    eps = np.random.default_rng(7).standard_normal((draws, units))
    samples = sampled_loss(lambda e: e @ jacobian.T, eps)
    mean, variance = samples.mean(), samples.var(ddof=1)
    # Four standard errors: a false alarm in 16 000; that of the variance from the fourth moment.
    assert abs(mean - homeostatic_loss(jacobian)) < 4 * np.sqrt(draw_variance(jacobian) / draws)
    fourth = np.mean((samples - mean) ** 4)
    assert abs(variance - draw_variance(jacobian)) < 4 * np.sqrt((fourth - variance**2) / draws)


def test_a_symmetric_jacobian_has_no_variance_at_all():
    jacobian = symmetric_part(matrix(1))
    eps = np.random.default_rng(0).standard_normal((50, 5))
    np.testing.assert_allclose(sampled_loss(lambda e: e @ jacobian.T, eps), 0, atol=1e-12)
    assert draw_variance(jacobian) == 0


def test_a_single_draw_can_be_negative():
    jacobian = -np.eye(5) + symmetric_part(matrix(2)) + 0.05 * antisymmetric_part(matrix(2))
    eps = np.random.default_rng(0).standard_normal((500, 5))
    samples = sampled_loss(lambda e: e @ jacobian.T, eps)
    assert np.mean(samples < 0) > 0.2 and homeostatic_loss(jacobian) > 0


def test_the_sampled_gradient_is_that_of_the_sampled_loss():
    jacobian, h = matrix(4, 4), 1e-6
    eps = np.random.default_rng(1).standard_normal((6, 4))
    found = sampled_gradient(jacobian, eps)
    for cell in np.ndindex(4, 4):
        losses = []
        for sign in (1, -1):
            moved = jacobian.copy()
            moved[cell] += sign * h
            losses.append(sampled_loss(lambda e, j=moved: e @ j.T, eps).mean())
        assert found[cell] == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=1e-7)


def test_the_sampled_gradient_has_the_right_mean():
    jacobian = matrix(5, 4)
    # Perturbations along the basis, scaled, are an exact quadrature of the second moment.
    basis = np.sqrt(4) * np.eye(4)
    np.testing.assert_allclose(
        sampled_gradient(jacobian, basis), homeostatic_gradient(jacobian), atol=1e-12
    )


def test_the_gradient_of_a_draw_is_noisy_even_at_symmetry():
    even, draws = symmetric_part(matrix(9)), 20_000
    eps = np.random.default_rng(2).standard_normal((draws, 1, 5))
    found = sampled_gradient(np.broadcast_to(even, (draws, 5, 5)), eps)
    size = np.sum(found**2, axis=(1, 2))  # its mean is the summed variance, since the mean is zero
    assert abs(size.mean() - gradient_noise_at_symmetry(even)) < 4 * size.std() / np.sqrt(draws)
    assert gradient_noise_at_symmetry(3 * np.eye(4)) == 0
    a, b, s = sp.symbols("a b s", real=True)
    derived = homeostasis.gradient_noise()["formula"].rhs.subs({a: 0.3, b: -1, s: 0.7})
    two = np.array([[0.3, 0.7], [0.7, -1]])
    assert float(derived) == pytest.approx(gradient_noise_at_symmetry(two))


def test_the_sampled_gradient_takes_stacks():
    stack = np.stack([matrix(k, 4) for k in range(3)])
    eps = np.random.default_rng(0).standard_normal((3, 7, 4))
    alone = [sampled_gradient(j, e) for j, e in zip(stack, eps, strict=True)]
    np.testing.assert_allclose(sampled_gradient(stack, eps), alone, atol=1e-13)


def test_descent_makes_symmetric_at_the_derived_rate():
    jacobian, rate = matrix(6), 0.05
    path = descend(jacobian, rate, 10)
    odd = np.array([antisymmetric_part(j) for j in path])
    # Each step takes 4 eta A off A: both entries of a pair move.
    np.testing.assert_allclose(odd[10], odd[0] * (1 - 4 * rate) ** 10, atol=1e-13)
    np.testing.assert_allclose(symmetric_part(path[10]), symmetric_part(jacobian), atol=1e-13)


def test_descent_of_one_way_links_is_weight_decay():
    linked = np.tril(np.ones((5, 5), bool), -1)
    weights = matrix(7) * linked
    path = descend(weights - np.eye(5), 0.05, 8, linked)
    np.testing.assert_allclose(path[8] + np.eye(5), weights * (1 - 0.1) ** 8, atol=1e-13)


def test_descend_refuses_bad_arguments():
    with pytest.raises(ValueError, match="rate"):
        descend(matrix(0), 0.0, 3)
    with pytest.raises(ValueError, match="steps"):
        descend(matrix(0), 0.1, -1)


def test_the_symmetry_measure_at_its_landmarks():
    even, odd = symmetric_part(matrix(8)), antisymmetric_part(matrix(8))
    assert symmetry_measure(even) == pytest.approx(1)
    assert symmetry_measure(odd) == pytest.approx(0)
    equal = even / np.linalg.norm(even) + odd / np.linalg.norm(odd)
    assert symmetry_measure(equal) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="zeros"):
        symmetry_measure(np.zeros((3, 3)))


@bounded
@given(seeds, st.floats(0, 180))
def test_weights_are_turned_by_exactly_the_angle(seed, degrees):
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((4, 3))
    turned = backward_weights(weights, degrees, rng, exact=True)
    assert np.linalg.norm(turned) == pytest.approx(np.linalg.norm(weights))
    # The arc cosine loses half the digits near 0 and 180 degrees.
    assert weight_angle([weights[None]], [turned[None]])[0] == pytest.approx(degrees, abs=1e-5)


def test_a_single_weight_can_only_be_kept_or_reversed():
    rng = np.random.default_rng(0)
    np.testing.assert_allclose(
        backward_weights(np.full((1, 1), 2.0), 180, rng, exact=True), -2, atol=1e-12
    )
    with pytest.raises(ValueError, match="not turned by an angle"):
        backward_weights(np.ones((1, 1)), 45, rng, exact=True)


def test_the_weight_angle_joins_all_blocks():
    a, b = np.eye(2)[None], 3 * np.eye(2)[None]
    assert weight_angle([a, b], [a, -b])[0] == pytest.approx(np.degrees(np.arccos(-0.8)))
    with pytest.raises(ValueError, match="reciprocal pairs"):
        weight_angle([a], [])
    with pytest.raises(ValueError, match="shapes differ"):
        weight_angle([a], [np.ones((1, 3, 2))])
