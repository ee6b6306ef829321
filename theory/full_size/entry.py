"""One entry of the catalogue: runs that one table keeps, what they cost and need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.continual.binarized.experiments import Experiment

# One training step of inputs-N-N-10 in NumPy on one core, measured by benchmarks/bench_bnn.py: 784
# inputs, batch 100, for 512 units and more; 64 inputs, batch 50 for fewer. Other architectures by
# one step of theirs.
STEP_SECONDS = {
    32: 0.0002, 64: 0.00025, 128: 0.0004, 512: 0.0053, 1024: 0.019, 2048: 0.081, 4096: 0.18
}  # fmt: skip
CONVOLUTION_SECONDS = 0.007  # 1-12-20-30, batch 20
TRAIN_IMAGES = {"permuted": 60_000, "sets": 60_000, "stream": 60_000, "resolutions": 2000}
DIGITS = 1438, 1797, 64  # training images, all images, pixels of the embedded digits


@dataclass(frozen=True)
class Entry:
    """Runs that one table keeps.

    Parameters
    ----------
    name : str
        Of the entry and of its rows in the table.
    figure : str
        Whose ``.full.csv`` the rows go to.
    what : str
        One line for readers.
    runs : tuple of (str, Experiment, int)
        Condition, settings and seed of each.
    flips : tuple of int
        Weights flipped at once in each layer to measure costs of flips; empty for none.
    together : bool
        Train all runs as one ensemble on the processor: small networks, faster than one by one.
    """

    name: str
    figure: str
    what: str
    runs: tuple[tuple[str, Experiment, int], ...]
    flips: tuple[int, ...] = ()
    together: bool = False

    @property
    def epochs(self) -> int:
        """Epochs of one run, all tasks together."""
        experiment = self.runs[0][1]
        count = experiment.tasks.count
        if experiment.tasks.kind not in ("permuted", "stream"):
            count = 1 if experiment.only is not None else 2
        return count * experiment.epochs

    @property
    def steps(self) -> int:
        """Training steps of one run."""
        experiment = self.runs[0][1]
        images = DIGITS[0] if self._digits else TRAIN_IMAGES[experiment.tasks.kind]
        if experiment.tasks.kind == "stream":
            images //= experiment.tasks.count
        return self.epochs * (images // experiment.batch)

    @property
    def core_hours(self) -> float:
        """Of all runs on the processor, from the measured seconds of one step."""
        experiment = self.runs[0][1]
        step = CONVOLUTION_SECONDS if experiment.channels else STEP_SECONDS[experiment.hidden[0]]
        return len(self.runs) * self.steps * step / 3600

    @property
    def gigabytes(self) -> float:
        """Of one run: weights, signs, gradient and two moments, and the images of its tasks."""
        experiment = self.runs[0][1]
        images, pixels = DIGITS[1:] if self._digits else (70_000, 784)
        sizes = (pixels, *experiment.hidden, 10)
        weights = 0 if experiment.channels else np.dot(sizes[:-1], sizes[1:])
        tasks = experiment.tasks.count if experiment.tasks.kind == "permuted" else 2
        return float(weights * 5 * 4 + tasks * images * pixels * 4) / 1e9

    @property
    def _digits(self):
        return self.runs[0][1].tasks.images == ("digits",)
