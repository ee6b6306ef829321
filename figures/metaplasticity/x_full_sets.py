"""Full size, stored: two image sets in turn, without and with metaplasticity, both orders."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLUE, PAGE, VERMILION, label_panels
from figures.metaplasticity._look import chance_line

COLUMNS = {
    "epoch": "epochs since the start of the first set; the second begins half-way",
    "m": "metaplasticity",
    "width": "units in each of two layers",
    "order": "names of first and second set by order",
    "mean": "test accuracy by epoch, order, m, width and set (first, second), mean of two seeds",
    "chance": "accuracy of guessing",
}
LOOKS = ((BLUE, "-"), (VERMILION, "--"))  # of the first and of the second set


def draw(numbers):
    epoch, mean = numbers["epoch"], numbers["mean"]
    figure, axes = plt.subplots(2, 2, figsize=(PAGE, 4.2), sharex=True, sharey=True)
    for order, row in enumerate(axes):
        for k, ax in enumerate(row):
            for w, width in enumerate(numbers["width"]):
                for task, (colour, style) in enumerate(LOOKS):
                    name = f"{numbers['order'][order][task]}, {width} units"
                    ax.plot(
                        epoch, mean[:, order, k, w, task], color=colour, linestyle=style,
                        linewidth=(0.7, 1.5)[w], label=name,
                    )  # fmt: skip
            ax.axvline(epoch[-1] / 2, color="0.85", linewidth=0.6, zorder=0)
            chance_line(ax, numbers["chance"], x=epoch[-1], ha="right", va="top")
            ax.set(ylim=(0, 1), xlim=(0, epoch[-1]))
            ax.set_title(f"m = {numbers['m'][k]:g}")
        row[0].set_ylabel("test accuracy")
        row[1].legend(
            loc="center left", bbox_to_anchor=(0.02, 0.5), fontsize=6, title_fontsize=6,
            title="full size, stored",
        )  # fmt: skip
    for ax in axes[1]:
        ax.set(xlabel="epoch", xticks=np.linspace(0, epoch[-1], 5))
    label_panels(axes)
    return figure


def alt(numbers):
    end, width = numbers["mean"][-1], numbers["width"]
    words = []
    for order, (first, second) in enumerate(numbers["order"]):
        (plain, held) = end[order, :, -1]
        words.append(
            f"{first} then {second}, {width[-1]} units: without metaplasticity {first} ends at "
            f"{plain[0]:.2f} and {second} at {plain[1]:.2f}, with m = {numbers['m'][1]:g} at "
            f"{held[0]:.2f} and {held[1]:.2f}."
        )
    return (
        "Four panels of accuracy against epoch, full size, stored; rows are orders of two image "
        f"sets, columns m. {' '.join(words)} Thin lines, {width[0]} units, lie close by."
    )
