"""The corrected nudged phase: the exact gradient of networks without symmetric weights."""

import numpy as np
import pytest

from theory.ep import (
    LayeredNetwork,
    SoftReadout,
    Stencil,
    asymmetry_factor,
    corrected_equilibrium,
    corrected_estimate,
    equilibrium,
    estimate,
    implicit_gradient,
    radius_of_convergence,
    vector_field_estimate,
)
from theory.ep.gradients import slopes
from theory.ep.vector_field import true_errors
from theory.numerics import NotConverged

RNG = np.random.default_rng(1)
NETWORK = LayeredNetwork.random((6, 5, 4, 3), 0, scale=0.8, backward=True)
X, Y = RNG.uniform(size=(4, 6)), RNG.uniform(-1, 1, (4, 3))
SOFT = SoftReadout(RNG.normal(size=(2, 3)), np.zeros(2))
CASES = [(None, Y), (SOFT, np.eye(2)[[0, 1, 1, 0]])]


@pytest.mark.parametrize(("loss", "targets"), CASES, ids=["squared error", "read-out"])
@pytest.mark.parametrize(
    ("stencil", "order"),
    [
        (Stencil.one_sided, 1),
        (Stencil.symmetric, 2),
        (lambda b: Stencil.order_n(b, 3), 3),
        (lambda b: Stencil.contour(4, b), 4),
    ],
)
def test_the_error_has_the_order_of_the_stencil(loss, targets, stencil, order):
    options = {} if loss is None else {"loss": loss}
    exact = implicit_gradient(NETWORK, X, targets, **options)
    errors = [
        (corrected_estimate(NETWORK, X, targets, stencil(b), **options) - exact).norm()
        for b in (0.04, 0.02)
    ]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.15)


def test_the_linear_response_is_minus_the_true_errors():
    free = equilibrium(NETWORK, X, tolerance=1e-14).states
    moved = [corrected_equilibrium(NETWORK, X, Y, b, free=free) for b in (1e-4, -1e-4)]
    slope, last = slopes(NETWORK, free, X), NETWORK.slices[-1]
    for k in range(len(X)):
        force = np.zeros(free.shape[1])
        force[last] = free[k, last] - Y[k]
        wanted = true_errors(NETWORK.coupling(), slope[k], force)
        # Of second order in a nudge of 1e-4.
        np.testing.assert_allclose((moved[1] - moved[0])[k] / 2e-4, wanted, atol=1e-7)


def test_with_symmetric_weights_the_states_are_the_nudged_equilibrium():
    plain = LayeredNetwork.random((6, 5, 4, 3), 2, scale=0.8)
    free = equilibrium(plain, X, tolerance=1e-14).states
    wanted = equilibrium(plain, X, targets=Y, nudging_strength=0.2, tolerance=1e-14).states
    np.testing.assert_allclose(
        corrected_equilibrium(plain, X, Y, 0.2, free=free), wanted, atol=1e-12
    )
    gap = corrected_estimate(plain, X, Y, 0.01) - estimate(plain, X, Y, Stencil.symmetric(0.01))
    # Products of changes of both ends, which the one leaves out, are of second order.
    assert gap.norm() < 1e-3


def test_it_is_right_where_the_vector_field_is_not():
    exact = implicit_gradient(NETWORK, X, Y)
    assert corrected_estimate(NETWORK, X, Y, 0.01).angle(exact) < 0.1
    assert vector_field_estimate(NETWORK, X, Y, 0.01).angle(exact) > 5


def test_a_phase_that_does_not_settle_says_so():
    with pytest.raises(NotConverged, match="nudged phase did not settle"):
        corrected_equilibrium(NETWORK, X, Y, 0.1, max_steps=3)
    with pytest.raises(ValueError, match="number other than 0"):
        corrected_estimate(NETWORK, X, Y, 0.0)


def test_the_asymmetry_at_the_double_root_is_its_recursion():
    rate, decay = 1.0, 0.01
    for momentum in (0.81, 0.81 + 1e-12, 0.81 - 1e-7, 0.7, 0.0):
        left, speed = [1.0], 0.0
        for _ in range(20):
            speed = momentum * speed + decay * left[-1]
            left.append(left[-1] - rate * speed)
        found = asymmetry_factor(rate, decay, momentum, np.arange(21))
        np.testing.assert_allclose(found, left, rtol=1e-9)


@pytest.mark.parametrize("power", [0.0, -1.5], ids=["pole", "branch point"])
def test_the_radius_of_either_law_is_found_exactly(power):
    k = np.arange(21.0)
    sizes = np.maximum(k, 1.0) ** power * 0.6461**-k
    assert radius_of_convergence(sizes[:, None]) == pytest.approx(0.6461, rel=1e-9)


def test_the_radius_of_functions_with_known_singularities():
    k = np.arange(24)
    pole = 0.3 * 0.7 ** -k.astype(float) + 0.2 * 1.9 ** -k.astype(float)
    root = np.cumprod(np.r_[1.0, (k[1:] - 1.5) / k[1:]]) * 0.7 ** -k.astype(
        float
    )  # sqrt(1 - x / .7)
    assert radius_of_convergence(pole) == pytest.approx(0.7, rel=1e-3)
    assert radius_of_convergence(root) == pytest.approx(0.7, rel=0.01)
    with pytest.raises(ValueError, match="5 orders; at least 12"):
        radius_of_convergence(np.ones(5))
