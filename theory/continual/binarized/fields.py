"""Every field of an experiment, checked before any work."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from theory import checks
from theory.bnn.architectures import NORMALISATIONS
from theory.bnn.damping import one_a_weight_array
from theory.bnn.optimizer import OPTIMIZERS
from theory.continual.binarized.methods import PROTECTION
from theory.continual.binarized.own_tasks import OwnTasks
from theory.continual.task_sequence import TaskSequence

CHOICES = {
    "pool": ("average", "maximum"),
    "optimizer": tuple(OPTIMIZERS),
    "normalisation": NORMALISATIONS,
    "scale": ("uniform", "one"),
    "method": PROTECTION,
}
OF_SAMPLES = ("ewc", "random", "mas")  # methods that take gradients of single samples


def checked_fields(experiment) -> dict:
    """Return the fields of an `Experiment` that are kept in another form than they were given.

    Raises
    ------
    TypeError, ValueError
        For a field that no run could use, or fields that exclude each other.
    """
    e = experiment
    kept = {name: _sizes(name, getattr(e, name)) for name in ("hidden", "channels")}
    for name, choices in CHOICES.items():
        checks.one_of(name, getattr(e, name), choices)
    for name in ("epochs", "batch", "side"):
        checks.integer_at_least(name, getattr(e, name), 1)
    checks.positive("learning_rate", e.learning_rate)
    for name in ("weight_decay", "strength"):
        checks.nonnegative(name, getattr(e, name))
    for field in fields(e):
        value = getattr(e, field.name)
        if field.type == "bool" and not isinstance(value, bool | np.bool_):
            raise TypeError(f"{field.name} must be True or False, not {value!r}")
    layers = len(kept["hidden"]) + len(kept["channels"]) + 1
    one_a_weight_array(e.metaplasticity, layers)
    if np.ndim(e.metaplasticity):
        kept["metaplasticity"] = tuple(e.metaplasticity)
    kept["tasks"] = e.tasks
    if not isinstance(e.tasks, TaskSequence | OwnTasks):
        kept["tasks"] = OwnTasks(e.tasks)
    _check_measurements(e, kept["tasks"])
    _check_together(e, kept["channels"])
    return kept


def _sizes(name, value):
    if isinstance(value, str) or not np.iterable(value):
        raise TypeError(f"{name} must be a tuple of whole numbers, one a layer, not {value!r}")
    return tuple(checks.integer_at_least(name, size, 1) for size in value)


def _check_measurements(e, tasks):
    if e.only is not None:
        count = tasks.count
        if tasks.kind in ("sets", "resolutions"):
            count = len(tasks.images)
        checks.integer_at_least("only", e.only, 0)
        if e.only >= count:
            raise ValueError(f"only is {e.only}, but the tasks are 0 to {count - 1}")
    if e.measure_every is not None:
        checks.integer_at_least("measure_every", e.measure_every, 1)
    if e.histogram is not None:
        if not isinstance(e.histogram, tuple) or len(e.histogram) != 2:
            raise TypeError(
                f"histogram must be None or a pair (largest hidden weight, number of bins), not "
                f"{e.histogram!r}"
            )
        checks.positive("histogram: largest hidden weight", e.histogram[0])
        checks.integer_at_least("histogram: number of bins", e.histogram[1], 1)


def _check_together(e, channels):
    """Refuse fields that are right one by one."""
    if e.interleaved and e.only is not None:
        raise ValueError("interleaved trains on all tasks and only on one; choose one of the two")
    if channels and e.normalisation == "instance":
        raise ValueError('normalisation "instance" is for dense networks; leave channels empty')
    if channels and e.method in OF_SAMPLES:
        raise ValueError(
            f"method {e.method!r} needs gradients of single samples, which convolutions do not "
            "give; leave channels empty, or choose another method"
        )
    if e.batch == 1 and e.normalisation != "instance":
        raise ValueError("batch is 1, but statistics of a batch need two samples or more")
    if e.accelerated and e.optimizer != "adam":
        raise ValueError(
            'accelerated compiles the update of "adam" alone: choose accelerated=None or False'
        )
