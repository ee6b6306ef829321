"""Holomorphic equilibrium propagation: batched work against a plain loop over single nudges.

Targets: a cosine curve of 50 radii with 30 points each within 1 s; a map of 401 x 401 nudges within
25 s; the branch by continuation within 2 s; a training run of one seed within 20 s.
"""

import numpy as np
from timing import row, seconds

from theory.data import load_images
from theory.ep import trajectory
from theory.ep.activations import activity
from theory.holo_ep import (
    TrainingSettings,
    branch_points,
    contour_estimate,
    stability_boundary,
    stability_map,
    toy_network,
    train,
)

TOY = toy_network()


def plain_states(nudges: np.ndarray, steps: int) -> np.ndarray:
    """One nudge after the other, as a first version would do it."""
    return np.stack([
        trajectory(
            TOY.network, TOY.inputs, steps, targets=TOY.targets, nudging_strength=complex(b),
            loss=TOY.loss, initial=TOY.free,
        )[-1]
        for b in nudges
    ])  # fmt: skip


def curve() -> None:
    """Fig. 2d: 50 radii, 30 points, 100 synchronous steps."""
    radii = np.linspace(0.01, 2, 50)

    def batched():
        return contour_estimate(TOY, 30, radii, steps=100, warn=False)

    def plain():
        circle = np.exp(2j * np.pi * np.arange(30) / 30)
        with np.errstate(all="ignore"):
            for r in radii[::10]:  # a tenth of the work
                nudges = r * circle
                np.mean(TOY.products(plain_states(nudges, 100), nudges) / nudges[:, None], axis=0)

    time, slow = seconds(batched, repeats=2), 10 * seconds(plain, repeats=1)
    row("50 radii of 30 points", time, of={"loop over nudges": slow, "target": 1})


def single() -> None:
    """One radius a call, 20 steps: what checks and interpretation cost where little is computed."""
    for points in (1, 4):
        time = seconds(lambda n=points: contour_estimate(TOY, n, 0.1, steps=20, warn=False))
        row(f"one radius of {points} points", time)


def plane() -> None:
    """Fig. 2b: 200 steps for every nudge of a grid."""
    time = seconds(lambda: stability_map(TOY, 1.5, 401), repeats=1)
    few = np.random.default_rng(0).uniform(-1.5, 1.5, 60) * np.exp(0.5j)
    with np.errstate(all="ignore"):
        slow = seconds(lambda: plain_states(few, 201), repeats=1) / 60 * 401**2
    row("map of 401 x 401 nudges", time, of={"loop over nudges": slow, "target": 25})
    rows = 401 * 201 * 200
    z = np.random.default_rng(0).normal(size=(4096, 8)) * (1 + 1j)
    bare = seconds(lambda: np.tanh(z)) / len(z) * rows
    row("its complex tanh alone, if no nudge settled early", bare)
    upper = (np.add.outer(1j * np.linspace(0, 1.5, 101), np.linspace(-1.5, 1.5, 201))).ravel()
    early = seconds(lambda: TOY.relaxed_states(upper, 200, settled=1e-9), repeats=1)
    late = seconds(lambda: TOY.relaxed_states(upper, 200), repeats=1)
    row("map of 201 x 201, settled nudges left alone", early, of={"all nudges to the end": late})


def branch() -> None:
    """The branch over 181 rays in steps of 0.01, its branch points and stability boundary."""
    one, angles = TOY.sample(), np.linspace(0, np.pi, 181)
    rays = np.multiply.outer(np.linspace(0, 1.05, 106), np.exp(1j * angles))
    time = seconds(lambda: one.along(rays), repeats=2)
    slow = 181 * seconds(lambda: one.along(rays[:, :1]), repeats=1)
    row("branch on 181 rays", time, of={"ray by ray": slow, "target": 2})
    row("branch points", seconds(lambda: branch_points(one, 1.1), repeats=1))
    row("stability boundary", seconds(lambda: stability_boundary(one, angles, 1.06), repeats=1))


def functions() -> None:
    z = (np.random.default_rng(0).normal(size=(192, 64)) * (1 + 1j)).astype(np.complex64)
    fast = seconds(lambda: activity("shifted_sigmoid", z))
    slow = seconds(lambda: 0.5 * (1 + np.tanh(2 * z - 1)))
    row("complex sigmoid of 12288 numbers", fast, of={"by tanh": slow})


def training() -> None:
    task = load_images("digits")
    base = dict(sizes=(64, 64), gain=0.5, batch_size=20, free_steps=20, epochs=1, optimizer="sgd")
    for rule, points, steps in (("products", 1, 20), ("products", 10, 6), ("continuous", 10, 4)):
        made = TrainingSettings(rule=rule, points=points, nudged_steps=steps, **base)
        one = seconds(lambda made=made: train(made, task, (0,)), repeats=1)
        three = seconds(lambda made=made: train(made, task, (0, 1, 2)), repeats=1)
        row(f"eight epochs, {rule} of {points}", 8 * one, of={"target": 20})
        row(f"three seeds at once, {rule} of {points}", three, of={"in turn": 3 * one})


if __name__ == "__main__":
    curve()
    single()
    plane()
    branch()
    functions()
    training()
