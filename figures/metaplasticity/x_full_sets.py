"""Full size, stored: two image sets in turn, on dense networks and on small ConvNets."""

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
    "digit_epoch": "the same epochs of the ConvNets",
    "channels": "channels of the ConvNets",
    "digits": "test accuracy by epoch, ConvNet and set (MNIST, USPS), one seed",
    "expert": "accuracy of a ConvNet of half the wide one's channels that learned one set alone, "
    "by set, mean of its last 40 epochs",
}
LOOKS = ((BLUE, "-"), (VERMILION, "--"))  # of the first and of the second set
SETS = ("MNIST", "USPS")  # of the ConvNets


def draw(numbers):
    epoch, mean = numbers["epoch"], numbers["mean"]
    figure, axes = plt.subplots(3, 2, figsize=(PAGE, 6.3), sharey="row")
    for order, row in enumerate(axes[:2]):
        for k, ax in enumerate(row):
            for w, width in enumerate(numbers["width"]):
                for task, (colour, style) in enumerate(LOOKS):
                    name = f"{numbers['order'][order][task]}, {width} units"
                    ax.plot(
                        epoch, mean[:, order, k, w, task], color=colour, linestyle=style,
                        linewidth=(0.7, 1.5)[w], label=name,
                    )  # fmt: skip
            chance_line(ax, numbers["chance"], x=epoch[-1], ha="right", va="top")
            _frame(ax, epoch[-1], 0)
            ax.set_title(f"m = {numbers['m'][k]:g}")
        row[1].legend(
            loc="center left", bbox_to_anchor=(0.02, 0.5), fontsize=6, title_fontsize=6,
            title="full size, stored",
        )  # fmt: skip
    _draw_digits(axes[2], numbers)
    for row in axes:
        row[0].set_ylabel("test accuracy")
    for ax in axes[2]:
        ax.set_xlabel("epoch")
    label_panels(axes)
    return figure


def _frame(ax, last, bottom):
    ax.axvline(last / 2, color="0.85", linewidth=0.6, zorder=0)
    ax.set(ylim=(bottom, 1), xlim=(0, last), xticks=np.linspace(0, last, 5))


def _draw_digits(axes, numbers):
    epoch = numbers["digit_epoch"]
    for k, ax in enumerate(axes):
        for task, (colour, style) in enumerate(LOOKS):
            name, alone = SETS[task], numbers["expert"][task]
            accuracy = numbers["digits"][:, k, task]
            ax.plot(epoch, accuracy, color=colour, linestyle=style, label=name)
            ax.plot(
                (0.93 + 0.04 * task) * epoch[-1], alone, "xX"[task], color=colour, markersize=5,
                zorder=3, label=f"expert of {name}, {alone:.3f}",
            )  # fmt: skip
        _frame(ax, epoch[-1], 0.6)
        ax.set_title(f"ConvNet {numbers['channels'][k]}, m = 1.2")
    axes[1].legend(
        loc="lower right", bbox_to_anchor=(1.0, 0.02), fontsize=6, title_fontsize=6,
        title="full size, stored, one seed",
    )  # fmt: skip


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
    small = "; ".join(
        f"{channels} ends at {a:.2f} on MNIST and {b:.2f} on USPS"
        for channels, (a, b) in zip(numbers["channels"], numbers["digits"][-1], strict=True)
    )
    expert = numbers["expert"]
    return (
        "Six panels of accuracy against epoch, full size, stored. Upper two rows: orders of two "
        f"image sets, columns m. {' '.join(words)} Thin lines, {width[0]} units, lie close by. "
        f"Last row: two ConvNets with m = 1.2 learn MNIST, then USPS, one seed: {small}; crosses: "
        f"experts of half the channels, one a set, {expert[0]:.2f} and {expert[1]:.2f}."
    )
