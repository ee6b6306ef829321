"""Any predictor: rules, fixed points, conserved sums, invariances, sampling, bad input."""

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from theory.ssl import (
    RULES,
    RidgePredictor,
    SiameseNetwork,
    SpectralPredictor,
    averaged_target_trajectory,
    crossing_times,
    eigenvalue_map,
    eigenvalue_trajectory,
    normalised_ratio_time,
    relative_rate,
    sample_views,
    weight_decay_fixed_points,
)
from theory.ssl.predictors import as_predictor

GAMMA = np.array([0.05, 0.4, 1.1, 2.0])
CLEAN = {"noise": (0, 0)}


def test_no_rule_is_the_power_that_is_asked_for_one_by_default():
    np.testing.assert_allclose(as_predictor(None)(GAMMA), GAMMA)
    np.testing.assert_allclose(as_predictor(None, 0.5)(GAMMA), np.sqrt(GAMMA))


def test_rules_by_hand():
    gamma = np.array([0.16, 0.64])
    np.testing.assert_allclose(RULES["direct_pred"](gamma), [0.5, 1.0])
    np.testing.assert_allclose(RULES["direct_copy"](gamma), [0.5, 1.25])
    length = np.hypot(0.16, 0.64)
    np.testing.assert_allclose(RULES["direct_set"](gamma), np.sqrt(gamma / length) + 0.1)
    np.testing.assert_allclose(RidgePredictor(0.2, noise=0.5)(gamma), gamma / (1.25 * gamma + 0.2))
    inside = SpectralPredictor(0.5, 0.44, normalised="largest", inside_root=True)
    np.testing.assert_allclose(inside(gamma), np.sqrt([0.69, 1.44]))


def test_ridge_is_the_minimum_of_the_squared_error():
    rng = np.random.default_rng(0)
    gamma, sigma, penalty = 0.7, 0.6, 0.3
    z = np.sqrt(gamma) * rng.standard_normal((2, 50_000))  # whitened below: moments exact
    z1, z2 = z[0] / z[0].std(), None
    clean = z1 * np.sqrt(gamma)
    other = z[1] - z[1].mean()
    other -= (other @ clean) / (clean @ clean) * clean
    online = clean + sigma * np.sqrt(gamma) * other / other.std()
    z2 = clean
    best = np.mean(online * z2) / (np.mean(online**2) + penalty)
    # the mean of the whitened sample is not zero: its square over the variance is left
    assert RidgePredictor(penalty, sigma)(np.array([gamma]))[0] == pytest.approx(best, rel=1e-3)


@pytest.mark.parametrize("loss", ["euclidean", "cosine"])
@pytest.mark.parametrize("variant", ["standard", "isotropic", "no_stop_gradient"])
@pytest.mark.parametrize("rule", ["direct_pred", "direct_copy", "optimal"])
def test_rates_against_the_sampled_network(loss, variant, rule):
    rng = np.random.default_rng(7)
    u, v = (np.linalg.qr(rng.standard_normal((n, 3)))[0] for n in (3, 5))
    s = np.array([0.5, 0.9, 1.3])
    network = SiameseNetwork(loss, variant, noise=(0.3, 0.2), spectral_predictor=rule)
    updates = np.array([
        np.diag(u.T @ network.update((u * s) @ v.T, *sample_views(5, 3000, (0.3, 0.2), rng)) @ v)
        for _ in range(40)
    ]) / s  # fmt: skip
    rates = relative_rate(s**2, loss=loss, variant=variant, predictor=rule, noise=(0.3, 0.2))
    error = updates.std(axis=0, ddof=1) / np.sqrt(40)
    # Student's t with 39 degrees: 5.5 is passed once in 200 000
    assert np.abs((updates.mean(axis=0) - rates) / error).max() < 5.5


@pytest.mark.parametrize("rule", [0.5, lambda g: g / (0.3 + g), lambda g: np.tanh(g) + 0.1])
def test_fixed_points_of_any_predictor_are_those_of_its_eigenvalue(rule):
    rho = 0.12
    upper, _ = weight_decay_fixed_points(rho, 0.2)
    end = eigenvalue_trajectory(
        [0.8, 2.0], [400.0], predictor=rule, noise=(0.2, 0), weight_decay=rho
    )
    found = rule(end[0]) if callable(rule) else end[0] ** rule
    np.testing.assert_allclose(found, upper, rtol=1e-8)


def test_ridge_saddle_node_does_not_depend_on_the_ridge():
    for penalty in (0.05, 1.0):
        rule = RidgePredictor(penalty)
        alive, dead = (
            eigenvalue_trajectory(
                [3.0 * penalty], [4000.0], predictor=rule, weight_decay=rho, **CLEAN
            )
            for rho in (0.24, 0.26)
        )
        assert rule(alive[0])[0] == pytest.approx(weight_decay_fixed_points(0.24)[0], rel=1e-6)
        assert dead[0, 0] < 1e-10


def test_normalised_predictor_keeps_the_largest_eigenvalue():
    for exponent in (0.5, 1.0):
        rule = SpectralPredictor(exponent, normalised="largest")
        path = eigenvalue_trajectory(GAMMA, [0.0, 3.0, 400.0], predictor=rule, **CLEAN)
        # a neutral direction: the integrator's errors, 1e-12 a step, add up
        np.testing.assert_allclose(path[:, -1], GAMMA[-1], rtol=1e-8)
        np.testing.assert_allclose(path[-1], GAMMA[-1], rtol=1e-8)


@pytest.mark.parametrize("offset", [0.1, 0.25])
def test_offset_lets_the_largest_decay_and_all_become_equal(offset):
    rule = SpectralPredictor(0.5, offset, normalised="largest")
    path = eigenvalue_trajectory(GAMMA, [5.0, 10.0], predictor=rule, weight_decay=0.01, **CLEAN)
    decay = 2 * (offset * (1 + offset) + 0.01)
    np.testing.assert_allclose(path[:, -1], 2 * np.exp(-decay * np.array([5, 10])), rtol=1e-9)
    assert np.ptp(np.log(path[1])) < np.ptp(np.log(path[0])) * np.exp(-5 * 0.5)


@pytest.mark.parametrize("offset", [0.0, 1e-9, 0.1, 0.5])
@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_ratio_time_against_the_flow(offset, exponent):
    rule = SpectralPredictor(exponent, offset, normalised="largest")
    start = 0.08
    wait = normalised_ratio_time(start, 0.6, exponent, offset)
    gamma = np.array([start ** (1 / exponent), 1.0])
    end = eigenvalue_trajectory(gamma, [wait], predictor=rule, **CLEAN)[0]
    assert (end[0] / end[1]) ** exponent == pytest.approx(0.6, rel=1e-9)
    with pytest.raises(ValueError, match="ratios to the largest"):
        normalised_ratio_time(0.7, 0.6)


def test_cosine_ignores_the_scale_of_the_predictor():
    plain = relative_rate(GAMMA, loss="cosine", exponent=0.5)
    scaled = relative_rate(GAMMA, loss="cosine", predictor=lambda g: 7 * g**0.5)
    np.testing.assert_allclose(scaled, plain, rtol=1e-12)
    np.testing.assert_allclose(
        relative_rate(GAMMA, loss="cosine", predictor="direct_pred"), plain, rtol=1e-12
    )
    isotropic = relative_rate(GAMMA, loss="cosine", variant="isotropic", exponent=0.5)
    slowed = relative_rate(
        GAMMA, loss="cosine", variant="isotropic", predictor=lambda g: 7 * g**0.5
    )
    np.testing.assert_allclose(7 * slowed, isotropic, rtol=1e-12)


@pytest.mark.parametrize("rule", ["direct_copy", "optimal", lambda g: np.log1p(g)])
def test_every_predictor_conserves_the_sum_under_the_cosine_loss(rule):
    path = eigenvalue_trajectory(GAMMA, [5.0, 40.0], loss="cosine", predictor=rule)
    np.testing.assert_allclose(path.sum(axis=1), GAMMA.sum(), rtol=1e-9)


def test_isotropic_cosine_conserves_the_integral_of_the_predictor():
    rule = RidgePredictor(0.4)
    path = eigenvalue_trajectory(GAMMA, [0.0, 4.0, 40.0], loss="cosine", variant="isotropic",
                                 predictor=rule)  # fmt: skip
    sums = [sum(quad(lambda g: g / (g + 0.4), 0, end)[0] for end in row) for row in path]
    np.testing.assert_allclose(sums, sums[0], rtol=1e-8)


def test_map_and_averaged_target_take_the_predictor():
    wanted = solve_ivp(
        lambda _, x: 2 * relative_rate(np.exp(x), predictor="direct_copy"), (0, 1),
        np.log(GAMMA), rtol=1e-11, atol=1e-11,
    ).y[:, -1]  # fmt: skip
    errors = [
        np.abs(eigenvalue_map(GAMMA, n, 1 / n, predictor="direct_copy")[-1] - np.exp(wanted)).max()
        for n in (50, 100)
    ]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.1)
    fast = averaged_target_trajectory(GAMMA, [1.0], 1e5, predictor="direct_copy")[0]
    np.testing.assert_allclose(fast[0], np.exp(wanted), rtol=1e-4)


def test_averaged_target_uses_the_noise():
    end = averaged_target_trajectory([0.4], [300.0], 0.5, noise=(0.5, 0.0))[0]
    assert end[0, 0] == pytest.approx(1 / 1.25, rel=1e-6)


@pytest.mark.parametrize(
    ("rule", "error", "message"),
    [
        ("direct_prd", ValueError, "did you mean 'direct_pred'"),
        (lambda g: g[:1], ValueError, "predictor must return one finite number"),
        (lambda g: g - 1, ValueError, "0 or above"),
        (lambda g: g * np.nan, ValueError, "finite"),
        (0.0, ValueError, "predictor must be"),
        ([1.0], TypeError, "predictor must be an exponent"),
        (True, TypeError, "predictor must be an exponent"),
    ],
)
def test_bad_predictors(rule, error, message):
    with pytest.raises(error, match=message):
        relative_rate(GAMMA, predictor=rule)
    with pytest.raises(ValueError, match="normalised must be one of"):
        SpectralPredictor(normalised="sum")
    with pytest.raises(ValueError, match="penalty must be"):
        RidgePredictor(0.0)
    with pytest.raises(ValueError, match="whose eigenvalues are all 1"):
        crossing_times(GAMMA, 0.5, 1.0, variant="no_predictor")
