"""Vector-field networks against plain loops over runs, samples and nudges, and bare products.

Targets: conjugate symmetry saves nearly half of a contour; several runs at once cost no more than
one after the other; a training run of the lessons takes at most 20 s.
"""

import numpy as np
from timing import row, seconds

from theory.data import load_images
from theory.holo_ep import (
    Contour,
    FieldNetworks,
    PoolingNetworks,
    TrainingSettings,
    contour_errors,
    iterated_errors,
    relax,
    sampled_gradient,
    solved_errors,
    train,
    train_pooling,
)

DIGITS = load_images("digits")
SIZES = (32, 32, 10)


class WholeContour(Contour):
    def half(self):
        return self.nodes, self.weights


def scene(runs: int, batch: int = 50):
    rngs = [np.random.default_rng(k) for k in range(runs)]
    nets = FieldNetworks.random(64, SIZES, "reciprocal", rngs, degrees=60)
    nets.recurrent *= np.float32(0.6)
    images = DIGITS.train_images[: runs * batch].reshape(runs, batch, -1)
    targets = np.eye(10, dtype=np.float32)[DIGITS.train_labels[: runs * batch]]
    return nets, images, targets.reshape(runs, batch, 10)


def one_of(nets: FieldNetworks, run: int) -> FieldNetworks:
    parts = [parameter[run : run + 1] for parameter in nets.parameters]
    return FieldNetworks(*parts, nets.sizes, nets.topology, nets.activation)


def relaxations() -> None:
    nets, images, targets = scene(5)
    steps = 40
    together = seconds(lambda: relax(nets, images, steps))

    def alone():
        for run in range(5):
            relax(one_of(nets, run), images[run : run + 1], steps)

    def sample_by_sample():
        single = one_of(nets, 0)
        for k in range(50):
            relax(single, images[:1, k : k + 1], steps)

    across, state = np.swapaxes(nets.recurrent, 1, 2).copy(), np.zeros((5, 50, 74), np.float32)
    bare = steps * seconds(lambda: state @ across)
    row("40 damped steps, 5 runs of 50 samples, 74 units", together,
        of={"bare products": bare, "run by run": seconds(alone),
            "sample by sample": 5 * seconds(sample_by_sample, repeats=2)})  # fmt: skip
    free = relax(nets, images, 150)
    for points in (2, 4, 6):
        half, full = (
            seconds(
                lambda c=circle: contour_errors(nets, images, targets, free, c, steps), repeats=2
            )
            for circle in (Contour.circle(points, 0.2), WholeContour.circle(points, 0.2))
        )
        row(f"contour of {points} points", half, f"{half / together:.1f} free relaxations",
            of={"all nudges": full})  # fmt: skip


def errors() -> None:
    nets, images, targets = scene(5)
    free = relax(nets, images, 150)
    iterated = seconds(lambda: iterated_errors(nets, free.states, targets, "nudged", 40))
    solved = seconds(lambda: solved_errors(nets, free.states, targets, "nudged"), repeats=2)
    row("derivative by 40 linear steps, 250 samples", iterated, of={"linear systems": solved})


def homeostasis() -> None:
    nets, *_ = scene(5)
    jacobian = nets.jacobian()[:, 0]
    eps = np.random.default_rng(0).standard_normal((5, 250, 74), dtype=np.float32)
    fast = seconds(lambda: sampled_gradient(jacobian, eps))

    def draw_by_draw():
        total = np.zeros_like(jacobian)
        for run in range(5):
            for e in eps[run]:
                once, back = jacobian[run] @ e, jacobian[run].T @ e
                total[run] += np.outer(2 * once - back, e) - np.outer(e, once)

    slow = seconds(draw_by_draw, repeats=2)
    row(
        "homeostatic gradient, 250 draws, 5 runs",
        fast,
        of={"draw by draw": slow},
    )


def pooling() -> None:
    rngs = [np.random.default_rng(k) for k in range(3)]
    nets = PoolingNetworks.random((6, 12), rngs)
    images = DIGITS.train_images[:150].reshape(3, 50, -1)
    free = relax(nets, images, 50)
    time = seconds(lambda: relax(nets, images, 50), repeats=2)
    matrices = [
        (nets.patterns[1].matrix(kernel), free.activities[..., nets.slices[0]])
        for kernel in (nets.forward[1], nets.backward[0])
    ]
    bare = seconds(lambda: [sent @ matrix for matrix, sent in matrices])
    row("soft pooling, 50 steps, 3 runs of 50 digits", time,
        of={"bare products": 75 * bare})  # fmt: skip
    pull = seconds(lambda: nets.homeostatic_gradient(free.activities, 1, rngs), repeats=2)
    row("its homeostatic gradient, one draw a sample", pull, of={"relaxation": time})


def training() -> None:
    """One epoch, in units of the target for as many epochs as the lessons train."""
    pooled = {
        "learning_rate": 5e-3,
        "free_steps": 70,
        "nudged_steps": 30,
        "damping": 0.9,
        "draws": 1,
    }
    for name, epochs, trained, settings in (
        ("derivative, one epoch", 25, train, TrainingSettings(epochs=1)),
        (
            "contour of 6, one epoch",
            10,
            train,
            TrainingSettings(rule="contour", points=6, epochs=1),
        ),
        ("soft pooling, one epoch", 7, train_pooling, TrainingSettings(epochs=1, **pooled)),
    ):
        one, three = (
            seconds(
                lambda t=trained, s=settings, k=seeds: t(s, DIGITS, k, homeostasis=1.0), repeats=2
            )
            for seeds in ((0,), (0, 1, 2))
        )
        row(name, one, of={f"target, for {epochs} epochs": 20 / epochs})
        row(f"three seeds at once, {name}", three, of={"in turn": 3 * one})


if __name__ == "__main__":
    relaxations()
    errors()
    homeostasis()
    pooling()
    training()
