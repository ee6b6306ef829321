"""What the figures of two tasks learned in turn have in common: their numbers and their drawing."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLUE, PAGE, VERMILION, label_panels
from figures.metaplasticity._look import chance_line

COLUMNS = {
    "epoch": "epochs since the start of the first task; the second begins half-way",
    "m": "metaplasticity",
    "task": "name of the task",
    "mean": "test accuracy by epoch, m and task, mean of seeds",
    "deviation": "its standard deviation over seeds",
    "chance": "accuracy of guessing",
}
LOOKS = ((BLUE, "-", "o"), (VERMILION, "--", "s"))  # of the first and of the second task


def draw_curves(ax, numbers, column):
    """Draw the accuracy on both tasks for one m; markers where it was measured."""
    epoch = numbers["epoch"]
    for task, (colour, style, marker) in enumerate(LOOKS):
        mean, spread = (numbers[name][:, column, task] for name in ("mean", "deviation"))
        name = numbers["task"][task]
        ax.plot(
            epoch, mean, color=colour, linestyle=style, marker=marker, markersize=2.5, label=name
        )
        ax.fill_between(epoch, mean - spread, mean + spread, color=colour, alpha=0.2, linewidth=0)
    ax.axvline(epoch[-1] / 2, color="0.85", linewidth=0.6, zorder=0)
    chance_line(ax, numbers["chance"], x=epoch[-1], ha="right", va="top")
    ax.set(xlabel="epoch", ylabel="test accuracy", ylim=(0, 1), xlim=(0, epoch[-1]))
    ax.set_xticks(np.linspace(0, epoch[-1], 5))


def draw_pair(numbers):
    """Draw two panels, without and with metaplasticity."""
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.5), sharey=True)
    for k, ax in enumerate(axes):
        draw_curves(ax, numbers, k)
        ax.set_title(f"m = {numbers['m'][k]:g}")
    axes[0].legend(loc="lower left", bbox_to_anchor=(0.0, 0.15))
    axes[1].set_ylabel("")
    label_panels(axes)
    return figure


def describe_pair(numbers):
    """Return the alternative text of two such panels."""
    first, second = numbers["task"]
    switch = len(numbers["epoch"]) // 2
    before, (plain, held) = numbers["mean"][switch, 0, 0], numbers["mean"][-1]
    return (
        f"Two panels of accuracy against epoch on {first}, then {second}. Without metaplasticity "
        f"accuracy on {first} falls from {before:.2f} to {plain[0]:.2f} while {second} reaches "
        f"{plain[1]:.2f}; with m = {numbers['m'][1]:g} the final accuracies are {held[0]:.2f} and "
        f"{held[1]:.2f}."
    )
