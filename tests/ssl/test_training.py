"""The training loop against one written out slowly: what is plotted is what was trained."""

import numpy as np
import pytest

from theory.ssl import Encoder, EncoderSetting, ridge_accuracy, train_encoder, trained_encoder
from theory.ssl.views import BackgroundDigits


def small_task(seed=0, train=60):
    task = BackgroundDigits.drawn(seed, train=1400)
    return BackgroundDigits(
        task.train_images[:train],
        task.train_labels[:train],
        task.test_images[:90],
        task.test_labels[:90],
        task.backgrounds,
    )


def least_squares_accuracy(train, train_labels, test, test_labels):
    """The read-out of the docstring, solved as an augmented least-squares problem."""
    mean, deviation = train.mean(axis=0), train.std(axis=0) + 1e-9
    train, test = ((x.astype(float) - mean) / deviation for x in (train, test))
    n, features = train.shape
    rows = np.vstack(
        [
            np.hstack([train, np.ones((n, 1))]),
            np.hstack([np.sqrt(0.01 * n) * np.eye(features), np.zeros((features, 1))]),
        ]
    )
    goal = np.vstack([np.eye(10)[train_labels], np.zeros((features, 10))])
    weights, *_ = np.linalg.lstsq(rows, goal, rcond=None)
    answer = np.hstack([test, np.ones((len(test), 1))]) @ weights
    return np.mean(answer.argmax(axis=1) == test_labels)


def slow_training(setting, task, seed):
    """Gradient descent with momentum and an averaged target, parameter by parameter."""
    rng = np.random.default_rng(seed)
    encoder = Encoder(setting, 64, rng)
    judge = rng.spawn(1)[0]
    images, n = task.train_images, setting.batch
    for k in range(len(images) // n):
        encoder.online.forward(task.view(images[k * n : (k + 1) * n], rng))
    speeds = [np.zeros_like(p) for p in encoder.parameters]
    rate = {"cosine": 0.1, "euclidean": 0.01}[setting.loss]

    def measure():
        views = [task.view(x, judge) for x in (images, task.test_images)]
        features = [encoder.backbone.forward(v, training=False)[0] for v in views]
        z = encoder.projector.forward(features[0], training=False)[0].astype(float)
        values = np.linalg.svd(z / np.sqrt(len(z)), compute_uv=False)[::-1] ** 2
        score = least_squares_accuracy(
            features[0], task.train_labels, features[1], task.test_labels
        )
        return score, values

    records = [measure()]
    for _ in range(setting.epochs):
        order = rng.permutation(len(images))
        for k in range(len(images) // n):
            batch = images[order[k * n : (k + 1) * n]]
            _, gradients = encoder.loss_and_gradients(task.view(batch, rng), task.view(batch, rng))
            for p, v, g in zip(encoder.parameters, speeds, gradients, strict=True):
                v[...] = setting.momentum * v + g + setting.weight_decay * p
                p[...] = p - rate * v
            keep = setting.averaging
            if keep > 0:
                pairs = zip(encoder.target.parameters, encoder.online.parameters, strict=True)
                for old, new in pairs:
                    old[...] = keep * old + (1 - keep) * new
        records.append(measure())
    scores, values = zip(*records, strict=True)
    return np.array(scores), np.array(values)


@pytest.mark.parametrize("loss", ["euclidean", "cosine"])
@pytest.mark.parametrize("averaging", [0.0, 0.99])
def test_against_the_slow_loop(loss, averaging):
    setting = EncoderSetting(loss, averaging=averaging, weight_decay=1e-2, epochs=2, batch=20)
    task = small_task()
    run = train_encoder(setting, task, 5)
    scores, values = slow_training(setting, task, 5)
    # single precision: eigenvalues are compared in units of the largest
    np.testing.assert_allclose(run.eigenvalues, values, atol=2e-4 * values.max())
    # a read-out of 90 images may turn one image at a rounding
    assert np.abs(run.accuracy - scores).max() <= 1.5 / 90
    ratio = values.sum(axis=1) ** 2 / (values**2).sum(axis=1)
    np.testing.assert_allclose(run.participation, ratio, rtol=2e-3)


def test_a_long_memory_keeps_the_target_near_its_start():
    task = small_task()
    setting = EncoderSetting(averaging=0.99, epochs=1, batch=20)
    rng = np.random.default_rng(3)
    encoder = Encoder(setting, 64, rng)
    before = [p.copy() for p in encoder.target.parameters]
    for p in encoder.online.parameters:
        p += 1.0
    encoder.target.follow(encoder.online, setting.averaging)
    for old, new in zip(before, encoder.target.parameters, strict=True):
        np.testing.assert_allclose(new - old, 0.01, rtol=1e-4)
    assert task.train_images.shape == (60, 64)


def test_read_out_is_scored_on_the_test_set():
    rng = np.random.default_rng(0)
    noise, labels = rng.standard_normal((120, 100)), rng.integers(0, 10, 120)
    # more features than images can be fitted and mean nothing elsewhere
    fitted = ridge_accuracy(noise, labels, noise, labels)
    tested = ridge_accuracy(
        noise, labels, rng.standard_normal((300, 100)), rng.integers(0, 10, 300)
    )
    assert fitted > 0.9
    assert tested < 0.25
    task = small_task(train=40)
    run = train_encoder(EncoderSetting(epochs=1, batch=20), task, 1)
    # 40 images of ten classes cannot be enough: the training set itself is fitted
    assert run.accuracy.max() < 0.8


def test_first_weights_have_the_variance_of_a_rectifier():
    encoder = Encoder(EncoderSetting(), 64, np.random.default_rng(0), np.float64)
    for layer, inputs in ((encoder.backbone.layers[0], 64), (encoder.projector.layers[0], 64)):
        weights = layer.parameters[0]
        # relative standard error of a variance of n entries: sqrt(2 / n), five of them
        assert weights.var() * inputs == pytest.approx(2, rel=5 * np.sqrt(2 / weights.size))


def test_participation_of_known_spectra():
    run = train_encoder(EncoderSetting(epochs=1, batch=20), small_task(), 2)
    object.__setattr__(run, "eigenvalues", np.array([[1.0, 1, 1, 1], [0, 0, 0, 2.0], [3, 1, 0, 0]]))
    np.testing.assert_allclose(run.participation, [4, 1, 1.6])


def test_settings_that_would_train_nothing_are_refused():
    with pytest.raises(ValueError, match="learning_rate must be"):
        trained_encoder(0, learning_rate=0.0, epochs=1)
    with pytest.raises(ValueError, match="learning_rate must be"):
        EncoderSetting(learning_rate=-1.0)
    with pytest.raises(ValueError, match="momentum must be"):
        EncoderSetting(momentum=1.0)
    with pytest.raises(ValueError, match="weight_decay must be"):
        EncoderSetting(weight_decay=-1e-4)
    with pytest.raises(ValueError, match="batch must be at most the number of training images, 60"):
        train_encoder(EncoderSetting(batch=61), small_task(), 0)
    assert EncoderSetting("euclidean").rate == 0.01
    assert EncoderSetting("euclidean", learning_rate=0.003).rate == 0.003


def test_published_defaults():
    setting = EncoderSetting()
    wanted = (
        0.5,
        0.0,
        0.99,
        0.9,
        1e-4,
    )  # exponent to weight decay: released deep code, facts sheet
    found = (setting.exponent, setting.offset, setting.averaging, setting.momentum,
             setting.weight_decay)  # fmt: skip
    assert found == wanted
