"""Counted updates until a hidden weight flips, against the travel time of its law."""

import numpy as np
import pytest

from theory.metaplasticity import (
    Exponential,
    HardThreshold,
    PowerTail,
    SechSquared,
    modulated_update,
    simulate_flip_time,
)
from theory.numerics import NotConverged

LAWS = (
    SechSquared(0.0),
    SechSquared(1.35),
    PowerTail(2.0, 1.0),
    PowerTail(1.0, 3.0),
    Exponential(1.5),
)


@pytest.mark.parametrize("law", LAWS, ids=repr)
@pytest.mark.parametrize("pull", [0.003, 0.02])
def test_the_count_is_the_travel_time_and_what_finite_steps_add(law, pull):
    """Backward error analysis adds ln(1/f)/2; what is left is one update and a term of order v."""
    hidden = np.array([0.31, 0.77, 1.3, 1.9])
    expected = law.travel(hidden) / pull - 0.5 * np.log(law.factor(hidden))
    scale = 3.0 * pull  # one update over the shortest scale of these factors
    assert np.all(np.abs(simulate_flip_time(hidden, pull, law) - expected) < 1 + scale)


def test_it_repeats_the_update_of_the_published_rule():
    moving, updates = np.array([1.234]), 0
    while moving[0] > 0:
        moving = moving + modulated_update(moving, np.array([-0.01]), 1.1)
        updates += 1
    assert simulate_flip_time([-1.234], 0.01, SechSquared(1.1)) == [updates]


def test_zero_has_flipped_and_shapes_are_kept():
    assert simulate_flip_time(np.zeros((2, 3)), 0.1, SechSquared(1.0)).tolist() == [[0] * 3] * 2
    assert simulate_flip_time(0.05, 0.1, SechSquared(1.0)) == 1


def test_what_never_flips_is_said():
    with pytest.raises(NotConverged, match="hidden weight of 2 does not flip"):
        simulate_flip_time([0.5, 2.0], 0.1, HardThreshold(1.0))


@pytest.mark.parametrize(
    ("hidden", "pull", "name"),
    [([np.nan], 0.1, "hidden"), ([1.0], 0.0, "pull"), ([1.0], -1, "pull")],
)
def test_bad_arguments_are_named(hidden, pull, name):
    with pytest.raises(ValueError, match=name):
        simulate_flip_time(hidden, pull, SechSquared(1.0))
