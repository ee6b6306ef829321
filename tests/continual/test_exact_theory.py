"""Replay as a noisy anchor, and the stability gap: derived, predicted, simulated."""

import numpy as np
import pytest

from theory.continual import (
    ContinualExperiment,
    QuadraticLoss,
    best_replay_share,
    descend,
    joint_course,
    replay_errors,
    run_continual,
    simulate_replay,
)
from theory.continual.derivations import replay, stability_gap


def value(expression, **named):
    symbols = {str(symbol): symbol for symbol in expression.free_symbols}
    assert set(symbols) == set(named)
    return float(expression.subs({symbols[name]: v for name, v in named.items()}))


@pytest.mark.parametrize(("share", "stored"), [(0.2, 1), (0.5, 5), (0.5, 100)])
def test_simulated_replay_has_the_predicted_errors(share, stored):
    options = dict(distance=1.0, noise=1.5)
    runs = [simulate_replay(share, stored, 40, directions=300, rng=k, **options) for k in range(12)]
    expected = replay_errors(share, stored, 40, **options)
    for part, wanted in ((0, expected.old), (1, expected.new)):
        values = np.concatenate([run[part] for run in runs])
        error = values.std(ddof=1) / np.sqrt(len(values))
        assert abs(values.mean() - wanted) < 4 * error


def test_all_of_a_few_old_samples_are_stored_and_their_mean_is_kept():
    run = [simulate_replay(1.0, 25, 40, distance=1.0, noise=1.5, directions=500, rng=k,
                           old_samples=25)[0] for k in range(4)]  # fmt: skip
    # 200 steps of .3 end at the mean of the 25, whose squared error has the relative deviation √2.
    assert np.mean(run) == pytest.approx(1.5**2 / 25, rel=4 * np.sqrt(2 / 2000))


def test_the_best_share_is_derived_and_a_minimum():
    law = replay.noisy_anchor()["best share"].rhs
    found = best_replay_share(7, 50, distance=0.8, noise=1.3)
    assert found == pytest.approx(value(law, D=0.8, v=1.69, n=7, N=50), rel=1e-12)
    around = [
        replay_errors(found + d, 7, 50, distance=0.8, noise=1.3).mean for d in (-0.01, 0, 0.01)
    ]
    assert around[1] == min(around)


def test_more_memory_is_better_and_all_of_it_is_the_exact_anchor():
    stored = np.array([1, 3, 10, 100, 1e9])
    share = best_replay_share(stored, 50, distance=1.0, noise=1.0)
    errors = replay_errors(share, stored, 50, distance=1.0, noise=1.0).mean
    assert np.all(np.diff(errors) < 0) and np.all(np.diff(share) > 0)


FIRST = QuadraticLoss([[2.0, 0.0], [0.0, 1e-9]], [0.0, 0.0])
SECOND = QuadraticLoss([[1.0, 0.8], [0.8, 1.0]], [0.0, 1.0])


def test_two_tasks_with_a_common_optimum_have_a_gap_of_the_derived_size():
    times = np.linspace(0, 60, 4001)
    course = joint_course(FIRST, SECOND, times)
    assert course.final < 1e-8 < 1e-3 < course.gap
    law = stability_gap.mixing_directions()["course"].rhs
    rates = np.linalg.eigvalsh(FIRST.hessian + SECOND.hessian)
    at = 1.3
    wanted = value(law, h=2.0, c=0.8, w=1.0, a=rates[0], d=rates[1] - rates[0], t=at)
    assert joint_course(FIRST, SECOND, [at]).old[0] == pytest.approx(wanted, rel=1e-6)


def test_descent_on_the_joint_loss_follows_the_course():
    total = FIRST.hessian + SECOND.hessian
    joint = QuadraticLoss(total, np.linalg.solve(total, SECOND.hessian @ SECOND.optimum))
    gaps = []
    for rate in (0.02, 0.01):
        path = descend(joint, FIRST.optimum, learning_rate=rate, steps=round(6 / rate)).path
        course = joint_course(FIRST, SECOND, rate * np.arange(len(path)))
        gaps.append(np.abs(FIRST(path) - course.old).max())
    assert gaps[1] == pytest.approx(gaps[0] / 2, rel=0.1)  # first order in the step


def test_commuting_hessians_and_newton_flow_have_no_gap():
    rng = np.random.default_rng(0)
    times = np.linspace(0, 40, 2001)
    for _ in range(10):
        turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
        hessians = [turn @ np.diag(rng.uniform(0.1, 2, 4)) @ turn.T for _ in range(2)]
        first, second = (QuadraticLoss((h + h.T) / 2, rng.standard_normal(4)) for h in hessians)
        assert joint_course(first, second, times).gap < 1e-12
        other = np.linalg.qr(rng.standard_normal((4, 4)))[0]
        mixed = QuadraticLoss(other @ np.diag([3, 0.1, 1, 0.02]) @ other.T, second.optimum)
        assert joint_course(first, mixed, times, preconditioned=True).gap < 1e-12


def test_a_network_that_replays_everything_falls_and_recovers():
    setting = ContinualExperiment(replay=2000, tasks=2, epochs=6, learning_rate=3e-3)
    run = run_continual(setting, 0, measure_steps=1)
    switch = run.steps.index(setting.epochs * 22)
    course = run.curves[switch:, 0]
    assert len(run.steps) == len(run.accuracies) and run.steps[-1] == 2 * setting.epochs * 22
    assert course[0] - course[:20].min() > 0.03 and course[-1] > course[0]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: replay_errors(1.2, 3, 10, distance=1, noise=1), "share must lie"),
        (lambda: replay_errors(0.2, 0, 10, distance=1, noise=1), "stored must be"),
        (lambda: joint_course(FIRST, SECOND, [-1.0]), "times: -1 is before"),
        (lambda: joint_course(FIRST, QuadraticLoss(np.eye(3), np.zeros(3)), [0.0]), "one number"),
    ],
)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
