"""The small encoder: gradients, predictors, targets, and what a short training does."""

import numpy as np
import pytest

from theory.numerics import NotConverged
from theory.ssl.encoder import Encoder, EncoderSetting, prediction_loss
from theory.ssl.training import eigenvector_alignment, train_encoder, trained_encoder
from theory.ssl.views import BackgroundDigits, ridge_accuracy


@pytest.fixture(scope="module")
def task():
    return BackgroundDigits.drawn(0)


def small_views(seed=0, batch=6):
    return np.random.default_rng(seed).standard_normal((2, batch, 5))


class FixedPredictor(Encoder):
    def closed_form_predictor(self):
        return self.matrix


def fixed(setting, seed=1):
    encoder = FixedPredictor(setting, 5, np.random.default_rng(seed), np.float64)
    a = np.random.default_rng(2).standard_normal((32, 32)) / 6
    encoder.matrix = a @ a.T
    return encoder


@pytest.mark.parametrize("loss", ["euclidean", "cosine"])
@pytest.mark.parametrize("predictor", ["closed form", "linear", "nonlinear"])
def test_gradients_by_finite_differences(loss, predictor):
    encoder = fixed(EncoderSetting(loss, predictor=predictor, averaging=0.5))
    encoder.target.follow(encoder.online, 0.3)
    for p in encoder.target.parameters:
        p += 0.05
    views = small_views()
    _, gradients = encoder.loss_and_gradients(*views)
    rng, step = np.random.default_rng(3), 1e-6
    for parameter, gradient in zip(encoder.parameters, gradients, strict=True):
        for _ in range(3):
            index = tuple(rng.integers(0, n) for n in parameter.shape)
            kept = parameter[index]
            values = []
            for sign in (1, -1):
                parameter[index] = kept + sign * step
                values.append(encoder.loss_and_gradients(*views)[0])
            parameter[index] = kept
            # rounding 1e-16 times the loss over the step
            assert gradient[index] == pytest.approx(
                (values[0] - values[1]) / (2 * step), rel=1e-4, abs=1e-7
            )


@pytest.mark.parametrize("loss", ["euclidean", "cosine"])
def test_isotropic_gradient_is_the_gradient_without_the_predictor(loss):
    plain, isotropic = (
        fixed(EncoderSetting(loss, isotropic=flag, averaging=0.5)) for flag in (False, True)
    )
    gradients = [e.loss_and_gradients(*small_views())[1] for e in (plain, isotropic)]
    # the projector is the last of the parameters: its gradient is features times that of z
    np.testing.assert_allclose(gradients[1][-1] @ plain.matrix, gradients[0][-1], rtol=1e-9)


def test_loss_values():
    rng = np.random.default_rng(4)
    p, z = rng.standard_normal((2, 7, 3))
    assert prediction_loss("euclidean", p, z)[0] == pytest.approx(np.sum((p - z) ** 2) / 7)
    assert prediction_loss("cosine", p, 3 * p)[0] == pytest.approx(0, abs=1e-10)
    assert prediction_loss("cosine", p, -p)[0] == pytest.approx(4, abs=1e-10)
    gradient = prediction_loss("cosine", p, z)[1]
    np.testing.assert_allclose(np.sum(gradient * p, axis=1), 0, atol=1e-12)


def test_closed_form_predictor_has_the_eigenvectors_of_the_covariance():
    encoder = Encoder(EncoderSetting(exponent=0.5, offset=0.1), 5, np.random.default_rng(5))
    a = np.random.default_rng(6).standard_normal((32, 32))
    encoder.covariance = a @ a.T
    matrix = encoder.closed_form_predictor()
    top = np.linalg.eigvalsh(encoder.covariance)[-1]
    square = matrix - 0.1 * np.eye(32)
    np.testing.assert_allclose(square @ square, encoder.covariance / top, atol=1e-10)


def test_covariance_is_averaged_once_a_view():
    setting = EncoderSetting(covariance_memory=0.75, averaging=0.5)
    encoder = Encoder(setting, 5, np.random.default_rng(7), np.float64)
    views = small_views()
    moments = [(lambda z: z.T @ z / len(z))(encoder.online.forward(view)[0]) for view in views]
    encoder.loss_and_gradients(*views)
    expected = 0.75 * 0.25 * moments[0] + 0.25 * moments[1]
    np.testing.assert_allclose(encoder.covariance, expected, rtol=1e-10)


@pytest.mark.parametrize("averaging", [0.0, 0.5])
def test_targets_are_the_other_view_of_the_right_network(averaging):
    encoder = fixed(EncoderSetting("euclidean", averaging=averaging))
    for p in encoder.target.parameters:
        p *= 1.3
    views = small_views()
    teacher = encoder.target if averaging else encoder.online
    expected = sum(
        prediction_loss(
            "euclidean", encoder.online.forward(a)[0] @ encoder.matrix, teacher.forward(b)[0]
        )[0]
        for a, b in (views, views[::-1])
    )
    assert encoder.loss_and_gradients(*views)[0] == pytest.approx(expected, rel=1e-12)


def test_target_memory_matters_in_training(task):
    ends = [
        train_encoder(EncoderSetting(averaging=memory, epochs=1), task, 14).eigenvalues[-1]
        for memory in (0.0, 0.5, 0.99)
    ]
    assert not np.allclose(ends[0], ends[1], rtol=1e-3)
    assert not np.allclose(ends[1], ends[2], rtol=1e-3)


def test_alignment_by_hand():
    # rows are representations: the first unit vector goes to (1, 1), the second to (0, -2)
    predictor = np.array([[1.0, 1.0], [0.0, -2.0]])
    np.testing.assert_allclose(eigenvector_alignment(np.eye(2), predictor), [np.sqrt(0.5), -1.0])
    symmetric = np.array([[2.0, 1.0], [1.0, 2.0]])
    np.testing.assert_allclose(eigenvector_alignment(np.linalg.eigh(symmetric)[1], symmetric), 1.0)


def test_reported_alignment_is_ordered_from_the_largest_mode(task):
    run = train_encoder(EncoderSetting(predictor="linear", learning_rate=0.1, epochs=8), task, 15)
    # the leading mode is learned first; the tail has not been
    assert run.alignment[-1, 0] > 0.9
    assert abs(run.alignment[-1, 16:].mean()) < 0.4
    assert np.all(np.diff(run.eigenvalues, axis=1) >= 0)


def test_training_improves_the_read_out_and_repeats(task):
    setting = EncoderSetting(isotropic=True, epochs=3)
    run, again = (train_encoder(setting, task, 8) for _ in range(2))
    np.testing.assert_array_equal(run.accuracy, again.accuracy)
    assert run.accuracy.shape == (4,)
    assert run.eigenvalues.shape == (4, 32)
    assert np.all((run.participation >= 1) & (run.participation <= 32))
    assert run.accuracy[-1] > run.accuracy[0] + 0.1
    assert run.alignment is None


def test_linear_predictor_reports_its_alignment(task):
    run = train_encoder(EncoderSetting(predictor="linear", epochs=1), task, 9)
    assert run.alignment.shape == (2, 32)
    assert np.abs(run.alignment).max() <= 1 + 1e-12


def test_divergence_is_reported(task):
    setting = EncoderSetting("euclidean", averaging=0.0, learning_rate=0.5, epochs=5)
    with pytest.raises(NotConverged, match="diverged"):
        train_encoder(setting, task, 10)


def test_one_seed_draws_one_task_for_all_settings():
    plain, isotropic = (trained_encoder(13, isotropic=flag, epochs=1) for flag in (False, True))
    # the same task, split and weights: what is measured before training agrees
    assert plain.accuracy[0] == isotropic.accuracy[0]
    np.testing.assert_array_equal(plain.eigenvalues[0], isotropic.eigenvalues[0])
    assert not np.allclose(plain.eigenvalues[1], isotropic.eigenvalues[1])
    assert trained_encoder(13, loss="euclidean", averaging=0.0, learning_rate=0.5) is None


def test_views_hide_the_digit_in_the_backgrounds(task):
    rng = np.random.default_rng(11)
    images = task.test_images
    one, two = task.view(images, rng), task.view(images, rng)
    inside = (one - images) @ task.backgrounds.T
    assert inside.std() == pytest.approx(np.hypot(3, 0.3), rel=0.02)
    outside = (one - images) - inside @ task.backgrounds
    assert outside.std() == pytest.approx(0.3 * np.sqrt(40 / 64), rel=0.02)
    assert (
        abs(np.corrcoef(inside.ravel(), ((two - images) @ task.backgrounds.T).ravel())[0, 1]) < 0.05
    )


def test_ridge_read_out():
    rng = np.random.default_rng(12)
    labels = rng.integers(0, 4, 400)
    x = np.eye(4)[labels] + 0.1 * rng.standard_normal((400, 4))
    assert ridge_accuracy(x[:300], labels[:300], x[300:], labels[300:]) == 1.0
    chance = ridge_accuracy(x[:300], rng.permutation(labels[:300]), x[300:], labels[300:])
    assert chance < 0.6
    with pytest.raises(ValueError, match="same length"):
        ridge_accuracy(x, labels[:10], x, labels)


def test_bad_settings():
    with pytest.raises(ValueError, match="predictor='closed form'"):
        EncoderSetting(isotropic=True, predictor="linear")
    with pytest.raises(ValueError, match="loss must be one of"):
        EncoderSetting("contrastive")
    with pytest.raises(ValueError, match="averaging must be"):
        EncoderSetting(averaging=1.0)
    with pytest.raises(ValueError, match="train must be below"):
        BackgroundDigits.drawn(0, train=1797)
