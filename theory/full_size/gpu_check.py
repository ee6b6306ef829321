"""One training step on a GPU against NumPy, from the same state: within float32 rounding?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from theory.bnn.architectures import dense_network
from theory.bnn.arrays import GPU, array_module, like, to_host
from theory.bnn.optimizer import Adam
from theory.bnn.stacking import stack
from theory.continual.binarized import settings
from theory.continual.binarized.ensemble import Ensemble

SIZES, BATCH, MEMBERS = (784, 32, 32, 10), 50, 3
ROUNDING = float(np.finfo(np.float32).eps) * max(SIZES)  # of the longest sum
MARGIN = 1e-4  # in sizes of a unit: batches that come closer to a threshold are drawn anew


def _networks(device):
    """A stack on the device and its members; all from the same draws."""
    networks = [dense_network(SIZES, seed) for seed in range(MEMBERS)]
    return stack(networks, array_module(device)), networks


def _batch(rng, network):
    """Draw images on which no unit of the stack lies on one of its thresholds."""
    for _ in range(1000):
        images = rng.random((MEMBERS, BATCH, 784)) * (rng.random((MEMBERS, BATCH, 784)) < 0.2)
        images = images.astype(np.float32)
        network.forward(images, True)
        normalised = (x.workspace.array("out", (MEMBERS, BATCH, 32)) for x in network.layers[1:5:3])
        # A unit whose scale has shrunk lies near 0 as a whole, and so do its rounding errors.
        units = [(u, np.minimum(u.max(axis=1, keepdims=True), 1)) for u in map(np.abs, normalised)]
        if min((np.minimum(u, np.abs(u - 1)) / size).min() for u, size in units) > MARGIN:
            return images, rng.integers(10, size=(MEMBERS, BATCH))
    raise AssertionError("no batch keeps clear of the thresholds")


def largest_deviations(device: str = "gpu", steps: int = 5) -> dict[str, tuple[float, float]]:
    """Return for every quantity the largest deviation from NumPy and its bound.

    Deviations are relative to the largest value of the array. Every step starts from NumPy's state:
    signs turn a deviation by rounding into a large one sooner or later, on any two machines.
    """
    rng = np.random.default_rng(0)
    found = dict.fromkeys(("loss", "gradients", "gradients of one network", "update"), 0.0)
    (here, alone), (there, apart) = _networks("cpu"), _networks(device)
    options = {"weight_decay": 1e-7, "metaplasticity": 1.35, "shuffled": 3}
    optimizers = [[Adam(n.parameters, 0.005, **options) for n in group] for group in (alone, apart)]
    for _ in range(steps):
        images, labels = _batch(rng, here)
        loss = here.learn(images, labels)
        on_device = [like(x, there.parameters[0].value) for x in (images, labels)]
        other = to_host(there.learn(*on_device))
        found["loss"] = max(found["loss"], float(np.abs(other / loss - 1).max()))
        for repeat in ("gradients", "gradients of one network"):
            for one, two in zip(here.parameters, there.parameters, strict=True):
                found[repeat] = max(found[repeat], _apart(two.gradient, one.gradient))
            for member, network in enumerate(apart):
                network.loss_and_gradients(images[member], labels[member])
        for one, two in zip(here.parameters, there.parameters, strict=True):
            two.gradient[...] = like(one.gradient, two.gradient)
        for group in optimizers:
            for optimizer in group:
                optimizer.update()
        for one, two in zip(here.parameters, there.parameters, strict=True):
            found["update"] = max(found["update"], _apart(two.value, one.value))
            two.load(one.value)
        for one, two in zip(*optimizers, strict=True):
            two.load(one.state())
    return {name: (value, ROUNDING) for name, value in found.items()}


def _apart(found, wanted):
    return float(np.abs(to_host(found) - wanted).max() / np.abs(wanted).max())


def ensemble_deviation(device: str = "gpu") -> tuple[float, float]:
    """Return the deviation of an ensemble from NumPy after two steps, and its bound.

    Of the members the median counts: rounding may turn a sign, and that member goes its own way.
    """
    here, there = (_weights(where, 2) for where in ("cpu", device))
    # Through the boundary of the tasks, so that importances are measured and penalties act.
    whole = Ensemble(_runs(5), device).train()
    assert all(np.isfinite(one["losses"]).all() for one in whole)
    return _median_member(here, there), 1e-5


def _runs(steps):
    base = settings.permuted_digits(5.0, count=2, width=32)
    base = replace(base, epochs=1, tasks=replace(base.tasks, train_limit=steps * base.batch))
    kinds = (
        {},
        {"metaplasticity": 20.0, "shuffled": True},
        {"method": "ewc", "strength": 10.0},
        {"normalisation": "running", "fresh_optimizer": False},
    )
    return [(replace(base, **kind), seed) for seed in (0, 1) for kind in kinds]


def _weights(device, steps):
    members = Ensemble(_runs(steps), device)
    members.train(after_epoch=lambda _: True)
    return [to_host(w.value) for w in members.network.weights]


def _median_member(ours, others):
    apart = [np.abs(a - b).max(axis=(1, 2)) for a, b in zip(ours, others, strict=True)]
    return float(np.median(np.max(apart, axis=0)))


def report(device: str = "gpu", keep=lambda results: None) -> dict:
    """Run and print all checks; return them with what they allow.

    `keep` is called with what is known so far, after every check.
    """
    results: dict[str, object] = {"fused": True}
    try:
        lines = dict(largest_deviations(device))
        results["fused"] = all(
            found <= bound for name, (found, bound) in lines.items() if name != "update"
        )
    except Exception as error:
        results |= {"fused": False, "fused error": repr(error)}
        print("one-pass layers failed:", repr(error))
    if not results["fused"]:
        GPU["fused"] = False
        lines = dict(largest_deviations(device))
    results["deviations"] = lines
    keep(results)
    try:
        lines["ensemble, two steps"] = ensemble_deviation(device)
    except Exception as error:
        results["error"] = repr(error)
    keep(results)
    GPU["precision"] = "tf32"
    results["tf32"] = rounded = dict(largest_deviations(device))
    GPU["precision"] = "float32"
    for name, (found, bound) in lines.items():
        print(f"{name}: {found:.2e}, bound {bound:.2e}", "held" if found <= bound else "BROKEN")
    print("with tf32:", {name: f"{found:.1e}" for name, (found, _) in rounded.items()})
    print(results.get("error", "no error"), flush=True)
    return results
