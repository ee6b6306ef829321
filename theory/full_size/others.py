"""What other subjects run at full size: their entries of the catalogue, and the list of all."""

from __future__ import annotations

import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Other:
    """Runs of another subject that one table keeps, or what they would cost.

    Parameters
    ----------
    name, figure, what : str
        As of `Entry`.
    how : str
        The module whose ``full_size_runs()`` gives condition, settings and seed of every run, and
        whose ``train_one(settings, seed)`` its results; or the function that runs all of it, where
        that takes more than a night. Empty where the suite has none.
    runnable : bool
        Whether the catalogue runs it; else it only says what it costs.
    count : int, optional
        Runs; left out, as the others, where nothing is known of it.
    steps : int, optional
        Training steps of one run.
    seconds : float, optional
        Of one step on one core, as process time on a busy computer; none if not measured.
    """

    name: str
    figure: str
    what: str
    how: str = ""
    runnable: bool = False
    count: int | None = None
    steps: int | None = None
    seconds: float | None = None

    @property
    def core_hours(self) -> float | None:
        """Of all runs, or none if a step was not measured."""
        if self.seconds is None or self.count is None or self.steps is None:
            return None
        return self.count * self.steps * self.seconds / 3600

    @property
    def module(self):
        """What makes the settings and trains."""
        return importlib.import_module(self.how)

    @property
    def runs(self) -> tuple[tuple, ...]:
        """Condition, settings and seed of each run."""
        return tuple(self.module.full_size_runs())

    @property
    def epochs(self) -> int:
        """Epochs of one run, all tasks together."""
        settings = self.runs[0][1]
        return settings.epochs * getattr(settings, "tasks", 1)


# One step of each was measured with the embedded images: the time does not depend on their number.
OTHERS = (
    Other("rram_dense", "rram/a7", "784-3000-10 of devices on MNIST, six conditions, one seed",
          "theory.rram.full_size", True, 6, 20 * 60, 0.19),
    Other("protection", "consolidation/b14_digits",
          "784-100-100-10, ten permuted MNIST tasks, five rules and none, three seeds",
          "theory.continual.full_size", True, 18, 10 * 12 * 937, 0.0007),
    Other("asymmetric", "holo_ep/j24_fig4a_d",
          "784-256-256-10 on Fashion-MNIST, 0 and 90 degrees, with and without homeostasis, "
          "N = 1, 2, 4, two seeds, five of the paper's 50 epochs",
          "theory.full_size.asymmetric", True, 24, 5 * 1200, 0.045),
    Other("ep_convolution", "ep/training_curves",
          "the published network on CIFAR-10, 120 epochs, the symmetric rule, one seed",
          "theory.ep.full_size.train_full_size", False, 1, 120 * 390, 265.0),
    Other("ssl_images", "ssl/table1", "ResNet-18 on CIFAR-10: the suite has no such network"),
)  # fmt: skip


def listing(entries, states=None) -> str:
    """Return the entries with their costs, one a line.

    Parameters
    ----------
    entries : sequence of Entry or Other
    states : dict, optional
        How far an entry was run, by its name; "not run" where it is missing.
    """
    states = states or {}
    form = "{:15} {:>4} {:>7} {:>12} {:>8} {:15} {}"
    lines = [form.format("entry", "runs", "steps", "core-hours", "GB a run", "state", "what")]
    for e in entries:
        runs = e.count if isinstance(e, Other) else len(e.runs)
        hours = "not measured" if e.core_hours is None else f"{e.core_hours:.1f}"
        memory = "" if isinstance(e, Other) else f"{e.gigabytes:.1f}"
        state = states.get(e.name, "not run")
        what = f"{e.what}: {e.how}" if isinstance(e, Other) and e.how else e.what
        lines.append(form.format(e.name, runs or "", e.steps or "", hours, memory, state, what))
    return "\n".join(lines)
