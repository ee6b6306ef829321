"""What the figures of two tasks learned in turn have in common: their numbers and their drawing."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLUE, PAGE, VERMILION, label_panels
from figures.metaplasticity._full import THIN, mean_curves, stretched
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


def draw_full(axes, numbers, stored, conditions, words):
    """Draw what was run at full size into the panels: thin, its epochs on an axis above."""
    epochs, curves = mean_curves(stored, conditions)
    for k, ax in enumerate(axes):
        scale = stretched(ax, epochs[-1], numbers["epoch"][-1])
        paper = conditions[k].partition("m = ")[2]
        if float(paper) != numbers["m"][k]:
            ax.set_title(f"{ax.get_title('left')}, full size {paper}")
        for task, (colour, style, _) in enumerate(LOOKS):
            ax.plot(epochs * scale, curves[:, k, task], color=colour, linestyle=style, **THIN)
    axes[0].plot([], [], color="0.4", label=words, **THIN)


def draw_pair(numbers, stored=None, conditions=(), words=""):
    """Draw two panels, without and with metaplasticity; what was run at full size beside them."""
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.5 if stored is None else 2.8), sharey=True)
    for k, ax in enumerate(axes):
        draw_curves(ax, numbers, k)
        ax.set_title(f"m = {numbers['m'][k]:g}")
    if stored is not None:
        draw_full(axes, numbers, stored, conditions, words)
    axes[0].legend(loc="lower left", bbox_to_anchor=(0.0, 0.15))
    axes[1].set_ylabel("")
    label_panels(axes)
    return figure


def describe_full(stored, conditions):
    """Return what the alternative text says of full size."""
    end = mean_curves(stored, conditions)[1][-1]
    plain, held = (" and ".join(f"{x:.2f}" for x in accuracies) for accuracies in end[:2])
    return f" Thin curves of the full size end at {plain} without, at {held} with it."


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
