"""Task sequences: what they hold, and that they do not depend on where they are made."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from theory.continual.scenarios import all_at_once
from theory.continual.task_sequence import TaskSequence, feature_images
from theory.data import load_images

DIGITS = ("digits",)


def test_permuted_tasks_hold_the_same_pixels_in_other_places():
    original = load_images("digits")
    tasks = TaskSequence("permuted", DIGITS, 3).build(0)
    orders = np.array([task.permutation for task in tasks])
    assert len(np.unique(orders, axis=0)) == 3 and not np.any(
        np.all(orders == np.arange(64), axis=1)
    )
    for task in tasks:
        assert np.array_equal(task.train_images, original.train_images[:, task.permutation])


def test_the_same_seed_makes_the_same_tasks_and_another_one_others():
    for kind in ("permuted", "stream"):
        one, two, three = (TaskSequence(kind, DIGITS, 2).build(seed) for seed in (0, 0, 1))
        assert np.array_equal(one[0].train_images, two[0].train_images)
        assert not np.array_equal(one[0].train_images, three[0].train_images)


def test_classes_are_split_into_groups_with_their_labels_kept():
    first, second = TaskSequence("classes", DIGITS, 2).build(0)
    assert set(first.train_labels) == set(range(5)) and set(second.train_labels) == set(
        range(5, 10)
    )
    assert len(first.classes) == 10


def test_resolutions_pad_the_second_set_to_the_size_of_the_first():
    first, second = TaskSequence(
        "resolutions", ("mnist", "digits"), side=16, train_limit=500
    ).build(0)
    assert first.image_shape == second.image_shape == (28, 28)
    assert len(first.train_labels) == len(second.train_labels) == 500
    image = second.train_images.reshape(-1, 28, 28)
    assert not image[:, :6].any() and not image[:, :, :6].any() and not image[:, 22:].any()
    # Enlarging 8 x 8 to 16 x 16 repeats every pixel.
    assert np.allclose(image[:, 6:22:2, 6:22:2], image[:, 7:22:2, 7:22:2])


def test_interleaving_keeps_every_training_image():
    tasks = TaskSequence("permuted", DIGITS, 3).build(0)
    together = all_at_once(tasks)
    assert len(together.train_labels) == 3 * len(tasks[0].train_labels)
    assert np.array_equal(together.train_images[-5:], tasks[2].train_images[-5:])


def test_features_are_balanced_bits_that_still_tell_the_classes():
    task = load_images("digits")
    features = feature_images(task, 200, 0, patch=3)
    assert set(np.unique(features.train_images)) == {0, 1} and features.pixels == 200
    assert abs(features.train_images.mean() - 0.5) < 0.02  # thresholds are medians
    # Nearest class mean: far above chance, 0.1, on held-out images.
    means = np.array(
        [features.train_images[features.train_labels == k].mean(axis=0) for k in range(10)]
    )
    distance = ((features.test_images[:, None] - means) ** 2).sum(axis=2)
    assert np.mean(distance.argmin(axis=1) == features.test_labels) > 0.75
    assert np.array_equal(features.train_images, feature_images(task, 200, 0, patch=3).train_images)


def moments(counts):
    """Mean and deviation of the place at which something was counted."""
    places = np.arange(len(counts))
    mean = np.average(places, weights=counts)
    return mean, np.sqrt(np.average((places - mean) ** 2, weights=counts))


def test_filters_are_drawn_around_the_middle_of_the_image():
    """Images of one pixel each show where filters are positive: half of each patch."""
    side, patch, features = 19, 3, 6000
    pixels = np.eye(side * side, dtype=np.float32)
    labels = np.zeros(len(pixels), int)
    task = replace(load_images("digits"), train_images=pixels, train_labels=labels,
                   test_images=pixels, test_labels=labels, image_shape=(side, side))  # fmt: skip
    seen = feature_images(task, features, 0, patch=patch).test_images.sum(axis=1)
    # The nearest pixel to a normal place of deviation side / 6, within the image.
    edges = np.append(np.arange(side - patch) + 0.5, np.inf) - (side - patch) / 2
    places = np.diff(norm.cdf(edges, scale=side / 6), prepend=0)
    for axis in (0, 1):
        found = seen.reshape(side, side).sum(axis=axis)
        wanted = features * patch * np.convolve(places, np.full(patch, 0.5))
        # A feature has about half of its nine pixels positive: none gives a column more than 3.
        assert np.all(np.abs(found - wanted) < 4.5 * np.sqrt(3 * wanted))
        middle, spread = moments(found)
        assert abs(middle - (side - 1) / 2) < 4.5 * spread / np.sqrt(features)
        assert abs(spread - moments(wanted)[1]) < 4.5 * spread / np.sqrt(2 * features)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: TaskSequence("rotated"), "kind must be one of 'permuted'"),
        (lambda: TaskSequence("permuted", "mnist"), "images must be a list or tuple"),
        (lambda: TaskSequence("resolutions", DIGITS), "takes a tuple of 2 or more names"),
        (lambda: TaskSequence(count=0), "count must be an integer, 1 or above"),
        (lambda: TaskSequence(scale="cluster"), "scale must be one of 'laptop', 'paper'"),
        (lambda: feature_images(load_images("digits"), 3, 0, patch=9), "patch is 9, larger than"),
    ],
)
def test_impossible_sequences_get_a_sentence(call, sentence):
    with pytest.raises((ValueError, TypeError), match=sentence):
        call()


def test_features_of_images_with_a_channel_are_those_without():
    flat = load_images("digits")
    stacked = replace(flat, image_shape=(1, *flat.image_shape))
    one, other = (feature_images(task, 20, 0).test_images for task in (flat, stacked))
    assert np.array_equal(one, other)
