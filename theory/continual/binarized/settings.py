r"""The experiments of the paper at laptop size and at its own.

``scale="laptop"`` runs on the embedded images within minutes; ``scale="paper"`` is the released
setting on the full-size sets, for machines and clusters that have the time. What acts is not the
metaplasticity m but :math:`m \eta T` (`Experiment.group`), T being the steps of a task; laptop
experiments have up to a hundred times fewer steps than the paper's and so a larger m.
"""

from __future__ import annotations

from functools import partial

from theory import checks
from theory.continual.binarized.experiments import Experiment
from theory.continual.task_sequence import TaskSequence

# Adam's epochs, learning rate and the rest are the defaults of `Experiment`: those of the paper.


def permuted(metaplasticity: float, *, scale: str = "laptop", count: int = 6) -> Experiment:
    """Fig. 2, Table 1: permuted MNIST; 784-4096-4096-10 and 24 000 steps a task in the paper."""
    if _paper(scale):
        return Experiment(
            TaskSequence("permuted", ("mnist",), count, scale="paper"),
            hidden=(4096, 4096),
            epochs=40,
            metaplasticity=metaplasticity,
            measure_every=1,
        )
    return Experiment(
        TaskSequence("permuted", ("mnist",), count),
        hidden=(256, 256),
        epochs=12,
        metaplasticity=metaplasticity,
        measure_every=3,
        histogram=(2.4, 96),
    )


def permuted_digits(metaplasticity: float, *, count: int = 4, width: int = 128) -> Experiment:
    """Return permuted 8 x 8 digits: a second's run for sweeps over many settings."""
    return Experiment(
        TaskSequence("permuted", ("digits",), count),
        hidden=(width, width),
        epochs=15,
        batch=50,
        metaplasticity=metaplasticity,
    )


def network_size(
    width: int, *, metaplasticity: float = 0.0, scale: str = "laptop", **options
) -> Experiment:
    """Fig. 3: many permuted tasks; ten on widths of 512 to 4096 in the paper, decay 1e-8.

    `options` are the fields method, strength and interleaved of `Experiment`.
    """
    if _paper(scale):
        return Experiment(
            TaskSequence("permuted", ("mnist",), 10, scale="paper"),
            hidden=(width, width),
            epochs=40,
            weight_decay=1e-8,
            metaplasticity=metaplasticity,
            **options,
        )
    return Experiment(
        TaskSequence("permuted", ("digits",), 6),
        hidden=(width, width),
        epochs=15,
        batch=50,
        weight_decay=1e-8,
        metaplasticity=metaplasticity,
        **options,
    )


def image_sets(
    first: str, second: str, metaplasticity: float, *, scale: str = "laptop"
) -> Experiment:
    """Figs. 1a, 4a,b, Supplementary Fig. 6c,d: one image set, then another one.

    MNIST and Fashion-MNIST: 50 epochs each on 784-4096-4096-10 in the paper; 4000 training images
    of each, 16 epochs and 256 units a layer on a laptop.
    """
    if _paper(scale):
        return Experiment(
            TaskSequence("sets", (first, second), scale="paper"),
            hidden=(4096, 4096),
            epochs=50,
            metaplasticity=metaplasticity,
            measure_every=1,
        )
    return Experiment(
        TaskSequence("sets", (first, second)),
        hidden=(256, 256),
        epochs=16,
        metaplasticity=metaplasticity,
        measure_every=2,
    )


def digit_sets(
    channels: tuple[int, ...], metaplasticity: float = 0.0, *, scale: str = "laptop", only=None
) -> Experiment:
    """Fig. 4c,d: MNIST, then digits of another origin, with small convolutional networks.

    2000 MNIST and 1800 USPS images of 16 x 16 padded to 28 x 28, 240 epochs each in the paper; the
    8 x 8 digits enlarged to 16 x 16 replace USPS on a laptop.
    """
    paper = _paper(scale)
    second, limit, epochs = ("usps", 2000, 240) if paper else ("digits", 1400, 6)
    return Experiment(
        TaskSequence(
            "resolutions", ("mnist", second), side=16, train_limit=limit,
            scale="paper" if paper else "laptop",
        ),
        channels=channels,
        hidden=(),
        epochs=epochs,
        batch=20,
        weight_decay=1e-8,
        metaplasticity=metaplasticity,
        affine=False,
        task_normalisation=False,
        fresh_optimizer=False,
        only=only,
        measure_every=2,
    )  # fmt: skip


def feature_classes(metaplasticity: float) -> Experiment:
    """Fig. 4e,f: two groups of classes from fixed features, normalisation kept for each group.

    The paper's 512 features of a residual network are those of a random encoder here.
    """
    return Experiment(
        TaskSequence("classes", ("mnist",), 2, features=512),
        hidden=(256,),
        epochs=10,
        batch=50,
        weight_decay=1e-8,
        metaplasticity=metaplasticity,
        measure_every=1,
    )


def features_without_task_label(metaplasticity: float) -> Experiment:
    """Fig. 4g,h: as `feature_classes`, deeper, with one normalisation that knows no task."""
    return Experiment(
        TaskSequence("classes", ("digits",), 2, features=256),
        hidden=(128, 128),
        epochs=10,
        batch=20,
        weight_decay=0.0,
        metaplasticity=metaplasticity,
        normalisation="instance",
        task_normalisation=False,
        measure_every=1,
    )


def data_stream(metaplasticity: float, subsets: int, *, scale: str = "laptop") -> Experiment:
    """Return stream learning: the training set in subsets, `subsets` = 1 for all at once.

    Fashion-MNIST in 60 subsets of 1000 on 784-1024-1024-10 in the paper, 20 epochs on each; subsets
    of its 4000 embedded training images on 784-128-128-10 on a laptop.
    """
    make = partial(
        Experiment,
        metaplasticity=metaplasticity,
        epochs=20,
        fresh_optimizer=False,
        task_normalisation=False,
        affine=False,
    )
    if _paper(scale):
        tasks = TaskSequence("stream", ("fashion_mnist",), subsets, scale="paper")
        return make(tasks, hidden=(1024, 1024), batch=100, normalisation="running")
    return make(TaskSequence("stream", ("fashion_mnist",), subsets), hidden=(128, 128), batch=10)


def convolutional_stream(metaplasticity: float, subsets: int) -> Experiment:
    """Return the stream for a small convolutional network with maximum pooling, on digits."""
    return Experiment(
        TaskSequence("stream", ("digits",), subsets),
        channels=(16, 32),
        side=3,
        pool="maximum",
        hidden=(64,),
        epochs=10,
        batch=10,
        metaplasticity=metaplasticity,
        fresh_optimizer=False,
        task_normalisation=False,
        weight_decay=0.0,
    )


def _paper(scale: str) -> bool:
    return checks.one_of("scale", scale, ("laptop", "paper")) == "paper"
