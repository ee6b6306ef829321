"""Bistable variables: thresholds, escapes in noise, gates that let pass or hold."""

import numpy as np
import pytest
from scipy import integrate

from theory.consolidation import (
    CRITICAL_DRIVE,
    WriteProtection,
    escape_time,
    simulate_write_protection,
    survival,
)


def end_of_weight(drive, duration=400.0):
    alone = WriteProtection(write=0.0, hold=0.0)
    _, values = simulate_write_protection(
        alone, duration=duration, induction=(0, duration), input_drive=drive
    )
    return values[-1, 0, 0]


def test_the_critical_drive_divides_staying_from_flipping():
    assert end_of_weight(0.98 * CRITICAL_DRIVE) < -0.5
    assert end_of_weight(1.02 * CRITICAL_DRIVE) > 1.0


def test_the_course_without_noise_is_the_differential_equation():
    model = WriteProtection()
    times, values = simulate_write_protection(
        model, duration=30, induction=(2, 20), reward=(10, 25), step=0.002, keep_every=500
    )

    def speed(t, x):
        g2, g3 = float(2 <= t < 20), float(10 <= t < 25)
        drive = np.array([
            g2 + model.hold * (1 - g2) * x[1],
            model.write * g2 * x[0] + model.hold * (1 - g3) * x[2],
            model.write * g3 * x[1],
        ])  # fmt: skip
        return (x - x**3 + drive) / np.array(model.times)

    exact = integrate.solve_ivp(
        speed, (0, 30), [-1.0] * 3, t_eval=times, rtol=1e-9, atol=1e-10, max_step=0.05
    ).y
    assert np.abs(values[:, :, 0].T - exact).max() < 5e-3  # first order in a step of 0.002


def test_the_gates_decide_what_is_written():
    def ends(**gates):
        return np.sign(
            simulate_write_protection(WriteProtection(), duration=120, **gates)[1][-1, :, 0]
        )

    assert ends().tolist() == [-1, -1, -1]
    assert ends(induction=(5, 8)).tolist() == [1, -1, -1]
    assert ends(induction=(5, 20)).tolist() == [1, 1, -1]
    assert ends(induction=(5, 20), reward=(22, 60)).tolist() == [1, 1, 1]
    assert ends(induction=(5, 8), reward=(22, 60)).tolist() == [1, -1, -1]


def test_escapes_follow_kramers_formula():
    alone = WriteProtection(write=0.0, hold=0.0, noise=0.07)
    expected = escape_time(0.07)
    times, values = simulate_write_protection(
        alone, duration=0.6 * expected, copies=1500, rng=0, step=0.05, keep_every=200
    )
    # A symmetric pair of states forgets at twice the rate of escape.
    late = times > 20
    slope = np.polyfit(times[late], np.log(-np.sign(values[late, 0]).mean(axis=1)), 1)[0]
    # Corrections are of relative order noise over barrier, 0.28.
    assert -2 / slope == pytest.approx(expected, rel=0.28)


def test_escape_times_obey_their_limits():
    assert escape_time(0.05, 0.0, 3.0) == pytest.approx(3 * escape_time(0.05))
    assert escape_time(0.05) == pytest.approx(np.sqrt(2) * np.pi * np.exp(0.25 / 0.05))
    assert escape_time(0.05, -0.1) > escape_time(0.05) > escape_time(0.05, 0.1)
    # A shift of the drive moves the barrier by twice it, the distance between state and barrier.
    small = 1e-4
    ratio = escape_time(0.05, small) / escape_time(0.05, -small)
    # To first order the prefactor is even in the drive up to curvature changes of order 1.5 d.
    assert np.log(ratio) == pytest.approx(-2 * small / 0.05, rel=0.1)


def test_survival_of_waits_in_a_row():
    times = np.linspace(0, 30, 7)
    np.testing.assert_allclose(survival(times, [4.0]), np.exp(-times / 4))
    drawn = np.random.default_rng(0).exponential([2.0, 5.0, 9.0], (40_000, 3)).sum(axis=1)
    found = (drawn[:, None] > times).mean(axis=0)
    np.testing.assert_allclose(survival(times, [2.0, 5.0, 9.0]), found, atol=4 * 0.0025)
    assert survival(np.array([0.0]), [2.0, 5.0, 9.0])[0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: WriteProtection(times=(1.0, 2.0)), "times must be 3 items"),
        (lambda: WriteProtection(noise=-0.1), "noise must"),
        (lambda: escape_time(0.0), "noise must be"),
        (lambda: escape_time(0.05, 0.4), "no barrier"),
        (lambda: survival(np.ones(1), [2.0, 2.0]), "no two may be alike"),
        (
            lambda: simulate_write_protection(WriteProtection(), duration=5, reward=(4, 3)),
            "reward is",
        ),
        (lambda: simulate_write_protection(WriteProtection(), duration=0), "duration must be"),
    ],
)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
