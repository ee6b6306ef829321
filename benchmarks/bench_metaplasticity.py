"""Closed forms of the metaplastic task against what they replace: simulation and generic solvers.

Target: the random-Hessian fixed point within 50 ms. The time-averaging simulations are measured in
`bench_mean_field.py`.
"""

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from timing import memory_rate, row, seconds

from theory.metaplasticity import (
    GaussianSpectrum,
    QuadraticTask,
    SechSquared,
    TwoTasks,
    UniformOptimum,
    UniformSpectrum,
    flip_probability,
    kept_fraction,
    locking_plateau,
    mean_field,
    metaplastic_mean_field,
    random_hessian_mean_field,
    retention,
    simulate_hidden_weights,
    simulate_optimizer,
    simulate_ratchet,
    simulate_two_tasks,
    spectral_mean_field,
)


def fixed_points() -> None:
    law, rng = UniformOptimum(2.0), np.random.default_rng(0)
    spectrum = GaussianSpectrum(1.5)

    def one_draw():
        return mean_field(QuadraticTask(spectrum.sample_hessian(1000, rng), law.sample(1000, rng)))

    direct = seconds(one_draw, repeats=3)
    for name, solve in (
        ("random_hessian_mean_field", lambda: random_hessian_mean_field(1.5, law)),
        ("spectral_mean_field, uniform", lambda: spectral_mean_field(UniformSpectrum(1, 3), law)),
    ):
        ours = seconds(solve, repeats=5)
        row(
            name,
            ours,
            of={"one draw of d = 1000 solved directly": direct},
        )


def retention_curves() -> None:
    tasks, times = TwoTasks(), np.arange(1, 801)
    ours = seconds(lambda: retention(times, 1.0, tasks), repeats=5)

    def by_quad(time):
        def integrand(u):
            kept = kept_fraction(tasks.speed * u * time, 1.0, tasks)
            return kept + (1 - kept) * max(1 - u / 2, 0)

        return quad(integrand, 0, 4, limit=200)[0]

    adaptive = len(times) * seconds(lambda: by_quad(100.0), repeats=3)
    sampled = seconds(lambda: simulate_two_tasks(times, 1.0, tasks, 20_000, 0), repeats=1)
    row(
        "retention, 800 times",
        ours,
        of={
            "adaptive quadrature one by one": adaptive,
            "20 000 simulated synapses, error 4e-3": sampled,
        },
    )


def fronts() -> None:
    law, distance = SechSquared(1.35), np.geomspace(1e-3, 1e6, 100_000)
    ours = seconds(lambda: law.front(distance), repeats=3)

    def one(d):
        return brentq(lambda w: float(law.travel(w)) - d, 0, 20, xtol=1e-14)

    generic = len(distance) * seconds(lambda: one(37.0), repeats=5)
    reading = distance.nbytes / memory_rate(distance.nbytes)
    row(
        "forgetting front, 100 000 points",
        ours,
        of={"root finding one by one": generic, "one reading of the array": reading},
    )


def ratchets() -> None:
    starts = np.linspace(0.1, 1.5, 10)
    ours = seconds(lambda: flip_probability(starts, 0.2), repeats=3)
    sampled = seconds(
        lambda: simulate_ratchet(np.repeat(starts, 10_000), 0.2, 1.0, 300, 0), repeats=1
    )
    row("flip_probability, 10 starts", ours, of={"10 000 walkers each": sampled})
    weak = seconds(lambda: flip_probability(starts, 0.007), repeats=3)
    row("flip_probability, strength 0.007", weak, "the noise of the experiments")


def batches() -> None:
    task, rng = QuadraticTask.random(100, 0), np.random.default_rng(1)
    starts, strengths = 0.01 * rng.standard_normal((32, 100)), np.linspace(0, 2, 32)[:, None]
    ours = seconds(lambda: simulate_hidden_weights(task, starts, 500, 0.01, strengths), repeats=3)

    def one_by_one():
        for start, strength in zip(starts, strengths[:, 0], strict=True):
            simulate_hidden_weights(task, start, 500, 0.01, float(strength))

    loop = seconds(one_by_one, repeats=1)
    name = "simulate_hidden_weights, 32 starts and strengths, d = 100"
    row(name, ours, of={"one after the other": loop})
    theory = seconds(lambda: metaplastic_mean_field(task, 0.01, 1.0), repeats=3)
    plain = seconds(lambda: mean_field(task), repeats=3)
    row("metaplastic_mean_field, d = 100", theory, of={"mean_field": plain})
    q = np.arange(2, 41)
    ours = seconds(lambda: locking_plateau(np.ones(39, int), q, 0.3), repeats=2)
    row("locking_plateau, 39 fractions", ours, "to rounding")


def optimizers() -> None:
    task, start, steps = QuadraticTask.random(500, 0), np.zeros(500), 1000
    traffic = steps * task.hessian.nbytes / memory_rate(task.hessian.nbytes)
    for name in ("sgd", "adam"):

        def run(name=name):
            return simulate_optimizer(task, start, steps, 0.01, optimizer=name)

        ours = seconds(run, repeats=2)
        row(
            f"simulate_optimizer, {name}, d = 500, {steps} steps",
            ours,
            of={"reading the Hessian once a step": traffic},
        )


def main() -> None:
    fixed_points()
    retention_curves()
    fronts()
    ratchets()
    batches()
    optimizers()


if __name__ == "__main__":
    main()
