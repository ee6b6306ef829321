"""Ranks over a layer: planted orders are found, and the prediction follows the measurement."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from theory.continual.binarized import settings
from theory.continual.binarized.ensemble import Ensemble
from theory.continual.binarized.experiments import prepare, train
from theory.continual.binarized.importance import flip_ranking, path_ranking, signs_that_flip

SHORT = replace(settings.permuted_digits(0.0, count=1, width=32), epochs=20)


def test_path_importance_turns_against_size_as_predicted():
    long = replace(SHORT, epochs=41, method="si", strength=0.0)
    ensemble = Ensemble([(long, 0)])
    found = {}

    def look(ensemble):
        (learner,) = ensemble.learners
        if ensemble.run.epoch in (10, 40):
            found[ensemble.run.epoch] = [path_ranking(learner, k, 0.1) for k in range(3)]
        if ensemble.run.epoch == 40:
            # The measured rank, from the definition.
            weights, method = learner.network.weights[2], learner.method
            moved = weights.value - method.task_start[2]
            omega = np.maximum(method.integrals[2], 0) / (moved**2 + 0.1)
            rank = spearmanr(omega.ravel(), np.abs(weights.value).ravel())[0]
            assert found[40][2][0] == pytest.approx(rank, abs=1e-6)
            assert found[40][2][2] == np.mean(moved**2 > 0.1)
            found["wide"] = path_ranking(learner, 2, 100.0)
        return ensemble.run.epoch == 40

    ensemble.train(after_epoch=look)
    assert found[40][2][0] < found[10][2][0] - 0.1 and found[40][2][0] < -0.7
    assert found["wide"][0] > -0.2 and found["wide"][2] == 0
    measured, predicted, _ = np.transpose(found[40])
    np.testing.assert_allclose(measured, predicted, atol=0.06)


def test_a_learner_without_the_method_is_refused():
    with pytest.raises(ValueError, match="learner must follow synaptic intelligence"):
        path_ranking(prepare(SHORT, 0)[0], 0, 0.1)


def test_free_weights_flip_on_and_held_ones_do_not():
    learner, _ = train(SHORT, 0)
    (task,) = prepare(SHORT, 0)[1]
    images, labels = task.train_images, task.train_labels
    ranks = [
        flip_ranking(learner.network, 0, images, labels, 0, flips=20, draws=draws)
        for draws in (1, 40)
    ]
    assert 0.5 < ranks[1] <= 1 and ranks[0] <= 1
    shares = signs_that_flip(learner, images, labels, 20)
    assert all(0.01 < share < 0.9 for share in shares)
    for weight in learner.network.weights:
        weight.load(weight.value * 1e6)
    assert signs_that_flip(learner, images, labels, 20) == [0, 0, 0]
