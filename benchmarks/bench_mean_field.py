"""Quadratic binary task: the box solver against a generic one, the simulation against a step loop.

Targets: mean field at dimension 500 within 50 ms and at 5000 within 30 s; 1000 steps at dimension
500 within 50 ms.
"""

import numpy as np
from scipy.linalg import cholesky
from scipy.optimize import lsq_linear
from timing import memory_rate, row, seconds

from theory.metaplasticity import QuadraticTask, mean_field, simulate_hidden_weights


def solver(dimension: int, optimum_range: float, *, generic: bool) -> None:
    task = QuadraticTask.random(dimension, 0, optimum_range=optimum_range)
    ours = seconds(lambda: mean_field(task), repeats=3)
    notes = [f"{np.mean(mean_field(task).consolidated):.0%} consolidated"]
    others = {}
    if generic:

        def solve():
            upper = cholesky(task.hessian)
            return lsq_linear(upper, upper @ task.optimum, bounds=(-1, 1), method="bvls")

        theirs = seconds(solve, repeats=1)
        gap = np.abs(solve().x - mean_field(task).binary_mean).max()
        others["scipy.optimize.lsq_linear"] = theirs
        notes.append(f"largest difference {gap:.0e}")
    row(f"mean_field, d = {dimension}, optimum in +-{optimum_range:g}", ours, *notes, of=others)


def step_loop(task, hidden, steps, learning_rate):
    hidden = hidden.copy()
    for _ in range(steps):
        hidden -= learning_rate * (task.hessian @ (np.sign(hidden) - task.optimum))
    return hidden


def simulation(dimension: int, steps: int) -> None:
    task = QuadraticTask.random(dimension, 0)
    start = 0.01 * np.random.default_rng(0).standard_normal(dimension)
    ours = seconds(lambda: simulate_hidden_weights(task, start, steps, 0.01), repeats=2)
    plain = seconds(lambda: step_loop(task, start, steps, 0.01), repeats=2)
    traffic = steps * task.hessian.nbytes / memory_rate(task.hessian.nbytes)
    row(
        f"simulate_hidden_weights, d = {dimension}, {steps} steps",
        ours,
        of={"plain step loop": plain, "reading the Hessian once a step": traffic},
    )


def main() -> None:
    for optimum_range in (4.0, 1.5):
        solver(500, optimum_range, generic=True)
        solver(5000, optimum_range, generic=False)
    simulation(500, 1000)
    simulation(2000, 10_000)


if __name__ == "__main__":
    main()
