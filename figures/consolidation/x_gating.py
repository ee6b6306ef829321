"""Random gates: overlap between tasks, and what it costs and saves on permuted digits."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, PAGE, VERMILION, label_panels

COLUMNS = {
    "share": "share of units that a task may use",
    "overlap": "overlap of two tasks' hidden activity over that without a second gate",
    "error": "its standard error over gates",
    "trained_share": "share of units in trained networks; 1 is without gates",
    "learned": "accuracy just after learning, mean of tasks and seeds",
    "learned_error": "its standard error over the seeds",
    "kept": "final accuracy on tasks 1 to 4, mean of tasks and seeds",
    "kept_error": "its standard error over the seeds",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.5))
    ax = axes[0]
    ax.plot([0, 1], [0, 1], color=BLACK, linewidth=0.8, linestyle="-")
    ax.errorbar(numbers["share"], numbers["overlap"], 2 * numbers["error"], fmt="o", color=BLUE)
    ax.text(0.62, 0.47, "prediction: $p$", fontsize=7)
    ax.set(xlabel="share of units a task may use $p$", ylabel="overlap between tasks")
    ax = axes[1]
    for name, color, style, marker in (("learned", BLUE, "-", "o"), ("kept", VERMILION, "--", "s")):
        ax.errorbar(numbers["trained_share"], numbers[name], 2 * numbers[f"{name}_error"],
                    color=color, linestyle=style, marker=marker)  # fmt: skip
    ax.text(0.55, 0.955, "just after learning", color=BLUE, fontsize=7, ha="center")
    ax.text(0.56, 0.5, "tasks 1-4 at the end", color=VERMILION, fontsize=7, ha="right")
    ax.set(xlabel="share of units a task may use $p$", ylabel="accuracy", ylim=(0.3, 1.02))
    label_panels(axes)
    return figure


def alt(numbers):
    best = np.argmax(numbers["kept"])
    off = np.abs(numbers["overlap"] / numbers["share"] - 1).max()
    return (
        "Left: overlap between two tasks' hidden activities against the share of units each may "
        f"use; dots lie within {100 * off:.0f} percent of the diagonal. Right: accuracy just after "
        f"learning rises with the share from {numbers['learned'][0]:.2f} to "
        f"{numbers['learned'][-1]:.2f}; accuracy on old tasks at the end has its maximum "
        f"{numbers['kept'][best]:.2f} at a share of {numbers['trained_share'][best]:g} and falls "
        f"to {numbers['kept'][-1]:.2f} without gates."
    )
