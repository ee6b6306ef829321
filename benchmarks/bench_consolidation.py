"""Synaptic consolidation: eigen-sums against stepping time, all curves of the figures together.

Targets: lifetimes at N = 10^10 for all models without stepping time; all signal to noise curves of
the lessons within 3 s together.
"""

import itertools

import numpy as np
from timing import row, seconds

from theory.consolidation import (
    BeakerChain,
    capacity,
    cascade,
    chain_lifetime,
    impulse_response,
    noise_variance,
    palimpsest_capacity,
    random_synapse,
    serial_chain,
)
from theory.consolidation.storage_capacity import MODELS
from theory.continual import ContinualExperiment, permuted_tasks, run_continual


def modes_against_exponentials(levels: int) -> None:
    times = np.geomspace(1, 1e6, 200)
    synapse = cascade(levels)

    def by_modes():
        rates, weights = cascade(levels).modes
        return np.real(np.exp(-np.outer(times, rates)) @ weights)

    ours, reference = seconds(by_modes), seconds(lambda: synapse.signal_to_noise(times), repeats=2)
    row(
        f"cascade of {levels} levels, 200 times",
        ours,
        of={"matrix exponentials": reference},
    )


def lifetime_against_stepping(beakers: int, synapses: float) -> None:
    chain = BeakerChain.geometric(beakers)

    def stepped():
        levels, step = np.zeros((beakers, 1)), 0
        levels[0], limit = 1.0, np.sqrt(noise_variance(chain) / synapses)
        while levels[0, 0] > limit:
            chain.step(levels)
            step += 1
        return step

    ours = seconds(lambda: chain_lifetime(chain, synapses))
    reference = seconds(stepped, repeats=1)
    row(
        f"lifetime of {beakers} beakers, N = {synapses:.0e}",
        ours,
        f"difference {abs(stepped() / chain_lifetime(chain, synapses) - 1):.1%} (Euler steps)",
        of={"stepping": reference},
    )


def capacities() -> None:
    sizes = np.geomspace(1e2, 1e10, 17)
    for model in MODELS:
        time = seconds(lambda model=model: [capacity(model, n) for n in sizes], repeats=2)
        row(f"capacity, {model}, 17 sizes to 1e10", time)


def all_curves() -> None:
    """The exact curves of the lessons, at their numbers of points."""
    times = np.geomspace(0.3, 1e6, 300)

    def work():
        for n in (3, 6, 10, 30, 40):
            rates, weights = cascade(n).modes
            np.exp(-np.outer(times, rates)) @ weights
        for e in np.geomspace(1e-3, 1, 10):
            for m in (2, 4, 6, 8, 12, 16, 20):
                serial_chain(m, leaving_probability=e).modes  # noqa: B018
        for seed in range(60):
            random_synapse(20, seed).signal_to_noise(times[::15])
        for f in (0.5, 0.52, 0.55, 0.6):
            for m in (2, 4, 8, 16, 32, 64):
                serial_chain(m, readout="linear", potentiation_fraction=f).lifetime(1e4)
        for m in range(3, 14):
            impulse_response(BeakerChain.geometric(m), times)
        for strength in np.arange(2.5, 9.1, 0.5):
            palimpsest_capacity(strength)
        for model in MODELS:
            for n in np.geomspace(1e2, 1e10, 17):
                capacity(model, n)

    row("all exact curves of the lessons", seconds(work, repeats=1), of={"target": 3})


def digits_in_turn() -> None:
    """One run of the permuted-digits experiment against its bare matrix products."""
    rng = np.random.default_rng(0)
    setting = ContinualExperiment(rule="si", strength=3.0)
    task = permuted_tasks(1, 0)[0]
    steps = setting.tasks * setting.epochs * (len(task.train_labels) // setting.batch)
    sizes = (task.pixels, setting.hidden, setting.hidden, len(task.classes))
    layers = [
        [
            rng.random(shape, dtype=np.float32)
            for shape in ((setting.batch, i), (i, o), (setting.batch, o))
        ]
        for i, o in itertools.pairwise(sizes)
    ]

    def products():
        for _ in range(steps):
            for x, w, d in layers:
                x @ w, x.T @ d, d @ w.T

    ours, reference = seconds(lambda: run_continual(setting, 0), repeats=2), seconds(products)
    row(
        f"permuted digits, Synaptic Intelligence, {steps} steps",
        ours,
        of={"matrix products": reference},
    )


def main() -> None:
    modes_against_exponentials(10)
    modes_against_exponentials(30)
    lifetime_against_stepping(8, 1e5)
    capacities()
    all_curves()
    digits_in_turn()


if __name__ == "__main__":
    main()
