"""TagTriC: protein in closed form, flips by the derived threshold, capture by survival of tags."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate

from theory.consolidation import (
    TagTriggerModel,
    Tetanus,
    predicted_capture,
    simulate_tag_trigger,
)

MODEL = TagTriggerModel()


def test_protein_follows_the_number_of_tags_exactly():
    course = simulate_tag_trigger([Tetanus(0.5, 0, 80)], synapses=80, hours=3, rng=0)
    making = course.tags > MODEL.trigger
    step = course.times[1]
    first, last = np.flatnonzero(making)[[0, -1]]
    assert making[first : last + 1].all() and course.times[first] == pytest.approx(0.5, abs=step)
    length = (last + 1 - first) * step
    peak = 1 - np.exp(-MODEL.production * length)
    assert course.protein[last + 1] == pytest.approx(peak, rel=1e-12)
    after = course.times[last + 1 :] - course.times[last + 1]
    np.testing.assert_allclose(
        course.protein[last + 1 :], peak * np.exp(-after / MODEL.protein_time), rtol=1e-10
    )


def test_tags_die_at_random_with_their_mean_life():
    many = 40_000
    course = simulate_tag_trigger(
        [Tetanus(0.0, 0, many), Tetanus(0.0, many, many, high=False)],
        synapses=2 * many, hours=0.02, rng=0, step=0.01,
    )  # fmt: skip
    assert course.tags[0] == 2 * many
    # Deaths within 0.02 hours: binomial, their standard error is about 1.3 % of their mean.
    expected = many * (-np.expm1(-0.02 / MODEL.high_life) - np.expm1(-0.02 / MODEL.low_life))
    assert 2 * many - course.tags[-1] == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_low_tags_outlive_the_same_passage_by_their_own_life():
    """Of two alike tetani at one time: log P = -L / tau, so logarithms are as the lives."""
    pair = [Tetanus(0.0, 0, 80), Tetanus(0.0, 80, 80, high=False)]
    high, low = np.log(predicted_capture(pair))
    assert high / low == pytest.approx(MODEL.low_life / MODEL.high_life, rel=1e-12)
    assert high < low < 0


def test_a_weight_flips_only_above_the_critical_protein():
    """Constant protein by a model that makes it at once and keeps it: both sides of the limit."""
    for share, flips in ((0.97, False), (1.03, True)):
        held = TagTriggerModel(
            high_life=1e6, trigger=0.5, production=1e6, protein_time=1e9,
            coupling=share * np.sqrt(3) / 36,
        )  # fmt: skip
        course = simulate_tag_trigger([Tetanus(0.0, 0, 1)], synapses=2, hours=20, rng=0, model=held)
        assert (course.weights[-1, 0] > 0.9) == flips
        assert course.weights[-1, 1] == 0
        assert held.critical_protein == pytest.approx(1 / share)


def test_weights_are_integrated_to_second_order():
    held = TagTriggerModel(high_life=1e6, trigger=0.5, production=1e6, protein_time=1e9)
    errors = []
    for step in (0.02, 0.01):
        course = simulate_tag_trigger(
            [Tetanus(0.0, 0, 1)], synapses=1, hours=0.6, rng=0, model=held, step=step,
            start=0.0,
        )  # fmt: skip
        # Protein is there one step late: compare from then on.
        begun = integrate.solve_ivp(
            lambda t, z: (z * (1 - z) * (z - 0.5) + held.coupling) / held.consolidation_time,
            (0, 0.6 - step), [course.weights[1, 0]], rtol=1e-11, atol=1e-12,
        ).y[0, -1]  # fmt: skip
        errors.append(abs(course.weights[-1, 0] - begun))
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.2)


def test_depression_mirrors_potentiation():
    same_life = TagTriggerModel(low_life=1.0)
    up = simulate_tag_trigger([Tetanus(0, 0, 60)], synapses=60, hours=4, rng=3, model=same_life)
    down = simulate_tag_trigger(
        [Tetanus(0, 0, 60, high=False)], synapses=60, hours=4, rng=3, model=same_life, start=1.0
    )
    np.testing.assert_allclose(down.weights, 1 - up.weights, atol=1e-12)


def test_a_later_tetanus_replaces_the_tag():
    course = simulate_tag_trigger(
        [Tetanus(0.0, 0, 50), Tetanus(0.1, 0, 50, high=False)], synapses=50, hours=4, rng=0
    )
    assert course.tags.max() <= 50
    assert (course.weights[-1] < 0.5).all()


def test_capture_is_the_survival_of_the_passage():
    strong = [Tetanus(0.0, 0, 400)]
    model = TagTriggerModel(trigger=200.0)  # many synapses: the mean number is the number
    expected = predicted_capture(strong, model=model)[0]
    ends = [
        (simulate_tag_trigger(strong, synapses=400, hours=5, rng=s, model=model, step=0.01)
         .weights[-1] > 0.5).mean()
        for s in range(6)
    ]  # fmt: skip
    error = np.sqrt(expected * (1 - expected) / (400 * 6))
    # Besides sampling, the time of production varies a little from neuron to neuron.
    assert np.mean(ends) == pytest.approx(expected, abs=4 * error)
    assert predicted_capture([Tetanus(0.0, 0, 30)])[0] == 0
    # Where half a tag is enough the mean number decides.
    for share in (0.4, 1.0):
        one = [Tetanus(0.0, 0, 1, probability=share)]
        assert (predicted_capture(one, model=TagTriggerModel(trigger=0.5))[0] > 0) == (share > 0.5)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: TagTriggerModel(trigger=0), "trigger must be"),
        (lambda: Tetanus(-1.0, 0, 5), "time must"),
        (lambda: Tetanus(0.0, 0, 5, probability=1.2), "probability must"),
        (lambda: simulate_tag_trigger([Tetanus(0, 3, 5)], synapses=7, hours=1, rng=0), "up to 7"),
        (lambda: simulate_tag_trigger([], synapses=7, hours=0, rng=0), "hours must be"),
    ],
)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


@pytest.mark.parametrize("high", [True, False])
def test_capture_does_not_hang_on_the_unit_of_time(high):
    """All times twice as long: the same chances, but for the length of a step."""
    tetani = [Tetanus(0.0, 0, 100, high=high)]
    slow = replace(
        MODEL, high_life=2 * MODEL.high_life, low_life=2 * MODEL.low_life,
        production=MODEL.production / 2, protein_time=2 * MODEL.protein_time,
        consolidation_time=2 * MODEL.consolidation_time,
    )  # fmt: skip
    usual, slower = predicted_capture(tetani), predicted_capture(tetani, model=slow, hours=24)
    assert usual[0] > 0.1
    np.testing.assert_allclose(slower, usual, rtol=5e-3)  # a step is .05 minutes of hours
