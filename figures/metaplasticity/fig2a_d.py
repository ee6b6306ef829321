"""Fig. 2a-d: without metaplasticity old tasks fade; with it they stay, at last at a price."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE, label_panels
from figures.metaplasticity._full import THIN, mean_curves, stretched
from figures.metaplasticity._look import chance_line, shades

COLUMNS = {
    "epoch": "epochs since the start of the first task",
    "m": "metaplasticity",
    "group": "m x learning rate x steps of a task",
    "epochs_a_task": "epochs",
    "mean": "test accuracy by epoch, m and task, mean of three seeds",
    "deviation": "its standard deviation over seeds",
    "chance": "accuracy of guessing",
}
FULL_M = (0, 0.5, 1, 1.35)
STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))


def _at_full_size(full):
    """Return epochs, accuracies by epoch, m and task, and the length of the whole training."""
    if "permuted_1024" not in full:
        return None
    stored = full["permuted_1024"]
    return *mean_curves(stored, [f"m = {m:g}" for m in FULL_M]), stored.facts["epochs"]


def draw(numbers, full):
    colours, larger = shades(6), _at_full_size(full)
    epoch, length = numbers["epoch"], numbers["epochs_a_task"]
    figure, axes = plt.subplots(2, 2, figsize=(PAGE, 4.4), sharex=True, sharey=True)
    for k, ax in enumerate(axes.flat):
        for task, (shade, style) in enumerate(zip(colours, STYLES, strict=True)):
            since = epoch >= task * length
            mean, spread = (numbers[name][since, k, task] for name in ("mean", "deviation"))
            ax.plot(epoch[since], mean, color=shade, linestyle=style)
            ax.fill_between(
                epoch[since], mean - spread, mean + spread, color=shade, alpha=0.2, linewidth=0
            )
            ax.axvline(task * length, color="0.85", linewidth=0.6, zorder=0)
            ax.text(
                (task + 0.5) * length,
                1.0,
                f"T{task + 1}",
                color=shade,
                ha="center",
                fontsize=7,
                fontweight="bold",
            )
        chance_line(ax, numbers["chance"], x=1)
        title = f"m = {numbers['m'][k]:g}   ($m\\eta T$ = {numbers['group'][k]:.0f})"
        if larger is not None:
            _draw_larger(ax, larger, k, 6 * length, colours)
            title += f"   thin: full size, m = {FULL_M[k]}"
        ax.set_title(title)
        ax.set(ylim=(0, 1.08), xticks=np.arange(0, 6 * length + 1, 2 * length))
    for ax in axes[:, 0]:
        ax.set_ylabel("test accuracy")
    for ax in axes[1]:
        ax.set_xlabel("epoch")
    label_panels(axes)
    return figure


def _draw_larger(ax, larger, k, last, colours):
    epochs, curves, length = larger
    scale = stretched(ax, length, last)
    for task, (shade, style) in enumerate(zip(colours, STYLES, strict=True)):
        since = epochs >= task * length / 6
        ax.plot(epochs[since] * scale, curves[since, k, task], color=shade, linestyle=style, **THIN)


def alt(numbers, full):
    end, m = numbers["mean"][-1], numbers["m"]
    best = numbers["mean"].max(axis=0)
    larger, told = _at_full_size(full), ""
    if larger is not None:
        epochs, curves, length = larger
        first = ", ".join(f"{accuracy:.2f}" for accuracy in curves[-1, :, 0])
        told = (
            f" Thin curves: full size with m = {', '.join(map(str, FULL_M))}, run for {epochs[-1]} "
            f"of {length} epochs; the first task is then at {first}."
        )
    return (
        "Four panels of test accuracy on six permuted MNIST tasks against epoch, mean and "
        "standard deviation of seeds. Without metaplasticity every task reaches "
        f"{best[0].min():.2f} or more and decays while later ones are learned, the first to "
        f"{end[0, 0]:.2f}. The first task ends at {end[1, 0]:.2f} for m = {m[1]:g}, "
        f"{end[2, 0]:.2f} for m = {m[2]:g} and {end[3, 0]:.2f} for m = {m[3]:g}; there the last "
        f"one reaches only {best[3, 5]:.2f}."
    ) + told
