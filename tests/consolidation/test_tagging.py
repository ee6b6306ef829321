"""Tagging and capture: the exact course against stepped equations, thresholds, conservation."""

import numpy as np
import pytest

from theory.consolidation import HOUR, Stimulus, TaggingModel, solve_tagging

MODEL = TaggingModel()
STRONG = 4.0


def _stepped(stimuli, end, step, synapses):
    """Euler steps of the three equations; half seconds suffice only where stimuli are long."""
    h, p, z = np.full(synapses, MODEL.rest), 0.0, np.zeros(synapses)
    for k in range(round(end / step)):
        time = k * step
        up, down = np.zeros(synapses), np.zeros(synapses)
        for s in stimuli:
            on = s.start <= time < s.start + s.duration
            up[s.synapse] += on * (s.regime == "potentiating")
            down[s.synapse] += on
        change = h - MODEL.rest
        tag = np.sign(change) * (np.abs(change) >= MODEL.tag_threshold)
        goal = np.where(tag > 0, 1.0, -0.5)
        making = np.abs(change).sum() > MODEL.protein_threshold
        flow = (MODEL.restoring * (MODEL.rest - h) + MODEL.potentiation * (MODEL.ceiling - h) * up
                - MODEL.depression * h * down) / MODEL.early_time  # fmt: skip
        h, p, z = (
            h + step * flow,
            p + step * (making - p) / MODEL.protein_time,
            z + step * p * (goal - z) * (tag != 0) / MODEL.late_time,
        )
    return h, p, z


@pytest.mark.parametrize("regime", ["potentiating", "depressing"])
def test_the_exact_course_is_the_limit_of_small_steps(regime):
    stimuli = [Stimulus(0, 2.0, 0.9, regime), Stimulus(1, 20.0, 3.0, "potentiating")]
    end = 400.0
    exact = solve_tagging(stimuli, [end], synapses=2)
    wanted = np.concatenate([exact.early[0], [exact.protein[0]], exact.late[0]])
    errors = [
        np.abs(np.concatenate([np.atleast_1d(part) for part in _stepped(stimuli, end, step, 2)])
               - wanted).max()
        for step in (0.1, 0.025)
    ]  # fmt: skip
    # First order, with a jitter of up to a step at each switch; potentiation takes 0.35 s, so a
    # step of 0.025 s errs by a few percent of a millivolt.
    assert errors[1] < 0.4 * errors[0] and errors[1] < 0.04


def test_time_constants_of_the_early_weight():
    assert MODEL.early_target("rest") == pytest.approx((MODEL.rest, MODEL.decay_time))
    target, time = MODEL.early_target("potentiating")
    # Both thresholds are crossed: the balance of potentiation and depression is twice the rest.
    assert target == pytest.approx(2 * MODEL.rest, rel=1e-4)
    assert time == pytest.approx(MODEL.early_time / (1645.6 + 313.1), rel=1e-3)
    assert MODEL.early_target("depressing")[0] < 0.01 * MODEL.rest


def test_a_composition_of_times_is_the_whole():
    """Asking at more times must not change the answer."""
    stimuli = [Stimulus(0, 60.0, STRONG, "potentiating")]
    coarse = solve_tagging(stimuli, [8 * HOUR])
    fine = solve_tagging(stimuli, np.linspace(0, 8 * HOUR, 57))
    assert fine.late[-1, 0] == pytest.approx(coarse.late[0, 0], abs=1e-9)
    assert fine.protein[-1] == pytest.approx(coarse.protein[0], abs=1e-9)


def test_tag_and_protein_last_as_long_as_their_formulas_say():
    end = 60.0 + STRONG
    change = (
        solve_tagging([Stimulus(0, 60.0, STRONG, "potentiating")], [end]).early[0, 0] - MODEL.rest
    )
    tag_end = end + MODEL.tag_duration(change)
    times = np.array([tag_end - 1, tag_end + 1])
    course = solve_tagging([Stimulus(0, 60.0, STRONG, "potentiating")], times)
    assert course.tag[:, 0].tolist() == [1, 0]
    made = end + MODEL.production_duration(change)
    before, at, after = solve_tagging(
        [Stimulus(0, 60.0, STRONG, "potentiating")], [made - 60, made, made + 60]
    ).protein
    assert before < at > after
    assert MODEL.tag_duration(0.5 * MODEL.tag_threshold) == 0


def test_depression_is_captured_to_half_the_depth_of_potentiation():
    up, down = (
        solve_tagging([Stimulus(0, 0.0, 30.0, regime)], [8 * HOUR]).late[0, 0]
        for regime in ("potentiating", "depressing")
    )
    # Goals are 1 and -1/2; stimuli of 30 s saturate both ways, so tags and proteins last alike.
    assert up > 0.6 and down == pytest.approx(-up / 2, abs=2e-3)


def test_rest_stays_rest_and_synapses_are_alike():
    quiet = solve_tagging([], np.linspace(0, HOUR, 5), synapses=3)
    assert np.all(quiet.early == MODEL.rest) and not quiet.late.any() and not quiet.protein.any()
    stimuli = [Stimulus(0, 5.0, 1.0, "potentiating"), Stimulus(1, 9.0, 2.0, "depressing")]
    swapped = [Stimulus(1 - s.synapse, s.start, s.duration, s.regime) for s in stimuli]
    one = solve_tagging(stimuli, [HOUR], synapses=2)
    two = solve_tagging(swapped, [HOUR], synapses=2)
    np.testing.assert_allclose(one.late, two.late[:, ::-1], atol=1e-12)


def test_a_weak_change_is_kept_only_with_the_proteins_of_others():
    weak = Stimulus(0, 60.0, 0.2, "potentiating")
    alone = solve_tagging([weak], [8 * HOUR], synapses=2)
    helped = solve_tagging(
        [weak, Stimulus(1, HOUR / 2, STRONG, "potentiating")], [8 * HOUR], synapses=2
    )
    too_late = solve_tagging(
        [weak, Stimulus(1, 3 * HOUR, STRONG, "potentiating")], [8 * HOUR], synapses=2
    )
    assert alone.late[0, 0] == 0 == too_late.late[0, 0]
    assert helped.late[0, 0] > 0.1


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: Stimulus(0, 0.0, 1.0, "rest"), "regime"),
        (lambda: Stimulus(0, 0.0, 0.0, "depressing"), "duration"),
        (lambda: TaggingModel(early_time=-1.0), "early_time"),
        (lambda: MODEL.early_target("strong"), "regime"),
        (lambda: solve_tagging([], [1.0, 0.5]), "increase"),
        (lambda: solve_tagging([], [-1.0]), "before 0"),
        (lambda: solve_tagging([Stimulus(2, 0.0, 1.0, "depressing")], [1.0]), "does not exist"),
        (
            lambda: solve_tagging(
                [Stimulus(0, 0.0, 2.0, "depressing"), Stimulus(0, 1.0, 2.0, "depressing")], [1.0]
            ),
            "overlap",
        ),
    ],
)
def test_bad_input(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_the_published_constants_of_tagging():
    """Li et al. 2016, Luboeinski and Tetzlaff 2021, as in their public code."""
    assert (MODEL.potentiation, MODEL.depression, MODEL.ceiling) == (1645.6, 313.1, 10.0)
    assert (MODEL.early_time, MODEL.protein_time, MODEL.late_time) == (688.4, HOUR, HOUR)
    assert (MODEL.production, MODEL.restoring) == (1.0, 0.1)
    assert MODEL.rest == pytest.approx(4.2007, abs=5e-5)
    assert MODEL.protein_threshold == pytest.approx(0.5 * MODEL.rest)
    assert MODEL.tag_threshold == pytest.approx(0.2 * MODEL.rest)


def test_no_times_are_an_empty_course_and_a_stimulus_twice_is_refused():
    stimulus = Stimulus(0, 2.0, 0.9, "potentiating")
    course = solve_tagging([stimulus], [], synapses=2)
    assert course.times.shape == course.protein.shape == (0,)
    assert course.early.shape == (0, 2)
    assert course.late.shape == course.tag.shape == (0, 2)
    with pytest.raises(ValueError, match="overlap"):
        solve_tagging([stimulus, stimulus], [5.0])


def test_times_may_lie_close_together_and_twice():
    course = solve_tagging([Stimulus(0, 60.0, STRONG, "potentiating")], [0.2, 0.5, 0.5])
    assert course.early.shape == (3, 1) and course.early[1] == course.early[2]
    for times in ([0.5, 0.2], [-0.1, 0.2]):
        with pytest.raises(ValueError, match="times must increase and not start before 0"):
            solve_tagging([Stimulus(0, 60.0, STRONG, "potentiating")], times)
