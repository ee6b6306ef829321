"""Training step of a binarized network against the two things that bound it.

The bounds, measured in the same run: the bare single-precision matrix products of the same shapes,
and one pass over the optimizer's state (read gradient, two moments and weight; write two moments,
weight and sign: 32 bytes a weight) at this machine's memory rate. Targets for the whole step, as a
multiple of the sum of the two: 1.5 from 1024 units on in NumPy, 1.2 with numba.

Then the sweeps of the lessons: ten small networks on permuted digits in one ensemble, against one
after the other, with numba and without. Target: a third of the loop in NumPy.
"""

import contextlib
import itertools
import sys
from dataclasses import replace
from time import perf_counter

import numpy as np
from timing import row

from theory.bnn.architectures import dense_network
from theory.bnn.arrays import compiled
from theory.bnn.optimizer import Adam
from theory.continual.binarized import Ensemble, run_experiment, settings

BATCH = 100
SWEPT = (64, 128)  # units a layer of the networks that are trained together


def bare_products(sizes: tuple[int, ...]):
    """Return a function that does only the matrix products of one step."""
    rng = np.random.default_rng(0)
    pairs = list(itertools.pairwise(sizes))
    inputs = [rng.standard_normal((BATCH, a), dtype=np.float32) for a, _ in pairs]
    outputs = [rng.standard_normal((BATCH, b), dtype=np.float32) for _, b in pairs]
    weights = [rng.standard_normal(pair, dtype=np.float32) for pair in pairs]
    # Results go elsewhere, so that repeating the products does not make them overflow.
    forward = [np.empty_like(o) for o in outputs]
    backward = [np.empty_like(i) for i in inputs]
    gradients = [np.empty(pair, np.float32) for pair in pairs]

    def products():
        for k in range(len(pairs)):
            np.matmul(inputs[k], weights[k], out=forward[k])
        for k in reversed(range(len(pairs))):
            np.matmul(inputs[k].T, outputs[k], out=gradients[k])
            if k:
                np.matmul(outputs[k], weights[k].T, out=backward[k])

    return products


def stream(weights: int):
    """Return a function that passes once over 32 bytes a weight, as the update must."""
    # Four arrays copied onto four others: the same 16 bytes read and 16 written a weight.
    source, target = np.ones(4 * weights, np.float32), np.ones(4 * weights, np.float32)
    return lambda: np.copyto(target, source)


def fastest(functions: dict, repeats: int) -> dict[str, float]:
    """Return the shortest time of each, taking turns, so that a busy moment hits all alike."""
    best = dict.fromkeys(functions, np.inf)
    for _ in range(repeats):
        for name, function in functions.items():
            started = perf_counter()
            function()
            best[name] = min(best[name], perf_counter() - started)
    return best


@contextlib.contextmanager
def numpy_alone():
    """Compute as where numba is not installed."""
    kept = sys.modules.get("theory.bnn.fused")
    sys.modules["theory.bnn.fused"] = None
    compiled.cache_clear()
    try:
        yield
    finally:
        del sys.modules["theory.bnn.fused"]
        if kept is not None:
            sys.modules["theory.bnn.fused"] = kept
        compiled.cache_clear()


def training_step(width: int, repeats: int, computes: str) -> None:
    sizes = (784, width, width, 10)
    rng = np.random.default_rng(0)
    # Fresh random batches: repeating one would drive its gradient to zero.
    images = (rng.random((20, BATCH, 784)) < 0.2).astype(np.float32)
    labels = rng.integers(10, size=(20, BATCH))
    network = dense_network(sizes, rng)
    optimizer = Adam(network.parameters, 0.005, weight_decay=1e-7, metaplasticity=1.35)
    turn = iter(range(10**9))

    def gradients():
        k = next(turn) % 20
        network.loss_and_gradients(images[k], labels[k])

    weights = sum(p.value.size for p in network.weights)
    gradients(), optimizer.update()
    best = fastest(
        {
            "gradients": gradients,
            "update": optimizer.update,
            "products": bare_products(sizes),
            "stream": stream(weights),
        },
        repeats,
    )
    step = best["gradients"] + best["update"]
    bound = best["products"] + best["stream"]
    name = f"784-{width}-{width}-10, batch {BATCH}, {computes}"
    row(
        name,
        step,
        f"matrix products {best['products'] / step:.0%} of the step",
        f"gradients {best['gradients'] / best['products']:.2f} of bare products",
        f"update {best['update'] / best['stream']:.2f} of one pass over its state",
        of={"products and one pass over the state": bound},
    )


def ensemble(width: int, repeats: int) -> None:
    """Seconds of one of ten runs of two short tasks: alone, and as a member of an ensemble."""
    base = replace(settings.permuted_digits(10.0, width=width, count=2), epochs=2)
    runs = [(base, seed) for seed in range(10)]

    def alone():
        return [run_experiment(*run) for run in runs]

    def alone_in_numpy():
        with numpy_alone():
            return alone()

    best = fastest(
        {
            "together": lambda: Ensemble(runs).train(),
            "alone": alone,
            "alone in NumPy": alone_in_numpy,
        },
        repeats,
    )
    together = best.pop("together") / len(runs)
    row(
        f"64-{width}-{width}-10, digits, ten runs",
        together,
        of={name: time / len(runs) for name, time in best.items()},
    )


def main() -> None:
    widths = [int(w) for w in sys.argv[1:]] or [512, 1024, 4096]
    for width in widths:
        repeats = 100 if width < 2048 else 10
        with numpy_alone():
            training_step(width, repeats, "NumPy")
        if compiled() is None:
            print("  (numba is not installed)")
        else:
            training_step(width, repeats, "numba")
    for small in SWEPT:
        ensemble(small, 3)


if __name__ == "__main__":
    main()
