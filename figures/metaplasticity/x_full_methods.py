"""Full size, stored: three permuted tasks (of six), what is kept and learned under each control."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, ORANGE, PAGE, VERMILION, label_panels
from figures.metaplasticity._look import shades

COLUMNS = {
    "condition": "rule, importance and what the network is told",
    "width": "units in each of two layers",
    "seeds": "number of seeds by width",
    "first": "accuracy on the first task after the third by condition and width, mean of seeds; "
    "not a number where it was not run",
    "last": "accuracy on the third task, just learned",
    "mean": "accuracy, mean of three tasks",
}
PANELS = {
    "first": "first task, kept", "last": "third task, learned", "mean": "mean of three tasks"
}  # fmt: skip
MARKERS = ("o", "s", "D")


def _colour(condition):
    if "consolidation" in condition:
        return VERMILION if condition.startswith("elastic") else ORANGE
    return BLACK if condition.startswith("m = 0,") or condition == "m = 0" else BLUE


def draw(numbers):
    names, rows = numbers["condition"], np.arange(len(numbers["condition"]))
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 3.3), sharey=True)
    for ax, (key, title) in zip(axes, PANELS.items(), strict=True):
        for w, (width, colour) in enumerate(zip(numbers["width"], shades(3), strict=True)):
            label = f"{width} units, {numbers['seeds'][w]} seed{'s'[: numbers['seeds'][w] - 1]}"
            ax.plot(
                numbers[key][:, w], rows + 0.22 * (w - 1), MARKERS[w], color=colour, label=label
            )
        ax.set_title(title)
        ax.set(xlabel="test accuracy", ylim=(len(rows) - 0.5, -0.5))
        ax.grid(axis="x", color="0.9", linewidth=0.6)
        for row in rows[:-1]:
            ax.axhline(row + 0.5, color="0.93", linewidth=0.6, zorder=0)
    axes[0].set_yticks(rows, names)
    for tick, name in zip(axes[0].get_yticklabels(), names, strict=True):
        tick.set_color(_colour(str(name)))
    axes[0].set_xlim(0, 1)
    axes[1].set_xlim(0.9, 0.985)
    axes[2].set_xlim(0.4, 1)
    axes[0].legend(
        loc="center left", bbox_to_anchor=(0.0, 0.74), fontsize=6, title_fontsize=6,
        title="full size, stored:\nthree of six tasks",
    )  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    words = [
        f"{name}: " + ", ".join(f"{value:.3f}" for value in row if np.isfinite(value))
        for name, row in zip(numbers["condition"], numbers["mean"], strict=True)
    ]
    widths = ", ".join(str(width) for width in numbers["width"])
    return (
        "Three panels, full size, stored, after three of six permuted tasks: accuracy on the first "
        "task, on the third and the mean of three, one row a condition, one marker a width. Mean "
        f"of three at {widths} units, where it was run: {'; '.join(words)}."
    )
