"""Exact eigenspace dynamics: cost of a rate, of whole figures, and against the sampled network.

Targets: a cosine rate of ten modes within 1 ms at a tolerance of 1e-6 and of 100 modes within 5 ms;
everything behind the eigenvalue panels of Fig. 2 within 3 s; a flow of 200 modes to time 60 within
1 s.
"""

from time import process_time

import numpy as np
from timing import row, seconds

from theory.ssl import eigenvalue_map, eigenvalue_trajectory, relative_rate, released_runs
from theory.ssl.cosine_push import push_unchecked
from theory.ssl.initial_weights import paper_start
from theory.ssl.relu_cosine import two_unit_cosine_update
from theory.ssl.siamese import SiameseNetwork, simulate_siamese

VARIANTS = ("no_stop_gradient_released", "no_predictor", "standard", "isotropic")


def rates() -> None:
    """One evaluation of the rates, and the error that was reached."""
    rng = np.random.default_rng(0)
    for modes in (10, 100, 400):
        for tolerance in (1e-6, 1e-11):
            gamma = 10 ** rng.uniform(-2, 0.5, modes)
            scales = gamma**1.5, np.sqrt(gamma)

            def one(scales=scales, tolerance=tolerance):
                return push_unchecked(*scales, (1.0, 1.01), tolerance)

            fine = relative_rate(gamma, loss="cosine", tolerance=1e-14)
            error = np.abs(relative_rate(gamma, loss="cosine", tolerance=tolerance) - fine).max()
            row(
                f"cosine rate, {modes} modes, tolerance {tolerance:.0e}",
                seconds(one),
                f"error {error / np.abs(fine).max():.0e}",
            )
    gamma = 10 ** rng.uniform(-2, 0.5, 200)
    row("cosine flow, 200 modes to time 60",
        seconds(lambda: eigenvalue_trajectory(gamma, [60.0], loss="cosine"), repeats=2),
        of={"target": 1})  # fmt: skip


def figure_2(gamma: np.ndarray) -> None:
    def everything():
        for loss, eta in (("euclidean", 0.01), ("cosine", 0.1)):
            for variant in VARIANTS:
                if variant != "no_predictor":
                    eigenvalue_map(gamma, 1499, eta, loss=loss, variant=variant)
        eigenvalue_map(gamma, 99_999, 0.1, variant="no_predictor")
        times = np.linspace(0, 9999.9, 10_000)
        eigenvalue_trajectory(gamma, times, loss="cosine", variant="no_predictor")

    row(
        "Fig. 2, ten eigenvalues in eight settings",
        seconds(everything, repeats=3),
        of={"target": 3},
    )


def against_sampling(weights: np.ndarray, gamma: np.ndarray, steps: int = 30) -> None:
    """The same curve by the map and by the sampled network of 50 000 samples a step."""
    for loss, eta in (("euclidean", 0.01), ("cosine", 0.1)):
        for variant in ("standard", "isotropic", "no_stop_gradient", "no_predictor"):
            released = variant == "no_stop_gradient"
            name = "no_stop_gradient_released" if released else variant
            network = SiameseNetwork(loss, variant, released=released)

            def sampled(network=network, eta=eta):
                return simulate_siamese(network, weights, steps, eta, 0, record_every=steps)

            def exact(name=name, loss=loss, eta=eta):
                return eigenvalue_map(gamma, steps, eta, loss=loss, variant=name)

            slow, fast = seconds(sampled, repeats=1), seconds(exact, repeats=3)
            deviation = np.abs(sampled().eigenvalues[-1] / exact()[-1] - 1).max()
            row(
                f"map, {loss} {variant}, {steps} steps",
                fast,
                f"largest deviation {deviation:.0e}",
                of={"sampled network": slow},
            )
    times = np.linspace(0, 9999.9, 1000)

    def flow():
        return eigenvalue_trajectory(gamma, times, loss="cosine", variant="no_predictor")

    network = SiameseNetwork("cosine", "no_predictor")
    step = seconds(lambda: simulate_siamese(network, weights, 3, 0.1, 0), repeats=1) / 3
    time = seconds(flow, repeats=3)
    row("flow, cosine no_predictor, 100 000 iterations", time,
        of={"sampled network": step * 1e5})  # fmt: skip


def against_released_code() -> None:
    """The map over the stored runs of the released code: processor time, and how far apart."""
    for name, run in released_runs().items():

        def exact(run=run):
            return eigenvalue_map(
                run.eigenvalues[0], 300, run.learning_rate, loss=run.loss, variant=run.variant
            )

        exact()
        before = process_time()
        exact()
        time = process_time() - before
        row(
            f"map over {name}, 300 steps",
            time,
            f"largest deviation {np.abs(run.eigenvalues / exact() - 1).max():.0e}",
            of={"released code": run.seconds},
        )


def main() -> None:
    weights = paper_start().ten_units
    gamma = np.linalg.eigvalsh(weights @ weights.T)
    rates()
    figure_2(gamma)
    against_released_code()
    against_sampling(weights, gamma)
    two = paper_start().two_units
    fine = two_unit_cosine_update(two, nodes=24)
    error = np.abs(two_unit_cosine_update(two) - fine).max() / np.abs(fine).max()
    row("rectified cosine update, two units", seconds(lambda: two_unit_cosine_update(two)),
        f"error {error:.0e}")  # fmt: skip


if __name__ == "__main__":
    main()
