"""Plateaus of the mean sign: exact ends against orbits, envelopes and the expansion."""

from math import gcd

import numpy as np
import pytest

from theory.metaplasticity import (
    locking_plateau,
    renormalised_map,
    rotation_range,
    simulate_scalar_weights,
)
from theory.metaplasticity.derivations.locking import plateau

FRACTIONS = [(p, q) for q in range(2, 8) for p in range(1, q) if gcd(p, q) == 1]


def test_just_inside_every_orbit_is_locked_and_just_outside_some_are_not():
    starts, steps = np.linspace(-0.5, 0.9, 40)[:, None, None, None], 20_000
    p, q = np.array([(2, 3), (1, 2), (3, 5), (1, 4)]).T
    strength = np.array([[0.2], [0.3]])
    found = locking_plateau(p, q, strength)
    assert np.all(found.width > 0)
    margin = 0.01 * found.width
    inside = found.low + margin, (found.low + found.high) / 2, found.high - margin
    outside = found.low - 4 * margin, found.high + 4 * margin
    means = simulate_scalar_weights(
        np.array([*inside, *outside]), starts, steps, 1.0, strength, discard=200
    )
    # Signs of a block of q can end up in two windows: at most 2q of the steps differ.
    distance = np.abs(means - (2 * p / q - 1))
    assert np.all(distance[:, :3] <= 2 * q / steps)
    assert np.all(distance[:, 3:].max(axis=0) > 2 * q / steps)


def test_envelopes_agree_on_plateaus_only():
    found, steps = locking_plateau(2, 3, 0.3), 6000
    grid = np.linspace(found.low - 0.02, found.high + 0.02, 31)
    low, high = rotation_range(grid, 0.3, steps)
    locked = (grid > found.low) & (grid < found.high)
    np.testing.assert_allclose(low[locked], 1 / 3, atol=4 / steps)
    np.testing.assert_allclose(high[locked], 1 / 3, atol=4 / steps)
    assert np.all((high - low)[~locked] > 4 / steps)
    assert np.all(low <= high + 4 / steps)
    typical = simulate_scalar_weights(grid, 0.001, steps, 1.0, 0.3, discard=100)
    assert np.all((typical > low - 4 / steps) & (typical < high + 4 / steps))


def test_a_plateau_and_its_mirror_image():
    p, q = np.transpose(FRACTIONS)
    found, mirrored = locking_plateau(p, q, 0.25), locking_plateau(q - p, q, 0.25)
    np.testing.assert_allclose(found.low, -mirrored.high, atol=1e-12)


def test_plateaus_do_not_overlap_and_rise_with_their_fraction():
    p, q = np.transpose(sorted(FRACTIONS, key=lambda pair: pair[0] / pair[1]))
    for strength in (0.1, 0.3, 0.5):
        found = locking_plateau(p, q, strength)
        locked = found.width > 0
        assert np.all(found.high[locked][:-1] < found.low[locked][1:])


def test_the_width_falls_to_its_leading_order():
    strengths = np.array([0.16, 0.08, 0.04])
    expression = plateau()["width"].rhs
    names = {s.name: s for s in expression.free_symbols}
    for p, q in ((2, 3), (1, 2), (3, 4), (2, 5)):
        mean = 2 * p / q - 1
        order = [
            float(expression.subs({names["kappa"]: k, names["q"]: q, names[r"\bar{s}"]: mean}))
            for k in strengths
        ]
        missing = 1 - locking_plateau(p, q, strengths).width / order
        # The next order is kappa^4: the relative gap falls by four with every halving.
        np.testing.assert_allclose(missing[:-1] / missing[1:], 4, rtol=0.12)


def test_strong_metaplasticity_locks_nothing():
    """Two branches that both expand by more than two do not fit into one interval."""
    p, q = np.transpose(FRACTIONS)
    assert np.all(locking_plateau(p, q, 1.0).width == 0)


def test_the_renormalised_map_fits_its_interval_and_expands():
    ends, place, image = renormalised_map(2, 3, 1 / np.pi, 0.3)
    assert ends[0] < 0 < ends[1]
    np.testing.assert_allclose([image[0, 0], image[1, -1]], ends, atol=1e-9)
    assert image.min() >= ends[0] - 1e-9 and image.max() <= ends[1] + 1e-9
    assert np.all(np.diff(image, axis=1) > np.diff(place, axis=1))
    assert image[0, -1] > image[1, 0]  # the images overlap: the orbit is chaotic
    found = locking_plateau(2, 3, 0.3)
    for optimum, fixed in ((found.high - 1e-7, 1), (found.low + 1e-7, 0)):
        ends, _, image = renormalised_map(2, 3, optimum, 0.3)
        # At an end of the plateau one branch reaches from side to side.
        reached = image[0, -1] if fixed else image[1, 0]
        assert abs(reached - ends[fixed]) < 1e-4 * np.ptp(ends)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: locking_plateau(3, 3, 0.1), "plus must be at least 1"),
        (lambda: locking_plateau(2, 4, 0.1), "no common divisor"),
        (lambda: locking_plateau(1, 2, 0.0), "strength must be above 0"),
        (lambda: rotation_range(1.0, 0.1), "optimum must be in"),
        (lambda: renormalised_map(2, 3, 0.4, 0.3), "optimum must be on the plateau"),
    ],
)
def test_bad_arguments_are_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_counts_must_be_integers():
    with pytest.raises(TypeError, match="plus and period must be integers"):
        locking_plateau(0.5, 2, 0.1)
