"""The full-size path on a tiny stand-in: resuming is exact, settings are the published ones."""

from dataclasses import replace

import numpy as np
import pytest

from theory.data import ImageTask
from theory.ep.convolution import ConvolutionalNetwork
from theory.ep.full_size import (
    PUBLISHED_SETTINGS,
    FullSizeSettings,
    augmented,
    normalised,
    train_full_size,
)
from theory.ep.published import PUBLISHED_ERRORS


@pytest.fixture(scope="module")
def task():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 60)
    images = 0.3 * rng.uniform(size=(60, 3, 8, 8))
    images[labels == 1, 0] += 0.6  # class 1 is red
    flat = images.reshape(60, -1).astype(np.float32)
    return ImageTask(
        flat[:40], labels[:40], flat[40:], labels[40:], (3, 8, 8), ("a", "b"), "tiny", "made here"
    )


TINY = FullSizeSettings(
    channels=(3, 4), padding=(1, 0), learning_rates=(0.3, 0.2, 0.1), batch_size=10, epochs=4,
    cosine_epochs=3, free_steps=8, nudged_steps=4, activation="shifted_sigmoid",
)  # fmt: skip


SOFT = {"loss": "cross-entropy", "nudging_strength": 1.0}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"rule": "random sign"},
        {"rule": "one-sided"},
        {**SOFT, "kept_share": 0.9},
        {**SOFT, "rule": "different updates"},
        {**SOFT, "rule": "equal updates"},
    ],
    ids=lambda change: ", ".join(map(str, change.values())) or "symmetric",
)
def test_an_interrupted_run_ends_like_an_uninterrupted_one(task, tmp_path, change):
    settings, file = replace(TINY, **change), tmp_path / "run.npz"
    whole = train_full_size(settings, task, seed=1)
    first = train_full_size(settings, task, seed=1, checkpoint=file, stop_after=2)
    assert len(first) == 2 and not list(tmp_path.glob("*.new"))
    resumed = train_full_size(settings, task, seed=1, checkpoint=file)
    np.testing.assert_array_equal(resumed, whole)
    other = train_full_size(settings, task, seed=1, checkpoint=tmp_path / "other.npz")
    np.testing.assert_array_equal(other, whole)
    with np.load(file) as a, np.load(tmp_path / "other.npz") as b:
        for name in a.files:
            np.testing.assert_array_equal(a[name], b[name])
    with pytest.raises(ValueError, match=r"run\.npz belongs to other settings, another seed"):
        train_full_size(settings, task, seed=2, checkpoint=file)


def test_the_published_network_has_its_size():
    settings = FullSizeSettings()
    network = ConvolutionalNetwork.random(
        (3, 32, 32), settings.channels, 10, 0, padding=settings.padding
    )
    assert sum(p.size for p in network.parameters) == 3_843_850
    shapes = [s.shape[1:] for s in network.zeros(np.zeros((1, 3, 32, 32)))]
    assert shapes == [(128, 16, 16), (256, 8, 8), (512, 4, 4), (512, 1, 1), (10,)]


def test_every_row_of_the_table_has_its_settings():
    assert set(PUBLISHED_SETTINGS) == {(row.loss, row.rule) for row in PUBLISHED_ERRORS}
    for (loss, rule), settings in PUBLISHED_SETTINGS.items():
        assert settings.rule == rule and loss.startswith(settings.loss)
        assert (settings.kept_share < 1) == ("dropout" in loss)


def test_every_row_has_a_reference_of_its_own_network(task):
    for settings in PUBLISHED_SETTINGS.values():
        reference = settings.reference
        assert reference.rule == "BPTT" and reference.backward == settings.backward
        assert reference.kept_share == settings.kept_share and reference.loss == settings.loss
    for change in ({}, {**SOFT, "kept_share": 0.9}, {**SOFT, "rule": "equal updates"}):
        settings = replace(TINY, **change, activation="wide_hard_sigmoid").reference
        assert len(train_full_size(settings, task, stop_after=1)) == 1
    with pytest.raises(ValueError, match="'symmetric' is for symmetric kernels"):
        replace(TINY, **SOFT, backward=True)
    with pytest.raises(ValueError, match="batch_size: 4000 is larger than the 40 images"):
        train_full_size(replace(TINY, batch_size=4000), task)


def test_the_cost_of_the_published_run_is_counted_in_its_multiplications():
    settings, shape = FullSizeSettings(), (3, 32, 32)
    by_hand = 2 * (
        9 * 128 * 256 * 16 * 16 + 9 * 256 * 512 * 8 * 8 + 9 * 512 * 512 * 2 * 2 + 512 * 10
    )  # what comes up and goes down in one step of one image
    assert settings.multiplications(shape) == by_hand
    days = settings.core_days(50_000, shape, 5e10)
    assert days == pytest.approx(by_hand * 310 * 50_000 * 120 / 5e10 / 86_400)
    soft = PUBLISHED_SETTINGS["cross-entropy", "equal updates"]
    assert soft.multiplications(shape) == by_hand + (by_hand - 2 * 5120) // 2
    assert replace(settings, rule="BPTT").core_days(50_000, shape, 5e10) == pytest.approx(
        days * 250 / 310
    )


def test_rates_follow_half_a_cosine():
    settings = FullSizeSettings()
    assert settings.rate(0, 0) == pytest.approx(0.25)
    assert settings.rate(1, 50) == pytest.approx((0.15 + 1e-5) / 2)
    assert settings.rate(4, 100) == settings.rate(4, 119) == pytest.approx(1e-5)


def test_augmentation_moves_and_flips_whole_images():
    images = 1 + np.arange(2 * 3 * 6 * 6, dtype=float).reshape(2, 3, 6, 6)  # no 0: edges repeat
    found = augmented(np.repeat(images, 200, axis=0), np.random.default_rng(0))
    assert found.shape == (400, 3, 6, 6)
    middle = [np.array_equal(f, i) for f, i in zip(found, np.repeat(images, 200, 0), strict=True)]
    # One in 2 x 81 stays as it is: 2.5 expected, and 12 would be six standard deviations.
    assert sum(middle) < 12
    assert set(found.ravel()) <= set(images.ravel())


def test_colour_is_normalised_and_grey_is_not():
    colour = np.full((1, 3, 2, 2), 0.4914, np.float32)
    assert abs(normalised(colour)[0, 0]).max() < 1e-6 < abs(normalised(colour)[0, 2]).max()
    # Means and deviations as published, the latter three times.
    far = np.array([0.4914 + 0.6069, 0.4822 + 0.5982, 0.4465 + 0.603]).reshape(1, 3, 1, 1)
    np.testing.assert_allclose(normalised(far), np.ones((1, 3, 1, 1)), rtol=1e-12)
    grey = np.full((1, 1, 2, 2), 0.3)
    assert normalised(grey) is grey


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rule": "both"}, "rule must be one of"),
        ({"nudging_strength": 0.0}, "nudging_strength must be"),
        ({"learning_rates": (0.1,)}, "1 given for 3 layers"),
        ({"kept_share": 0.5}, "for networks with the cross-entropy"),
        ({"rule": "equal updates"}, "for networks with the cross-entropy"),
    ],
)
def test_settings_that_cannot_be_are_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(TINY, **change)
