"""Two panels that trainings with imperfect devices share: learning curves and costs."""

import matplotlib.pyplot as plt

from figures.kit import PAGE, label_panels
from figures.rram._look import CONDITIONS, NAMES, draw_costs, draw_curves

SOURCES = ("pink", "telegraph", "spread", "all")
COLUMNS = {
    "epoch": "epochs",
    "last": "cost by source, last three epochs: mean and standard error, points",
    "best": "cost by source, best epoch: mean and standard error, points",
} | {f"accuracy_{name}": f"test accuracy, {NAMES[name]}, per cent, by seed" for name in CONDITIONS}


def draw_training_costs(numbers, limits, full=None):
    """Draw learning curves between limits of accuracy, and what each imperfection costs.

    Thin curves: what was run at full size, `theory.full_size.tables.Stored`, where it was.
    """
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.0), width_ratios=[1.15, 1])
    draw_curves(axes[0], numbers)
    for name in ("ideal", "all") if full else ():
        color, line, _ = CONDITIONS[name]
        for run in full.of(NAMES[name]):
            axes[0].plot(run.epochs, 100 * run.curves[:, 0], color=color, linestyle=line,
                         linewidth=0.7, label=f"{NAMES[name]}, full size")  # fmt: skip
    axes[0].set(ylim=limits, xlim=(0, numbers["epoch"][-1]))
    axes[0].legend(loc="lower right")
    labels = [NAMES[name].replace(" ", "\n") for name in SOURCES]
    colors = [CONDITIONS[name][0] for name in SOURCES]
    draw_costs(axes[1], numbers["last"], numbers["best"], labels, colors)
    axes[1].set(ylabel="cost in accuracy (points)", title="filled: last, open: best epoch")
    label_panels(axes)
    return figure


def alt(numbers):
    """Say what both panels show, with their costs."""
    costs = ", ".join(
        f"{NAMES[name]} {0 - cost:.1f} ± {error:.1f}"
        for name, (cost, error) in zip(SOURCES, numbers["last"], strict=True)
    )
    ideal, all_ = (numbers[f"accuracy_{name}"][-3:].mean() for name in ("ideal", "all"))
    return (
        "Left: test accuracy against epoch with standard errors for six conditions, from "
        f"{ideal:.1f} per cent with ideal devices to {all_:.1f} with all imperfections at the "
        "end. Right: costs against ideal devices for the last and the best epoch, with standard "
        f"errors; in the last epochs, in points: {costs}."
    )
