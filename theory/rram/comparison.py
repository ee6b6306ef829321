"""Experiments side by side: the same seeds for all, differences taken pair by pair."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from theory import checks, sweep
from theory.door import door
from theory.rram.experiment import DeviceExperiment, run_devices

LAST_EPOCHS = 3


@door
def compare(
    experiments: Mapping[str, DeviceExperiment], seeds: Sequence[int], **options
) -> dict[str, dict[str, np.ndarray]]:
    """Run every experiment with every seed, on all cores.

    Parameters
    ----------
    experiments : mapping
        Name -> settings; no two alike.
    seeds : sequence of int
    **options
        Of `theory.sweep.map`, for example backend="serial" or a checkpoint folder.

    Returns
    -------
    dict
        Name -> what `run_devices` measured, each array of shape (seeds, epochs + 1).
    """
    points = sweep.grid(experiment=list(experiments.values()), seed=list(seeds))
    values = sweep.map(run_devices, points, **options).values
    found = {}
    for number, name in enumerate(experiments):
        runs = values[number * len(seeds) : (number + 1) * len(seeds)]
        found[name] = {key: np.stack([run[key] for run in runs]) for key in runs[0]}
    return found


@door(run="has keys")
def last_and_best(run: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the test accuracy at the end and in the best epoch in per cent, shape (seeds,).

    The end is the mean of the last three epochs, which reads noisy weights three times. The best
    epoch is chosen on the test images, as it is where papers report it: an upper end, not an
    accuracy that one could have had.
    """
    accuracy = 100 * run["accuracy"]
    return accuracy[:, -LAST_EPOCHS:].mean(axis=1), accuracy.max(axis=1)


@door(values="array 1d", reference="array 1d")
def paired_difference(values, reference) -> tuple[float, float]:
    """Return mean and standard error of values minus reference over seeds.

    Parameters
    ----------
    values, reference : array_like, shape (seeds,)
        Of runs that share their seeds.

    Raises
    ------
    ValueError
        For different numbers of seeds, or fewer than two.
    """
    values = np.asarray(values, float)
    reference = np.asarray(reference, float)
    count = checks.same_length(values=values, reference=reference)
    if count < 2:
        raise ValueError("values holds one seed; a standard error needs two or more")
    gap = values - reference
    return float(gap.mean()), float(gap.std(ddof=1) / np.sqrt(count))


@door(runs="has keys", name="any", reference="any")
def cost(
    runs, name: Hashable, reference: Hashable = "ideal devices"
) -> dict[str, tuple[float, float]]:
    """Return the `paired_difference` of an experiment to the reference, last and best epoch."""
    for label, key in (("name", name), ("reference", reference)):
        checks.one_of(label, key, runs)
    mine, theirs = last_and_best(runs[name]), last_and_best(runs[reference])
    return {
        epoch: paired_difference(a, b)
        for epoch, a, b in zip(("last", "best"), mine, theirs, strict=True)
    }
