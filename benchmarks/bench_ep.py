"""Equilibria and power series of layered networks against plain relaxation and bare products.

Targets: at least five times fewer matrix products than plain relaxation to the same residual; the
power series of a 100-unit network to order 20 within half a second. A relaxation step of the
published ConvNet spends most of its time in matrix products: its share of the rate of one large
product of the same core, and the cost of the full run that follows from the measured rate.
"""

import numpy as np
from timing import row, seconds

from theory.data import load_images
from theory.ep import (
    PUBLISHED_SETTINGS,
    ConvolutionalNetwork,
    Ensemble,
    LayeredNetwork,
    Stencil,
    TrainingSettings,
    equilibrium,
    equilibrium_series,
    estimate,
    train,
)
from theory.ep.activations import find_activation
from theory.ep.equilibria import METHODS


def equilibria() -> None:
    """1000 digits, 64-64-64-10, residual 1e-10; sweeps are what the matrix products scale with."""
    inputs = load_images("digits").train_images[:1000].astype(float)
    for scale in (0.8, 1.0, 1.2):
        network = LayeredNetwork.random(
            (64, 64, 64, 10), 0, scale=scale, activation="shifted_sigmoid"
        )
        print(f"equilibrium of 1000 samples, 64-64-64-10, weights of scale {scale}, to 1e-10")
        found, times = {}, {}
        for method in METHODS:

            def solve(method=method, network=network):
                return equilibrium(
                    network, inputs, method=method, tolerance=1e-10, max_sweeps=20_000
                )

            found[method], times[method] = solve(), seconds(solve, repeats=2)
        layers = [found["anderson"].states[:, part] for part in network.slices]
        below = [inputs, *layers[:-1]]

        def products(below=below, layers=layers, network=network):
            for w, s in zip(network.weights[1:], below[1:], strict=True):
                s @ w.T
            for w, s in zip(network.weights[1:], layers[1:], strict=True):
                s @ w

        bare = seconds(products)
        plain = found["synchronous"].sweeps
        for method in METHODS:
            sweeps = found[method].sweeps
            row(
                f"{method}, weights of scale {scale}",
                times[method],
                f"{sweeps} sweeps, plain relaxation {plain / sweeps:.1f} times as many",
                f"residual {found[method].residual:.0e}",
                of={"bare products of its sweeps": bare * sweeps},
            )


def series() -> None:
    network = LayeredNetwork.random((64, 60, 30, 10), 0, scale=0.8)
    inputs = load_images("digits").train_images[:1].astype(float)
    targets = np.eye(10)[[3]]
    free = equilibrium(network, inputs).states
    time = seconds(lambda: equilibrium_series(network, inputs, targets, 20, free=free))
    row("power series to order 20, 100 units", time, of={"target": 0.5})


def estimates() -> None:
    network = LayeredNetwork.random((64, 64, 32, 10), 0, scale=0.8)
    inputs = load_images("digits").train_images[:100].astype(float)
    targets = np.eye(10)[np.arange(100) % 10]
    free = equilibrium(network, inputs).states
    for stencil in (Stencil.one_sided(0.1), Stencil.symmetric(0.1), Stencil.contour(4, 0.1)):
        time = seconds(
            lambda stencil=stencil: estimate(network, inputs, targets, stencil, free=free),
            repeats=2,
        )
        row(f"estimate, {stencil.name}, 100 samples, 64-64-32-10", time)


def training() -> None:
    task = load_images("digits")
    settings = TrainingSettings(epochs=1)
    arguments = (task.train_images, task.train_labels, task.test_images, task.test_labels)
    one = seconds(lambda: train(settings, "symmetric", *arguments, (0,)), repeats=2)
    five = seconds(lambda: train(settings, "symmetric", *arguments, (0, 1, 2, 3, 4)), repeats=2)
    row("one epoch of symmetric training, one seed", one)
    row("five seeds at once", five, of={"one after the other": 5 * one})
    ten = Ensemble.of(
        [LayeredNetwork.random((64, 32, 10), k, activation="shifted_sigmoid") for k in range(10)]
    )
    images = np.broadcast_to(task.train_images[:32].astype(np.float32), (10, 32, 64))
    hidden, out = ten.relax(images, 25)
    joint, down = np.concatenate([hidden, out], axis=2), ten.weights[1]
    up = np.swapaxes(down, 1, 2)

    sigma = find_activation(ten.activation).function

    def bound():
        hidden @ up
        out @ down
        sigma(joint)

    row(
        "25 steps of ten networks 64-32-10, 32 images each",
        seconds(lambda: ten.relax(images, 25)),
        of={"their products and activations": 25 * seconds(bound)},
    )


def convolution() -> None:
    """The published shape, 16 images; the rates count multiply-adds."""
    rng, settings = np.random.default_rng(0), PUBLISHED_SETTINGS["squared error", "symmetric"]
    size, shape, batch = 1500, (3, 32, 32), 16
    left, right = rng.random((2, size, size), np.float32)
    best = size**3 / seconds(lambda: left @ right, repeats=3)
    network = ConvolutionalNetwork.random(
        shape, settings.channels, 10, 0, padding=settings.padding, activation=settings.activation
    )
    images = rng.random((batch, *shape), np.float32)
    ground, states = network.ground(images), network.relax(images, 2)
    time = seconds(lambda: network.forces(ground, states), repeats=3)
    rate = settings.multiplications(shape) * batch / time
    row(
        f"step of the published ConvNet, {batch} images",
        time,
        f"{rate / 1e9:.0f} of {best / 1e9:.0f} 10^9 multiply-adds a second",
        of={"one matrix product of as many": time * rate / best},
    )
    ten = ConvolutionalNetwork.stack(
        [ConvolutionalNetwork.random((1, 8, 8), (8, 16), 10, seed) for seed in range(10)]
    )
    digits = rng.random((10, 32, 1, 8, 8), np.float32)
    ground, states = ten.ground(digits), ten.relax(digits, 2)
    of_pools = ground.up[1].matrices
    back = np.swapaxes(of_pools, -1, -2)
    seen = rng.random((*of_pools.shape[:2], 32, of_pools.shape[2]), np.float32)
    products = seconds(lambda: seen @ of_pools @ back)
    row(
        "step of ten ConvNets on digits, 32 images each",
        seconds(lambda: ten.relax(digits, 1, states=states, ground=ground)),
        of={"its two products": products},
    )
    for name, one in PUBLISHED_SETTINGS.items():
        days = one.core_days(50_000, shape, rate), one.reference.core_days(50_000, shape, rate)
        print(f"{', '.join(name)}: {days[0]:.0f} core-days, BPTT {days[1]:.0f}")


if __name__ == "__main__":
    convolution()
    equilibria()
    series()
    estimates()
    training()
