"""Sweeps over settings and seeds: what can be stacked runs as ensembles, these side by side."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from theory import sweep
from theory.continual.binarized.ensemble import FREE, Ensemble
from theory.continual.binarized.experiments import Experiment, prepare, run_experiment
from theory.door import door

# Members of an ensemble, and the bytes of a run with which it fills the caches alone: such runs
# take longer side by side than one after the other.
MEMBERS, LARGEST = 8, 2.5e6


@door
def run_together(
    experiments: Sequence[Experiment], seeds: Sequence[int], **options
) -> list[list[dict]]:
    """Run each experiment with every seed, those that can be stacked as ensembles.

    Parameters
    ----------
    experiments : sequence of Experiment
    seeds : sequence of int
    **options
        Of `theory.sweep.map`, which runs the ensembles.

    Returns
    -------
    list of list of dict
        ``values[experiment][seed]``: the bits of `experiments.run_experiment`, but for the last
        digits of the losses.
    """
    runs = list(itertools.product(experiments, seeds))
    groups = _groups(runs)
    points = [{"runs": tuple(runs[k] for k in group)} for group in groups]
    trained = itertools.chain(*sweep.map(_train, points, **options).values)
    found = dict(zip(itertools.chain(*groups), trained, strict=True))
    each = len(seeds)
    return [[found[first + k] for k in range(each)] for first in range(0, len(runs), each)]


def _train(runs):
    return [run_experiment(*runs[0])] if len(runs) == 1 else Ensemble(runs).train()


def _groups(runs):
    """Return the numbers of the runs of each ensemble, all of about one size."""
    alike = {}
    for number, (e, _) in enumerate(runs):
        key = replace(e, **FREE), e.interleaved, e.only, e.normalisation == "instance"
        alike.setdefault(key, []).append(number)
    groups = []
    for numbers in alike.values():
        alone = len(numbers) == 1 or _bytes(*runs[numbers[0]]) > LARGEST
        parts = len(numbers) if alone else -(-len(numbers) // MEMBERS)
        groups += [part.tolist() for part in np.array_split(numbers, parts)]
    return groups


def _bytes(experiment, seed):
    """Return the bytes that a step of a run reads and writes."""
    network = prepare(experiment, seed)[0].network
    network.logits(np.zeros((experiment.batch, network.inputs), np.float32))
    # Of a parameter the value, its sign, the gradient and two moments.
    states = 5 * sum(parameter.value.nbytes for parameter in network.parameters)
    return states + sum(layer.workspace.nbytes for layer in network.layers)
