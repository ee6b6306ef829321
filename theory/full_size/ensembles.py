"""Entries of the catalogue trained as ensembles within a time budget, kept as they go."""

from __future__ import annotations

import json
import os
import time
import traceback
from pathlib import Path

import numpy as np

from theory.full_size import tables
from theory.full_size.catalogue import Entry

QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
SAVE_EVERY = 8.0  # seconds between two savings of a running entry
SAMPLED = 100_000  # hidden weights of a layer whose sizes are kept


def hidden_sizes(ensemble) -> np.ndarray:
    """Return mean and quantiles of |W| of every member and layer, (members, layers, 1 + n)."""
    from theory.bnn.arrays import to_host

    found = []
    for weights in ensemble.network.weights:
        flat = weights.value.reshape(len(ensemble.runs), -1)
        sample = np.abs(to_host(flat[:, :: max(flat.shape[1] // SAMPLED, 1)]))
        found.append(np.vstack([sample.mean(axis=1), np.quantile(sample, QUANTILES, axis=1)]).T)
    return np.stack(found, axis=1)


def flips_of(network, task, flips, *, images: int = 10_000, draws: int = 10) -> list:
    """Return the costs of flips in every layer of a trained network, `theory.bnn.FlipCosts`."""
    from theory.bnn.arrays import like
    from theory.bnn.flip_cost import flip_costs

    seen, labels = (
        like(x[:images], network.weights[0].value) for x in (task.train_images, task.train_labels)
    )
    return [
        flip_costs(network, layer, seen, labels, 0, flips=at_once, draws=draws)
        for layer, at_once in enumerate(flips)
    ]


class Results:
    """What one process has found: arrays in ``<stem>.npz``, facts in ``<stem>.json``."""

    def __init__(self, stem):
        self.stem, self.arrays, self.facts = Path(stem), {}, {}

    def put(self, entry: Entry, measured, facts: dict, extra: dict | None = None) -> None:
        for member, one in enumerate(measured):
            for name, array in one.items():
                self.arrays[f"{entry.name}/{name}.{member}"] = np.asarray(array)
        for name, array in (extra or {}).items():
            self.arrays[f"{entry.name}/{name}"] = np.asarray(array)
        self.facts[entry.name] = facts
        self.save()

    def save(self) -> None:
        part = self.stem.with_suffix(".part")
        with open(part, "wb") as file:
            np.savez_compressed(file, **self.arrays)
        os.replace(part, self.stem.with_suffix(".npz"))
        part.write_text(json.dumps(self.facts, indent=1))
        os.replace(part, self.stem.with_suffix(".json"))


def work_off(entries, device, results, deadline, *, tf32=(), say=print) -> None:
    """Take entries from a list or queue and train each as one ensemble, until the deadline.

    Parameters
    ----------
    entries : iterable of Entry
    device : {"cpu", "gpu"}
    results : Results
    deadline : float
        Of `time.time`; a running entry is ended after the epoch that passes it, and what it has
        measured is kept with the number of its epochs.
    tf32 : collection of int
        Widths whose products round to TF32.
    """
    for entry in entries:
        if time.time() > deadline:
            return
        facts: dict[str, object] = {"started": time.time()}
        try:
            _train_entry(entry, device, results, deadline, tf32, facts)
            short = {key: value for key, value in facts.items() if key not in ("runs", "versions")}
            say(f"{entry.name}: {short}", flush=True)
        except Exception:
            facts["error"] = traceback.format_exc()
            results.facts[entry.name] = facts
            results.save()
            say(f"{entry.name} failed:\n{facts['error']}", flush=True)
        _free(device)


def _train_entry(entry, device, results, deadline, tf32, facts):
    from theory.bnn.arrays import GPU, gpu_seen
    from theory.continual.binarized.ensemble import Ensemble

    width = entry.runs[0][1].hidden[0]
    GPU["precision"] = "tf32" if width in tf32 else "float32"
    ensemble = Ensemble([(e, s) for _, e, s in entry.runs], device)
    total = ensemble.common.epochs * len(ensemble.sizes)
    facts |= {
        "versions": tables.versions(),
        "device": gpu_seen() if device == "gpu" else "cpu", "precision": GPU["precision"],
        "fused": GPU["fused"], "epochs": total, "epochs_done": 0,
        "runs": [(name, seed, repr(e)) for name, e, seed in entry.runs],
        "built_seconds": round(time.time() - facts["started"], 1),
    }  # fmt: skip
    sizes, saved, begun = [], time.time(), time.time()

    def after_epoch(ensemble):
        nonlocal saved
        run = ensemble.run
        if run.epoch == 0:
            sizes.append(hidden_sizes(ensemble))
        facts["epochs_done"] = len(run.losses)
        facts["seconds"] = round(time.time() - begun, 2)
        facts["milliseconds_a_step"] = round(1e3 * (time.time() - begun) / run.step, 3)
        if time.time() > saved + SAVE_EVERY:
            results.put(entry, ensemble.measured(), facts, {"hidden": sizes})
            saved = time.time()
        return time.time() > deadline

    measured = ensemble.train(after_epoch=after_epoch)
    results.put(entry, measured, facts, {"hidden": sizes})
    if entry.flips and facts["epochs_done"] == total and time.time() < deadline:
        extra = {"hidden": sizes}
        for member, learner in enumerate(ensemble.learners):
            task = ensemble.trained[member][0]
            for layer, costs in enumerate(flips_of(learner.network, task, entry.flips)):
                for name in ("size", "cost", "count"):
                    extra[f"flips.{member}.{layer}.{name}"] = getattr(costs, name)
        facts["seconds_with_flips"] = round(time.time() - begun, 2)
        results.put(entry, measured, facts, extra)


def _free(device):
    if device == "gpu":
        import gc

        import cupy

        # A GPU error that lasts ends this process here; another one goes on with the rest.
        cupy.cuda.Device().synchronize()
        gc.collect()
        cupy.get_default_memory_pool().free_all_blocks()
