"""What full size costs: of the other subjects' experiments, and of all as a list."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """An experiment of another subject, which a function of that subject runs: what it costs.

    Parameters
    ----------
    name, figure, what : str
        As of `Entry`.
    how : str
        The function that runs it; empty where the suite has none.
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
    count: int | None = None
    steps: int | None = None
    seconds: float | None = None

    @property
    def core_hours(self) -> float | None:
        """Of all runs, or none if a step was not measured."""
        if self.seconds is None:
            return None
        return self.count * self.steps * self.seconds / 3600


# One step of each was measured with the embedded images: the time does not depend on their number.
OTHERS = (
    Cost("rram_dense", "rram/a7", "784-3000-10 of devices on MNIST, two conditions, one seed",
         "theory.rram.full_size.keep_full_size", 2, 20 * 60, 0.19),
    Cost("asymmetric", "holo_ep/j24_fig4a_d",
         "784-256-256-10 on Fashion-MNIST, 0 and 90 degrees, with and without homeostasis, "
         "four nudges, two seeds", "theory.holo_ep.train_published", 8, 50 * 1200, 0.082),
    Cost("protection", "consolidation/b14_digits",
         "784-100-100-10, ten permuted MNIST tasks, three rules, three seeds, 12 epochs each",
         "theory.continual.run_continual", 9, 10 * 12 * 937, 0.0009),
    Cost("ep_convolution", "ep/training_curves",
         "the published network on CIFAR-10, 120 epochs, the symmetric rule, one seed",
         "theory.ep.full_size.train_full_size", 1, 120 * 390, 265.0),
    Cost("ssl_images", "ssl/table1", "ResNet-18 on CIFAR-10: the suite has no such network"),
)  # fmt: skip


def listing(entries, states=None) -> str:
    """Return the entries with their costs, one a line.

    Parameters
    ----------
    entries : sequence of Entry or Cost
    states : dict, optional
        How far an entry was run, by its name; "not run" where it is missing.
    """
    states = states or {}
    form = "{:15} {:>4} {:>7} {:>12} {:>8} {:15} {}"
    lines = [form.format("entry", "runs", "steps", "core-hours", "GB a run", "state", "what")]
    for e in entries:
        runs = e.count if isinstance(e, Cost) else len(e.runs)
        hours = "not measured" if e.core_hours is None else f"{e.core_hours:.1f}"
        memory = "" if isinstance(e, Cost) else f"{e.gigabytes:.1f}"
        state = states.get(e.name, "not run")
        what = f"{e.what}: {e.how}" if isinstance(e, Cost) and e.how else e.what
        lines.append(form.format(e.name, runs or "", e.steps or "", hours, memory, state, what))
    return "\n".join(lines)
