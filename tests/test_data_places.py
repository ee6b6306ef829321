"""Full-size sets where others keep them: each layout, built small from the embedded images."""

import gzip
import hashlib
import os
import pickle
import struct
from dataclasses import replace

import numpy as np
import pytest

from theory import data
from theory.data import full_size, layouts, places
from theory.data.embedded import digest
from theory.data.known_sets import FULL_SIZE_SETS

TRAIN, TEST = 60, 20
IMAGES = {"mnist": data.mnist_images, "fashion_mnist": data.fashion_mnist_images}


def stored(name):
    """A few images of each class, as files keep them: bytes, in mixed order."""
    rng = np.random.default_rng(5)
    if name == "cifar10":  # made up, since none is embedded
        return rng.integers(0, 256, (80, 3072), dtype=np.uint8), np.arange(80, dtype=np.uint8) % 10
    images, labels = IMAGES[name]()
    rows = rng.permutation(np.arange(80) % 10 * 500 + np.arange(80) // 10)
    return np.rint(images[rows] * 255).astype(np.uint8), labels[rows].astype(np.uint8)


@pytest.fixture(autouse=True)
def small_sets(monkeypatch, tmp_path):
    """Every known set has eighty images; nothing is looked for outside the test's folder."""
    for name in ("mnist", "fashion_mnist", "cifar10"):
        known = replace(FULL_SIZE_SETS[name], images=80, official_train=TRAIN)
        monkeypatch.setitem(FULL_SIZE_SETS, name, replace(known, digest=digest(*stored(name))))
    monkeypatch.setattr(places, "USUAL_FOLDERS", (str(tmp_path / "usual"),))
    monkeypatch.setattr(
        full_size, "_fetch", lambda *a: pytest.fail("nothing may be downloaded here")
    )


def idx(array):
    return (
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + bytes(array)
    )


def write_idx(folder, images, labels, suffix="", hyphen="-"):
    folder.mkdir(parents=True, exist_ok=True)
    for part, rows in (("train", slice(None, TRAIN)), ("t10k", slice(TRAIN, None))):
        for what, array in (("images-idx3", images.reshape(-1, 28, 28)), ("labels-idx1", labels)):
            content = idx(np.ascontiguousarray(array[rows]))
            name = f"{part}-{what}-ubyte".replace("-idx", f"{hyphen}idx") + suffix
            (folder / name).write_bytes(gzip.compress(content) if suffix else content)


def write_keras(folder, images, labels, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    square = images.reshape(-1, 28, 28)
    arrays = {
        "x_train": square[:TRAIN], "y_train": labels[:TRAIN],
        "x_test": square[TRAIN:], "y_test": labels[TRAIN:],
    }  # fmt: skip
    np.savez(folder / "mnist.npz", **(arrays | changes))


def python_two_pickle(images, labels):
    """A batch as Python 2 and an early NumPy pickled it: byte strings, the module's old name."""

    def text(value):
        return b"T" + struct.pack("<I", len(value)) + value

    shape = b"(" + b"".join(b"J" + struct.pack("<i", n) for n in images.shape) + b"t"
    dtype = (
        b"cnumpy\ndtype\n(" + text(b"u1") + b"K\x00K\x01tR"
        b"(K\x03" + text(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    )
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00t" + text(b"b") + b"tR"
        b"(K\x01" + shape + dtype + b"\x89" + text(images.tobytes()) + b"tb"
    )
    numbers = b"](" + b"".join(b"K" + bytes([n]) for n in labels) + b"e"
    return b"\x80\x02}(" + text(b"data") + array + text(b"labels") + numbers + b"u."


def write_cifar(folder, images, labels, monkeypatch):
    folder.mkdir(parents=True, exist_ok=True)
    known = {}
    for k, rows in enumerate(np.split(np.arange(80), [12, 24, 36, 48, 60])):
        name = list(layouts.CIFAR_BATCHES)[k]
        content = python_two_pickle(images[rows], labels[rows])
        (folder / name).write_bytes(content)
        known[name] = hashlib.md5(content).hexdigest()
    monkeypatch.setattr(layouts, "CIFAR_BATCHES", known)


IDX_PLACES = [
    ("mnist", "MNIST/raw", "", "-"),
    ("mnist", "mnist", ".gz", "-"),
    ("mnist", ".", "", "."),
    ("fashion_mnist", "FashionMNIST/raw", "", "-"),
    ("fashion_mnist", "fashion-mnist", ".gz", "-"),
    ("fashion_mnist", ".", ".gz", "-"),
]


def assert_is(task, name):
    """The task holds the stored pixels in the stored order, the official test part apart."""
    images, labels = stored(name)
    every = np.concatenate([task.train_images, task.test_images])
    np.testing.assert_array_equal(np.rint(every * 255).astype(np.uint8), images)
    np.testing.assert_array_equal(np.concatenate([task.train_labels, task.test_labels]), labels)
    assert len(task.train_labels) == TRAIN and every.max() <= 1
    assert task.image_shape == FULL_SIZE_SETS[name].image_shape


@pytest.mark.parametrize("name, below, suffix, hyphen", IDX_PLACES)
def test_idx_files_are_found_named_and_read(tmp_path, capsys, name, below, suffix, hyphen):
    write_idx(tmp_path / below, *stored(name), suffix, hyphen)
    assert_is(data.load_images(name, "paper", data_home=tmp_path), name)
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert str(tmp_path / below) in told and "80 images" in told and "IDX files" in told


def test_keras_archive_and_cifar_batches_are_found(tmp_path, capsys, monkeypatch):
    write_keras(tmp_path, *stored("mnist"))
    assert_is(data.load_images("mnist", "paper", data_home=tmp_path), "mnist")
    assert "Keras' archive" in capsys.readouterr().err
    keras = "cifar-10-batches-py-target/cifar-10-batches-py"
    for below in ("cifar-10-batches-py", keras, "."):
        write_cifar(tmp_path / "cifar" / below, *stored("cifar10"), monkeypatch)
        task = data.load_images("cifar10", "paper", data_home=tmp_path / "cifar")
        assert_is(task, "cifar10")
        assert task.image_shape == (3, 32, 32)
        for file in layouts.CIFAR_BATCHES:
            (tmp_path / "cifar" / below / file).unlink()


def test_the_variable_names_a_folder_and_the_usual_ones_come_last(tmp_path, monkeypatch, capsys):
    write_idx(tmp_path / "usual" / "mnist", *stored("mnist"))
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "own"))
    data.load_images("mnist", "paper")
    assert str(tmp_path / "usual") in capsys.readouterr().err
    write_idx(tmp_path / "own" / "MNIST/raw", *stored("mnist"))
    data.load_images("mnist", "paper")
    assert str(tmp_path / "own") in capsys.readouterr().err
    # What the package has cached itself comes before both, and needs no word.
    file = full_size.cache_file("mnist")
    file.parent.mkdir()
    images, labels = stored("mnist")
    np.savez_compressed(file, images=images, labels=labels)
    data.load_images("mnist", "paper")
    assert capsys.readouterr().err == ""
    # Another edition there is used, but not silently: OpenML may have renewed it.
    np.savez_compressed(file, images=255 - images, labels=labels)
    data.load_images("mnist", "paper")
    assert "not the edition known here" in capsys.readouterr().err
    with pytest.raises(TypeError, match=r"data_home must be text or an object .* or None, not 3"):
        data.load_images("mnist", "paper", data_home=3)


def test_the_usual_folders_are_those_of_keras_and_debian(monkeypatch):
    monkeypatch.undo()
    assert places.USUAL_FOLDERS == ("~/.keras/datasets", "/usr/share/datasets")
    below = {name: [str(layout[0]) for layout in rows] for name, rows in places.LAYOUTS.items()}
    assert "MNIST/raw" in below["mnist"] and "mnist.npz" in below["mnist"]
    assert {"FashionMNIST/raw", "fashion-mnist"} <= set(below["fashion_mnist"])
    assert "cifar-10-batches-py" in below["cifar10"]


def test_files_of_one_name_are_told_apart_by_their_pixels(tmp_path):
    """Fashion-MNIST's files bear MNIST's names: asked for MNIST, they are passed over."""
    write_idx(tmp_path, *stored("fashion_mnist"))
    write_idx(tmp_path / "usual", *stored("mnist"))
    assert_is(data.load_images("mnist", "paper", data_home=tmp_path), "mnist")
    assert_is(data.load_images("fashion_mnist", "paper", data_home=tmp_path), "fashion_mnist")


@pytest.mark.parametrize(
    "damage, message",
    [
        ("missing", r"part of an image set, without t10k-labels-idx1-ubyte"),
        ("cut", "train-images-idx3-ubyte announces 47040 bytes and holds 47035: it is damaged"),
        ("longer", "announces 47040 bytes and holds more"),
        ("empty", "does not begin as an IDX file of bytes with 3 axes"),
        ("header", "does not begin as an IDX file"),
        ("huge", "damaged"),
        ("fewer labels", "60 labels|which do not belong together"),
        ("one pixel", "are not the known edition of mnist_784"),
        ("fewer images", r"of shape \(79, 784\) instead of \(80, 784\)"),
        ("another set", "not the known edition"),
    ],
)
def test_bad_idx_files_are_named_and_nothing_is_taken(tmp_path, damage, message):
    images, labels = stored("mnist")
    if damage == "one pixel":
        images[3, 400] ^= 1
    if damage == "fewer images":
        images, labels = images[:-1], labels[:-1]
    if damage == "another set":
        images = images[:, ::-1]
    folder = tmp_path / "MNIST/raw"
    write_idx(folder, images, labels)
    first = folder / "train-images-idx3-ubyte"
    content = first.read_bytes()
    if damage == "missing":
        (folder / "t10k-labels-idx1-ubyte").unlink()
    if damage == "fewer labels":
        (folder / "train-labels-idx1-ubyte").write_bytes(idx(labels[: TRAIN - 1]))
    first.write_bytes(
        {
            "cut": content[:-5],
            "longer": content + b"\0",
            "empty": b"",
            "header": b"\0\0\x0d" + content[3:],
            "huge": content[:4] + b"\xff" * 12 + content[16:],
        }.get(damage, content)
    )
    with pytest.raises(data.DataUnavailable, match=message) as caught:
        data.load_images("mnist", "paper", data_home=tmp_path)
    assert str(folder) in str(caught.value)


def test_a_cut_gzip_file_is_damaged(tmp_path):
    write_idx(tmp_path, *stored("fashion_mnist"), ".gz")
    file = tmp_path / "t10k-images-idx3-ubyte.gz"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(data.DataUnavailable, match=r"t10k-images-idx3-ubyte.gz is damaged"):
        data.load_images("fashion_mnist", "paper", data_home=tmp_path)


@pytest.mark.parametrize("damage", ["cut", "other arrays", "floats", "negative labels", "pickled"])
def test_a_bad_keras_archive_is_named(tmp_path, damage):
    images, labels = stored("mnist")
    changes = {
        "floats": {"x_test": np.zeros((20, 28, 28))},
        "negative labels": {"y_test": np.full(20, -1)},
        "pickled": {"y_test": np.array([print] * 20, dtype=object)},
    }.get(damage, {})
    write_keras(tmp_path, images, labels, **changes)
    file = tmp_path / "mnist.npz"
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:5000])
    if damage == "other arrays":
        np.savez(file, images=images)
    with pytest.raises(data.DataUnavailable, match=r"mnist\.npz .* Replace the file"):
        data.load_images("mnist", "paper", data_home=tmp_path)


def test_a_batch_of_python_two_is_read_as_its_own_unpickler_does():
    images, labels = stored("cifar10")
    content = python_two_pickle(images, labels)
    loaded = pickle.loads(content, encoding="bytes")  # made above, so it may be unpickled
    np.testing.assert_array_equal(loaded[b"data"], images)
    for read, expected in zip(layouts.read_cifar_batch(content), (images, labels), strict=True):
        np.testing.assert_array_equal(read, expected)


class Harmful:
    def __init__(self, call, *arguments):
        self.call = call, arguments

    def __reduce__(self):
        return self.call


def test_a_pickle_that_would_run_code_is_refused_and_does_not_run(tmp_path):
    trace = tmp_path / "ran"
    for harmful in (Harmful(os.mkdir, str(trace)), Harmful(eval, f"open({str(trace)!r}, 'w')")):
        with pytest.raises(ValueError, match="which no image needs"):
            layouts.read_cifar_batch(pickle.dumps({b"data": harmful, b"labels": []}, protocol=2))
    assert not trace.exists()


@pytest.mark.parametrize(
    "batch",
    [
        b"", b"no pickle", pickle.dumps([1, 2]), pickle.dumps({b"data": 1, b"labels": [1]}),
        python_two_pickle(np.zeros((2, 5), np.uint8), [1]), pickle.dumps({b"labels": [1]}),
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused(batch):
    with pytest.raises(ValueError, match="not a batch of images"):
        layouts.read_cifar_batch(batch)


def test_partial_or_changed_cifar_batches_are_named(tmp_path, monkeypatch):
    folder = tmp_path / "cifar-10-batches-py"
    write_cifar(folder, *stored("cifar10"), monkeypatch)
    changed = folder / "data_batch_3"
    content = changed.read_bytes()
    changed.write_bytes(content[:-40] + bytes(40))
    with pytest.raises(data.DataUnavailable, match=r"data_batch_3 is damaged .* MD5"):
        data.load_images("cifar10", "paper", data_home=tmp_path)
    changed.unlink()
    with pytest.raises(data.DataUnavailable, match="part of CIFAR-10, without data_batch_3"):
        data.load_images("cifar10", "paper", data_home=tmp_path)


def test_the_published_checksums_are_six():
    known = layouts.CIFAR_BATCHES
    assert list(known) == [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]
    assert len(set(known.values())) == 6 and {len(value) for value in known.values()} == {32}
