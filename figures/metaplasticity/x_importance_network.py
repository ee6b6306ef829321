"""Synaptic intelligence in a network: its ranking turns against size, its accuracy does not."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, ORANGE, PAGE, VERMILION, label_panels
from figures.metaplasticity._look import shades

COLUMNS = {
    "epochs": "epochs of training",
    "measured": "rank correlation of importance and |W|, damping 0.1, one column a layer, mean of "
    "three seeds",
    "spread": "largest minus smallest over the seeds",
    "predicted": "the same from relative speed and noise of each weight",
    "above": "share of the weights whose square is above the damping",
    "damping": "damping of the importance",
    "measured_by_damping": "rank correlation after 120 epochs, one column a layer",
    "predicted_by_damping": "the same from speed and noise",
    "epochs_a_task": "epochs of training of each of four permuted tasks",
    "way": "how their importances are used, one column each of the next two",
    "accuracy": "mean accuracy of the four tasks at the end, mean of five seeds",
    "accuracy_error": "its standard error",
}
LOOKS = ((BLUE, "-", "o"), (VERMILION, "--", "D"), (BLACK, ":", "s"), (ORANGE, "-.", "^"))


def draw(numbers):
    figure, (*axes, right) = plt.subplots(1, 3, figsize=(PAGE, 2.4))
    for layer, color in enumerate(shades(3)):
        look = {"color": color, "marker": "osD"[layer], "linestyle": "none", "markersize": 4}
        axes[0].errorbar(numbers["epochs"], numbers["measured"][:, layer],
                         numbers["spread"][:, layer] / 2, capsize=1.5,
                         label=f"layer {layer + 1}", **look)  # fmt: skip
        axes[0].plot(numbers["epochs"], numbers["predicted"][:, layer], color=color)
        axes[1].plot(numbers["damping"], numbers["measured_by_damping"][:, layer], **look)
        axes[1].plot(numbers["damping"], numbers["predicted_by_damping"][:, layer], color=color)
    for ax in axes:
        ax.axhline(0, color="0.6", linewidth=0.6)
        ax.set_xscale("log")
        ax.set_ylim(-1.05, 0.5)
    axes[1].set_yticklabels([])
    axes[0].set(xlabel="epochs", ylabel=r"rank correlation with $|W|$",
                xticks=numbers["epochs"], xticklabels=[f"{n:g}" for n in numbers["epochs"]],
                title=r"damping $\xi = 0.1$")  # fmt: skip
    for ax in axes:
        ax.minorticks_off()
    axes[0].legend(loc="lower left")
    axes[1].set(xlabel=r"damping $\xi$", title=f"after {numbers['epochs'][-1]:g} epochs")
    axes[1].text(0.97, 0.05, "points: measured\nlines: predicted", fontsize=7, ha="right",
                 transform=axes[1].transAxes)  # fmt: skip
    _draw_accuracy(right, numbers)
    label_panels([*axes, right])
    return figure


def _draw_accuracy(ax, numbers):
    epochs = numbers["epochs_a_task"]
    for k, (color, style, marker) in enumerate(LOOKS):
        ax.errorbar(epochs, numbers["accuracy"][:, k], numbers["accuracy_error"][:, k],
                    color=color, linestyle=style, marker=marker, markersize=4, capsize=1.5,
                    label=numbers["way"][k])  # fmt: skip
    ax.set_xscale("log")
    ax.set(xlabel="epochs a task", ylabel="mean accuracy", title="four tasks", ylim=(0.3, 1),
           xticks=epochs, xticklabels=[f"{n:g}" for n in epochs])  # fmt: skip
    ax.minorticks_off()
    ax.legend(loc="center right", bbox_to_anchor=(1.0, 0.4), fontsize=6)


def alt(numbers):
    first, last = numbers["measured"][0], numbers["measured"][-1]
    words = ", ".join(
        f"layer {k + 1} from {a:.2f} to {b:.2f}"
        for k, (a, b) in enumerate(zip(first, last, strict=True))
    )
    off = np.abs(numbers["measured"] - numbers["predicted"])[1:].max()
    large = numbers["measured_by_damping"][-1]
    ways = "; ".join(
        f"{way} {', '.join(f'{value:.2f}' for value in column)}"
        for way, column in zip(numbers["way"], numbers["accuracy"].T, strict=True)
    )
    return (
        "Left: rank correlation of path importance and hidden weight against epochs of training, "
        f"points on predicted lines: {words}; the largest difference from 15 epochs on is "
        f"{off:.2f}. Middle: the same after {numbers['epochs'][-1]:g} epochs against the damping, "
        f"rising from about {numbers['measured_by_damping'][0].min():.2f} in the last layer to "
        f"{large.min():.2f} or more in all layers at the largest damping. Right: mean accuracy of "
        f"four tasks after {', '.join(f'{n:g}' for n in numbers['epochs_a_task'])} epochs each: "
        f"{ways}."
    )
