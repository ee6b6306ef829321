"""Relaxation of many nudges: rows, chunks, precision, early leaving, and the map made of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ep import LayeredNetwork, SoftReadout, SquaredError, equilibrium, trajectory
from theory.holo_ep import (
    ClampedNetwork,
    Contour,
    Field,
    clamped_network,
    stability_map,
    toy_network,
)
from theory.holo_ep.examples import CEILING, FLOOR

TOY = toy_network()
quick = settings(max_examples=15, deadline=None, derandomize=True)


def two_samples():
    rng = np.random.default_rng(0)
    network = LayeredNetwork.random((4, 5, 3), rng, scale=0.7, activation="sigmoid")
    loss = SoftReadout(rng.normal(size=(3, 3)), rng.normal(size=3))
    return ClampedNetwork(network, rng.normal(size=(2, 4)), np.eye(3)[[0, 2]], loss)


def test_every_row_is_the_trajectory_of_the_ep_package():
    clamped = two_samples()
    nudges = np.array([0.2 + 0.1j, -0.3j, 0.5 + 0j])
    states, change = clamped.relaxed_states(nudges, 7)
    for k, nudge in enumerate(nudges):
        path = trajectory(
            clamped.network, clamped.inputs, 8, targets=clamped.targets, nudging_strength=nudge,
            loss=clamped.loss, initial=clamped.free,
        )  # fmt: skip
        np.testing.assert_allclose(states[k], path[7], atol=1e-14)
        np.testing.assert_allclose(change[k], np.linalg.norm(path[8] - path[7], axis=1), atol=1e-14)


@pytest.mark.parametrize("settled", [0.0, 1e-6])
def test_rows_do_not_depend_on_how_they_are_cut_into_pieces(monkeypatch, settled):
    nudges = 0.5 * np.exp(1j * np.linspace(0, 3, 11))
    whole = TOY.relaxed_states(nudges, 25, settled=settled)
    monkeypatch.setattr(clamped_network, "ROWS", 4)
    pieces = TOY.relaxed_states(nudges, 25, settled=settled)
    for one, other in zip(whole, pieces, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-14)


@quick
@given(settled=st.floats(1e-12, 1e-3), radius=st.floats(0.05, 0.45))
def test_rows_left_alone_are_as_close_to_rest_as_they_say(settled, radius):
    nudges = radius * np.exp(1j * np.linspace(0, 3, 4))
    states, change = TOY.relaxed_states(nudges, 400, settled=settled)
    # A row was left when no unit changed by more; eight units, and one contraction more.
    assert change.max() < np.sqrt(8) * settled
    exact = TOY.settled_states(nudges)
    # The way that is left is at most the last change over 1 - rate; rates here are below 0.85.
    assert np.abs(states - exact).max() < 20 * settled + 1e-12


@pytest.mark.parametrize("kind", ["network", "field"])
def test_a_linear_unit_settles_or_is_told_to_diverge(kind):
    """Nudged towards 0.3 it rests at 0.3 b / (1 + b)."""
    if kind == "network":
        unit = LayeredNetwork([[[1.0]]], [[0.0]], "linear")
        scene = ClampedNetwork(unit, [[0.0]], [[0.3]], SquaredError())
    else:
        scene = Field(lambda u: -u, lambda u: 0.5 * (u[..., 0] - 0.3) ** 2, [0.0])
    nudges = np.array([0.1 + 0.2j, 30 + 4j])
    states, change = (part.reshape(2) for part in scene.relaxed_states(nudges, 800))
    assert states[0] == pytest.approx(0.3 * nudges[0] / (1 + nudges[0]), abs=1e-15)
    assert change[0] < 1e-15 and np.isnan(states[1]) and np.isnan(change[1])


def test_no_steps_leave_the_free_state():
    states, change = TOY.relaxed_states(np.array([0.3j]), 0)
    np.testing.assert_array_equal(states[0], TOY.free)
    assert change[0, 0] > 1e-3
    _, at_rest = TOY.relaxed_states(np.array([0j]), 0)
    assert at_rest[0, 0] < 1e-13


@pytest.mark.parametrize(
    ("nudge", "single", "dtype"),
    [
        (0.3, False, float),
        (0.3, True, np.float32),
        (0.3j, False, complex),
        (0.3j, True, np.complex64),
    ],
)
def test_states_keep_the_kind_and_precision_asked_for(nudge, single, dtype):
    states, _ = TOY.relaxed_states(np.array([nudge]), 30, single=single)
    assert states.dtype == dtype
    exact = TOY.settled_states(np.array([nudge]))
    # Thirty steps leave 0.43^30 = 1e-11; single precision rounds at 6e-8, a few times amplified.
    np.testing.assert_allclose(states, exact, atol=1e-6 if single else 1e-9)
    if single:
        assert np.abs(states - exact).max() > 1e-10


def test_real_nudges_settle_in_real_states():
    states = TOY.settled_states(np.array([0.3, -0.2]))
    assert states.dtype == float
    for nudge, row in zip((0.3, -0.2), states, strict=True):
        found = equilibrium(
            TOY.network, TOY.inputs, targets=TOY.targets, nudging_strength=nudge, loss=TOY.loss
        )
        np.testing.assert_allclose(row, found.states, atol=1e-11)


def test_the_map_stays_between_its_floor_and_its_ceiling():
    axis, residuals = stability_map(TOY, 1.5, 41, steps=120)
    assert axis[0] == -1.5 and axis[20] == 0 and residuals.shape == (41, 41)
    assert residuals.min() >= FLOOR and residuals.max() <= CEILING
    # Nudges towards the target's opposite and small ones settle; some in the lobes do not.
    assert residuals[20, :21].max() < 2e-6 and residuals[20, 20] == pytest.approx(FLOOR)
    assert (residuals > 1e-2).any()


@quick
@given(points=st.integers(1, 40), radius=st.floats(1e-3, 2))
def test_stencils_see_one_coefficient_and_its_aliases(points, radius):
    stencil = Contour.circle(points, radius)
    moments = [stencil.weights @ stencil.nodes**k for k in range(2 * points + 2)]
    assert moments[1] == pytest.approx(1)
    for order in range(2, 2 * points + 2):
        moment = moments[order] / radius ** (order - 1)
        seen = (order - 1) % points == 0
        assert moment == pytest.approx(1 if seen else 0, abs=1e-9)


@quick
@given(points=st.integers(1, 25))
def test_half_a_stencil_reproduces_real_polynomials(points):
    coefficients = np.random.default_rng(points).normal(size=12)
    stencil = Contour.circle(points, 0.8)
    nodes, weights = stencil.half()
    half = np.real(weights @ np.polynomial.polynomial.polyval(nodes, coefficients))
    whole = np.array(stencil.weights) @ np.polynomial.polynomial.polyval(
        np.array(stencil.nodes), coefficients
    )
    assert half == pytest.approx(np.real(whole), abs=1e-10) and abs(np.imag(whole)) < 1e-10
