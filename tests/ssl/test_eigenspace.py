"""Flow and map: conservation, limits, order of convergence, closed forms, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from theory.numerics import NotConverged, real_eigenvalues
from theory.ssl import (
    LOSSES,
    VARIANTS,
    averaged_target_trajectory,
    eigenvalue_map,
    eigenvalue_trajectory,
    relative_rate,
)
from theory.ssl.averaged_target import fixed_point_jacobian
from theory.ssl.closed_forms import weight_decay_fixed_points

SPECTRUM = np.array([0.05, 0.3, 0.9, 1.4, 2.2])
SPECTRA = st.lists(st.floats(1e-2, 5.0), min_size=2, max_size=5).map(np.array)
SETTINGS = [(loss, variant) for loss in LOSSES for variant in VARIANTS]


@settings(deadline=None, derandomize=True, max_examples=4)
@given(
    st.lists(st.floats(0.1, 5.0), min_size=2, max_size=5).map(np.array), st.sampled_from([0.5, 1.0])
)
def test_cosine_flows_conserve(gamma, exponent):
    times = np.array([0.5, 5.0, 60.0])
    common = {"loss": "cosine", "exponent": exponent}
    for variant, power in (
        ("standard", 1.0),
        ("no_predictor", 1.0),
        ("isotropic", 1 + exponent),
    ):
        path = eigenvalue_trajectory(gamma, times, variant=variant, **common)
        before, after = np.sum(gamma**power), np.sum(path**power, axis=1)
        np.testing.assert_allclose(after, before, rtol=1e-10)


def test_true_no_stop_gradient_conserves_and_loses_rank():
    path = eigenvalue_trajectory(SPECTRUM, [5.0, 30.0], loss="cosine", variant="no_stop_gradient")
    np.testing.assert_allclose(path.sum(axis=1), SPECTRUM.sum(), rtol=1e-10)
    participation = path.sum(axis=1) ** 2 / np.sum(path**2, axis=1)
    start = SPECTRUM.sum() ** 2 / np.sum(SPECTRUM**2)
    assert participation[1] < participation[0] < start
    released = eigenvalue_trajectory(
        SPECTRUM, [30.0], loss="cosine", variant="no_stop_gradient_released"
    )
    assert released.sum() > 2 * SPECTRUM.sum()


def test_weight_decay_of_the_cosine_flow_is_one_exponential():
    times = np.array([0.0, 2.0, 10.0])
    path = eigenvalue_trajectory(SPECTRUM, times, loss="cosine", weight_decay=0.03)
    np.testing.assert_allclose(path.sum(axis=1), SPECTRUM.sum() * np.exp(-0.06 * times), rtol=1e-10)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
def test_limits_of_the_cosine_flow(exponent):
    gamma = np.array([0.3, 0.8, 1.3])
    late = [400.0]
    mean = eigenvalue_trajectory(gamma, late, loss="cosine", exponent=exponent)
    np.testing.assert_allclose(mean[-1], gamma.mean(), rtol=1e-8)
    power = 1 + exponent
    path = eigenvalue_trajectory(gamma, late, loss="cosine", variant="isotropic", exponent=exponent)
    np.testing.assert_allclose(path[-1], np.mean(gamma**power) ** (1 / power), rtol=1e-8)


@pytest.mark.parametrize(("loss", "variant"), SETTINGS)
def test_map_tends_to_the_flow_with_order_one(loss, variant):
    setting = {"loss": loss, "variant": variant, "noise": (0.2, 0.1), "weight_decay": 0.05}
    flow = eigenvalue_trajectory(SPECTRUM, [1.0], **setting)[0]
    errors = [
        np.abs(eigenvalue_map(SPECTRUM, steps, 1 / steps, **setting)[-1] - flow).max()
        for steps in (40, 80)
    ]
    # the next order of the ratio is the learning rate times a rate of order one
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1, abs=0.12)


@pytest.mark.parametrize(("loss", "variant"), SETTINGS)
def test_map_composes_and_permutes(loss, variant):
    setting = {"loss": loss, "variant": variant}
    whole = eigenvalue_map(SPECTRUM, 12, 0.05, **setting)
    half = eigenvalue_map(whole[5], 7, 0.05, **setting)
    np.testing.assert_allclose(half, whole[5:], rtol=1e-10)
    order = [3, 0, 4, 1, 2]
    np.testing.assert_allclose(
        eigenvalue_map(SPECTRUM[order], 12, 0.05, **setting), whole[:, order], rtol=1e-10
    )


@pytest.mark.parametrize(("loss", "variant"), SETTINGS)
def test_flow_composes_and_starts_at_the_start(loss, variant):
    setting = {"loss": loss, "variant": variant, "noise": (0.1, 0.3)}
    path = eigenvalue_trajectory(SPECTRUM, [0.0, 0.4, 1.0], **setting)
    np.testing.assert_allclose(path[0], SPECTRUM, rtol=1e-13)
    again = eigenvalue_trajectory(path[1], [0.6], **setting)
    np.testing.assert_allclose(again[0], path[2], rtol=1e-9)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_euclidean_flow_against_an_integrator(variant, weight_decay):
    setting = {"variant": variant, "noise": (0.4, 0.2), "weight_decay": weight_decay}
    setting |= {"exponent": 0.5}
    reference = solve_ivp(
        lambda _, x: 2 * relative_rate(np.exp(x), **setting),
        (0, 3),
        np.log(SPECTRUM),
        method="Radau",
        rtol=1e-11,
        atol=1e-11,
    )
    path = eigenvalue_trajectory(SPECTRUM, [3.0], **setting)
    np.testing.assert_allclose(path[0], np.exp(reference.y[:, -1]), rtol=1e-8)


def test_cosine_with_one_mode_does_nothing():
    for variant in ("standard", "isotropic", "no_stop_gradient", "no_predictor"):
        path = eigenvalue_trajectory([0.7], [5.0], loss="cosine", variant=variant)
        assert path[0, 0] == pytest.approx(0.7, rel=1e-12)
    with pytest.raises(ValueError, match="no mean with a single living mode"):
        eigenvalue_map([0.7], 1, 0.1, loss="cosine", variant="no_stop_gradient_released")


@pytest.mark.parametrize(("loss", "variant"), SETTINGS)
def test_collapsed_modes_stay_collapsed(loss, variant):
    gamma = np.array([0.0, 0.4, 1e-250, 1.2, 0.8, 1.0, 1.5])
    setting = {"loss": loss, "variant": variant}
    flow = eigenvalue_trajectory(gamma, [0.5], **setting)[0]
    step = eigenvalue_map(gamma, 3, 0.1, **setting)[-1]
    alone = eigenvalue_trajectory(gamma[[1, 3, 4, 5, 6]], [0.5], **setting)[0]
    assert flow[0] == step[0] == 0
    assert flow[2] < 1e-200
    np.testing.assert_allclose(flow[[1, 3, 4, 5, 6]], alone, rtol=1e-7)


def test_equal_eigenvalues_are_a_fixed_point_of_the_cosine_loss():
    rate = relative_rate(np.full(4, 0.6), loss="cosine", tolerance=1e-12)
    assert np.abs(rate).max() < 1e-11
    rate = relative_rate([0.6, 0.7], loss="cosine", noise=(0, 0))
    assert rate[0] > 0 > rate[1]


def test_small_modes_are_recruited_slowly_or_exponentially():
    small = np.array([1e-3, 1e-6])
    standard, isotropic = (
        np.array(
            [
                relative_rate([g, 0.8, 1.0, 1.2, 1.5, 2.0], loss="cosine", variant=v)[0]
                for g in small
            ]
        )
        for v in ("standard", "isotropic")
    )
    assert standard[1] / standard[0] == pytest.approx(small[1] / small[0], rel=0.02)
    assert isotropic[1] / isotropic[0] == pytest.approx(1, rel=0.02)


def test_weight_decay_threshold():
    upper, lower = weight_decay_fixed_points(0.1, noise=0.3)
    below, above = lower * 0.98, lower * 1.02
    end = eigenvalue_trajectory([below, above], [600.0], weight_decay=0.1, noise=(0.3, 0))
    assert end[0, 0] < 1e-6
    assert end[0, 1] == pytest.approx(upper, rel=1e-8)
    assert np.isnan(weight_decay_fixed_points(0.26)[0])


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("variant", ["standard", "isotropic", "no_predictor"])
def test_fast_averaging_is_no_averaging(loss, variant):
    times = np.array([0.0, 1.0, 4.0])
    setting = {"loss": loss, "variant": variant, "noise": (0.3, 0.1)}
    plain = eigenvalue_trajectory(SPECTRUM, times, **setting)
    gaps = []
    for beta in (1e2, 1e3):
        online, target = averaged_target_trajectory(SPECTRUM, times, beta, **setting)
        gaps.append(np.abs(online - plain).max())
        assert np.abs(online - target).max() < 4 / beta
    assert gaps[1] < gaps[0] / 7  # of first order in 1 / beta


@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_averaged_target_relaxes_at_the_predicted_rate(exponent):
    beta = 0.05
    slow = real_eigenvalues(fixed_point_jacobian(beta, exponent)).max()
    assert slow == pytest.approx(-2 * exponent * beta / (1 + 2 * exponent), rel=0.05)
    times = np.array([60.0, 80.0])
    online, _ = averaged_target_trajectory([1.2], times, beta, exponent=exponent)
    measured = np.log(abs(online[1, 0] - 1) / abs(online[0, 0] - 1)) / 20
    # what is left of the deviation, squared, is the next order
    assert measured == pytest.approx(slow, rel=3 * abs(online[0, 0] - 1) + 1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"initial_eigenvalues": [-0.1, 1]}, "initial_eigenvalues must be 0 or above"),
        ({"initial_eigenvalues": [np.nan, 1]}, "initial_eigenvalues must be finite"),
        ({"initial_eigenvalues": []}, "it is empty"),
        ({"initial_eigenvalues": [0.0]}, "not all 0"),
        ({"times": [1.0, 0.5]}, "strictly increasing"),
        ({"times": [-1.0, 0.5]}, "strictly increasing"),
        ({"times": [np.inf]}, "times must be finite"),
        ({"loss": "cosin"}, "did you mean 'cosine'"),
        ({"variant": "isotropc"}, "did you mean 'isotropic'"),
        ({"exponent": 0.0}, "exponent must be a finite number above 0"),
        ({"noise": (-0.1, 0.0)}, "noise of view 1"),
        ({"weight_decay": -1e-3}, "weight_decay must be"),
    ],
)
def test_bad_arguments(change, message):
    arguments = {"initial_eigenvalues": [0.5, 1.0], "times": [1.0]} | change
    with pytest.raises(ValueError, match=message):
        eigenvalue_trajectory(**arguments)


def test_bad_map_arguments():
    with pytest.raises(ValueError, match="steps must be an integer, 0 or above"):
        eigenvalue_map([1.0], -1, 0.1)
    with pytest.raises(ValueError, match="learning_rate must be"):
        eigenvalue_map([1.0], 1, 0.0)
    with pytest.raises(NotConverged, match="diverges at learning rate"):
        eigenvalue_map([30.0], 50, 1.0)
    with pytest.raises(ValueError, match="averaging_rate must be"):
        averaged_target_trajectory([1.0], [1.0], 0.0)
    for variant in ("no_stop_gradient", "no_stop_gradient_released"):
        with pytest.raises(ValueError, match="no gradient reaches it that could be stopped"):
            averaged_target_trajectory([1.0], [1.0], 1.0, variant=variant)
