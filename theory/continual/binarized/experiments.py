"""One experiment from its settings and a seed, here or in another process, at any size."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from theory import checks
from theory.bnn.architectures import convolutional_network, dense_network
from theory.bnn.arrays import array_module, to_host
from theory.bnn.damping import one_a_weight_array
from theory.continual.binarized.checkpointing import TrainingCheckpoint, run_identity
from theory.continual.binarized.fields import checked_fields
from theory.continual.binarized.interleaving import InterleavedLearner, interleaved_by_task
from theory.continual.binarized.learner import NetworkLearner
from theory.continual.binarized.methods import make_method
from theory.continual.scenarios import all_at_once
from theory.continual.sequence import run_sequence
from theory.continual.task_sequence import TaskSequence
from theory.door import door
from theory.sweep.progress import bar as progress_bar


@dataclass(frozen=True)
class Experiment:
    """Everything that determines a run, besides the seed.

    Parameters
    ----------
    tasks : TaskSequence, or sequence of tasks or of pairs (features, labels)
        The reader's own stand as they are, see `theory.continual.binarized.own_tasks.OwnTasks`.
    hidden : tuple of int
        Units of the dense hidden layers.
    channels : tuple of int
        Channels of convolutions in front of them; empty for a dense network.
    side, pool
        Of the convolutions, see `theory.bnn.architectures.convolutional_network`.
    epochs, batch : int
        Passes over each task and samples a step.
    metaplasticity : float, law, callable, or tuple of these
        One for all, or one a weight array, see `theory.bnn.damping.damping_law`. For checkpoints
        and sweeps a function must be defined in a module, and a law a dataclass.
    optimizer, learning_rate, weight_decay, fresh_optimizer, task_normalisation, accelerated
        As in `theory.continual.binarized.learner.NetworkLearner`.
    binary : bool
        False for the real-valued control network.
    normalisation, affine, scale
        As in `theory.bnn.architectures.dense_network`.
    method : str
        One of `theory.continual.binarized.methods.PROTECTION`.
    strength : float
        Of the method.
    shuffled, symmetric : bool
        Read the damping from the size of another weight; damp outward steps as well: see
        `theory.bnn.optimizer.Optimizer`.
    interleaved : bool
        Train on all tasks at once: with `task_normalisation` in batches of one task each, see
        `theory.continual.binarized.interleaving`, else in mixed batches and one normalisation.
    only : int or None
        Train on this task alone, with `epochs` epochs; accuracy is still measured on all.
    measure_every : int or None
        Epochs between accuracy measurements; None for ends of tasks only.
    histogram : (float, int) or None
        Largest hidden weight and number of bins of the histograms kept after every task.
    """

    tasks: TaskSequence = field(default_factory=TaskSequence)
    hidden: tuple[int, ...] = (512, 512)
    channels: tuple[int, ...] = ()
    side: int = 4
    pool: str = "average"
    epochs: int = 20
    batch: int = 100
    metaplasticity: float | tuple[float, ...] = 0.0
    optimizer: str = "adam"
    learning_rate: float = 0.005
    weight_decay: float = 1e-7
    fresh_optimizer: bool = True
    task_normalisation: bool = True
    accelerated: bool | None = None
    binary: bool = True
    normalisation: str = "batch"
    affine: bool = True
    scale: str = "uniform"
    method: str = "none"
    strength: float = 0.0
    shuffled: bool = False
    symmetric: bool = False
    interleaved: bool = False
    only: int | None = None
    measure_every: int | None = None
    histogram: tuple[float, int] | None = None

    def __post_init__(self):
        for name, value in checked_fields(self).items():
            object.__setattr__(self, name, value)

    @door(train_images=">= 1")
    def group(self, train_images: int) -> float:
        r"""Return :math:`m \eta T`, the dimensionless consolidation of one task.

        Adam moves a hidden weight by at most about :math:`\eta` a step, so after T steps
        :math:`m|W| \le m \eta T`: this number, not m, says whether m can act.

        Raises
        ------
        ValueError
            For another law than the published one, which has no m.
        """
        laws = one_a_weight_array(self.metaplasticity, len(self.hidden) + len(self.channels) + 1)
        if not all(isinstance(law, float) for law in laws):
            raise ValueError("metaplasticity is a law without a strength m; group needs one")
        return max(laws) * self.learning_rate * self.epochs * (train_images // self.batch)


def prepare(experiment: Experiment, seed: int, device: str = "cpu", tasks=None):
    """Return (learner, tasks to train on, tasks to test on, generator of the sample order).

    `tasks` are those of another experiment with the same task sequence and seed, if at hand.
    """
    module = array_module(device)
    seed = checks.integer_at_least("seed", seed, 0)
    # Tasks, network and sample order are drawn apart from the settings, so that runs that differ
    # in one setting and share a seed can be compared pair by pair.
    for_tasks, for_network, for_order = np.random.SeedSequence(seed).spawn(3)
    if tasks is None:
        tasks = experiment.tasks.build(np.random.default_rng(for_tasks))
    classes = len(tasks[0].classes)
    rng = np.random.default_rng(for_network)
    options: dict[str, Any] = {
        "binary": experiment.binary,
        "normalisation": experiment.normalisation,
        "affine": experiment.affine,
        "scale": experiment.scale,
    }
    if experiment.channels:
        network = convolutional_network(
            tasks[0].image_shape, experiment.channels, classes, rng, hidden=experiment.hidden,
            side=experiment.side, pool=experiment.pool, **options,
        )  # fmt: skip
    else:
        sizes = (tasks[0].pixels, *experiment.hidden, classes)
        network = dense_network(sizes, rng, **options)
    at_once = experiment.interleaved and experiment.task_normalisation
    make = partial(InterleavedLearner, count=len(tasks)) if at_once else NetworkLearner
    learner = make(
        network if module is np else network.move(module),
        optimizer=experiment.optimizer,
        learning_rate=experiment.learning_rate,
        weight_decay=experiment.weight_decay,
        metaplasticity=experiment.metaplasticity,
        accelerated=experiment.accelerated,
        shuffled=seed if experiment.shuffled else None,
        symmetric=experiment.symmetric,
        fresh_optimizer=experiment.fresh_optimizer,
        task_normalisation=experiment.task_normalisation,
        method=make_method(experiment.method, experiment.strength, seed=seed),
    )
    trained = tasks
    if experiment.interleaved:
        trained = ((interleaved_by_task if at_once else all_at_once)(tasks),)
    elif experiment.only is not None:
        trained = (tasks[experiment.only],)
    evaluated = tasks[:1] if experiment.tasks.kind == "stream" else tasks
    return learner, trained, evaluated, np.random.default_rng(for_order)


@door(checkpoint="text or has __fspath__", seed=">= 0")
def train(
    experiment: Experiment,
    seed: int,
    *,
    checkpoint=None,
    progress: bool = False,
    device: str = "cpu",
) -> tuple[NetworkLearner, dict]:
    """Train and return the learner and what was measured.

    Parameters
    ----------
    experiment : Experiment
    seed : int
    checkpoint : path-like, optional
        File that holds the newest state; a killed run called again goes on from its last finished
        epoch and ends with the same bits.
    progress : bool
        Show epochs and time left on standard error, if that is a terminal.
    device : {"cpu", "gpu"}
        Where the network computes, see `theory.bnn.arrays`. Both draw the same numbers and agree
        to rounding per step.

    Returns
    -------
    learner : NetworkLearner
    measured : dict of ndarray
        ``epochs`` (n,), ``curves`` (n, tasks), ``matrix`` (trained tasks, tasks), ``losses``, and
        with `Experiment.histogram` ``histograms`` (tasks, layers, bins) as densities.
    """
    learner, trained, evaluated, rng = prepare(experiment, seed, device)
    store = run = None
    if checkpoint is not None:
        store = TrainingCheckpoint(checkpoint, run_identity((experiment, seed)))
        run = store.load(learner, rng)
    histograms = []
    total = experiment.epochs * len(trained)
    done = 0 if run is None else run.task * experiment.epochs + run.epoch
    with progress_bar(total, done, "epochs", progress) as bar:

        def after_epoch(run, rng):
            bar.update()
            if experiment.histogram and run.epoch == 0:
                histograms.append(weight_histograms(learner.network, *experiment.histogram))
            if store is not None:
                store.save(learner, run, rng)

        run = run_sequence(
            learner,
            trained,
            epochs=experiment.epochs,
            batch=experiment.batch,
            rng=rng,
            measure_every=experiment.measure_every,
            evaluated=evaluated,
            run=run,
            after_epoch=after_epoch,
        )
    measured = {
        "epochs": np.array(run.epochs),
        "curves": run.curves,
        "matrix": run.matrix,
        "losses": np.array(run.losses),
    }
    if histograms:
        measured["histograms"] = np.array(histograms)
    return learner, measured


@door(seed=">= 0")
def run_experiment(experiment: Experiment, seed: int) -> dict:
    """Return only what `train` measured: for `theory.sweep`."""
    return train(experiment, seed)[1]


@door
def variants(base: Experiment, **changes) -> list[Experiment]:
    """Return copies of an experiment, one for each value of one field."""
    ((name, values),) = changes.items()
    return [replace(base, **{name: value}) for value in values]


def weight_histograms(network, largest: float, bins: int) -> list[np.ndarray]:
    """Densities relative to all weights: what lies beyond the largest edge is missing."""
    edges = np.linspace(-largest, largest, bins + 1)
    return [
        np.histogram(to_host(w.value), edges)[0] / (w.value.size * (edges[1] - edges[0]))
        for w in network.weights
    ]
