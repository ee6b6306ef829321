"""The beaker chain: conservation, decay spectrum, diffusion law, feedback and metaplasticity."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.consolidation import BeakerChain
from theory.numerics import real_eigenvalues


def spread(chain, start, steps):
    levels = np.array(start, float)
    path = [levels.copy()]
    for _ in range(steps):
        chain.step(levels)
        path.append(levels.copy())
    return np.array(path)


def test_a_step_is_the_linear_map_of_its_matrix():
    chain = BeakerChain()
    levels = np.random.default_rng(0).standard_normal((4, 5))
    wanted = levels + chain.matrix() @ levels
    chain.step(levels)
    np.testing.assert_allclose(levels, wanted, atol=1e-15)


def test_without_a_leak_the_liquid_is_conserved_and_levels_out():
    chain = BeakerChain.geometric(5, leak=False)
    areas = np.array(chain.areas)
    path = spread(chain, [1, 0, 0, 0, 0], 4000)
    np.testing.assert_allclose(path @ areas, 1, atol=1e-12)
    # What remains of the way to the volume over all areas is the slowest mode.
    rates = -real_eigenvalues(chain.matrix())[::-1]
    assert abs(rates[0]) < 1e-12
    remaining = (1 - rates[1]) ** 4000
    np.testing.assert_allclose(path[-1], 1 / areas.sum(), rtol=areas.sum() * remaining)


def test_the_first_level_decays_as_the_inverse_square_root_of_time():
    """The chain discretises a diffusion equation on a half line: 1 / sqrt(pi D t)."""
    levels = 9
    chain = BeakerChain.geometric(levels)
    matrix = np.eye(levels) + chain.matrix()
    times = 2 ** np.arange(6, 13)
    first = np.array([np.linalg.matrix_power(matrix, t)[0, 0] for t in times])
    slope = np.polyfit(np.log(times), np.log(first), 1)[0]
    # Ripples of a chain with ratio 2 are about a percent; the cut-off lies beyond 4^9.
    assert slope == pytest.approx(-0.5, abs=0.01)
    # Prefactor against the continuum 1 / sqrt(pi D), D = alpha (1 + n) / (2 n) = 3 / 16.
    assert np.all(abs(first * np.sqrt(times * np.pi * 3 / 16) - 1) < 0.06)


def test_the_longest_time_grows_fourfold_with_every_beaker():
    times = [-1 / real_eigenvalues(BeakerChain.geometric(n).matrix())[-1] for n in (4, 6, 8)]
    np.testing.assert_allclose(np.diff(np.log(times)) / np.log(16), 1, atol=0.05)


@pytest.mark.parametrize(
    ("shortest", "longest", "levels"),
    [(10, 1e4, None), (6.0, 1e6, None), (20, 3e3, 3), (5, 1e9, 12)],
)
def test_a_chain_by_its_shortest_and_longest_time(shortest, longest, levels):
    chain = BeakerChain.spanning(shortest, longest, levels=levels)
    rates = -np.linalg.eigvals(chain.matrix()).real
    assert 1 / rates.max() == pytest.approx(shortest, rel=1e-9)
    assert 1 / rates.min() == pytest.approx(longest, rel=1e-6)
    assert levels is None or chain.levels == levels
    if levels is None:
        ratio = chain.areas[1]
        assert 2**-0.5 < ratio / 2 < 2**0.5
        others = (BeakerChain.spanning(shortest, longest, levels=chain.levels + k) for k in (-1, 1))
        assert all(abs(np.log2(c.areas[1] / 2)) > abs(np.log2(ratio / 2)) for c in others)


def test_all_beakers_move_at_once_and_any_shape_fits():
    chain = BeakerChain()
    levels = np.random.default_rng(1).standard_normal((4, 3, 2)).astype(np.float32)
    singles = levels.copy()
    chain.step(levels)
    for i in range(3):
        for j in range(2):
            one = np.ascontiguousarray(singles[:, i, j])
            chain.step(one)
            np.testing.assert_allclose(levels[:, i, j], one, rtol=1e-6)
    assert levels.dtype == np.float32


@pytest.mark.parametrize(("first", "last", "acts"), [(0, 1, True), (2, 1, False), (-2, -1, False)])
def test_feedback_pushes_only_towards_the_sign_of_the_last_beaker(first, last, acts):
    start = np.array([first, 0.0, 0.0, last])
    plain, fed = start.copy(), start.copy()
    BeakerChain().step(plain)
    BeakerChain(feedback=5e-3).step(fed)
    assert fed[0] - plain[0] == pytest.approx(5e-3 * (last - first) * acts)
    assert np.array_equal(fed[1:], plain[1:])


def test_metaplasticity_slows_the_loss_of_the_last_beaker_only():
    start = np.array([0.0, 0.0, 0.0, 2.0])
    plain, slowed = start.copy(), start.copy()
    BeakerChain().step(plain)
    BeakerChain(metaplasticity=0.7).step(slowed)
    kept = (start[-1] - slowed[-1]) / (start[-1] - plain[-1])
    assert kept == pytest.approx(1 / np.cosh(1.4) ** 2)
    rising = np.array([0.0, 0.0, 5.0, 2.0])
    other = rising.copy()
    BeakerChain().step(rising)
    BeakerChain(metaplasticity=0.7).step(other)
    assert np.array_equal(rising, other)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"areas": (1.0,)}, "must have the same length"),
        ({"areas": (1.0, 0.0, 1.0, 1.0)}, "areas must be a finite number above 0"),
        ({"conductances": (0.9, 3.0, 0.1, 0.1)}, "beaker 2 of area 2 would lose 3.9"),
        ({"feedback": -0.1}, r"feedback must be a finite number in \[0, 1\]"),
        ({"metaplasticity": -1}, "metaplasticity must be a finite number, 0 or above"),
    ],
)
def test_impossible_chains_get_a_sentence(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        BeakerChain(**options)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"shortest": 0.5, "longest": 1e4}, "shortest is 0.5 steps, too short"),
        ({"shortest": 10, "longest": 11, "levels": 5}, "5 beakers span 45.5 times or more"),
        ({"shortest": 10, "longest": 5}, "longest must be a number"),
        ({"shortest": 10, "longest": 1e3, "levels": 1}, "levels must be an integer, 2 or above"),
    ],
)
def test_times_that_no_chain_has_get_a_sentence(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        BeakerChain.spanning(**options)


def test_a_wrong_number_of_levels_gets_a_sentence():
    with pytest.raises(ValueError, match="levels: 4 arrays are needed, not 3"):
        BeakerChain().step(np.zeros(3))


@given(
    levels=st.lists(st.floats(-10, 10), min_size=4, max_size=4),
    other=st.lists(st.floats(-10, 10), min_size=4, max_size=4),
    factor=st.floats(-3, 3),
)
@settings(deadline=None, derandomize=True, max_examples=40)
def test_the_plain_chain_is_linear_leaks_only_at_its_end_and_never_overshoots(
    levels, other, factor
):
    chain = BeakerChain()
    one, two = np.array(levels), np.array(other)
    mixed = one + factor * two
    before, volume = one.copy(), one @ np.array(chain.areas)
    for array in (one, two, mixed):
        chain.step(array)
    np.testing.assert_allclose(mixed, one + factor * two, atol=1e-12)
    leaked = chain.conductances[-1] * before[-1]
    assert one @ np.array(chain.areas) == pytest.approx(volume - leaked, abs=1e-11)
    # Every level moves to a weighted mean of itself, its neighbours and the empty sink.
    assert one.max() <= max(before.max(), 0) + 1e-12
    assert one.min() >= min(before.min(), 0) - 1e-12


def test_a_chain_of_one_beaker_is_a_leaky_integrator():
    chain = BeakerChain(conductances=(0.1,), areas=(2.0,))
    path = spread(chain, [1.0], 50)
    np.testing.assert_allclose(path[:, 0], 0.95 ** np.arange(51), rtol=1e-12)
    with pytest.raises(ValueError, match="levels must be an integer, 1 or above"):
        BeakerChain.geometric(0)
    with pytest.raises(ValueError, match="ratio must be a finite number above 1"):
        BeakerChain.geometric(3, ratio=1.0)
