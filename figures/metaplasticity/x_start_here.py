"""The first hour: a synapse that holds, and a network that keeps its first task."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE, label_panels
from figures.metaplasticity._look import looks_of_m

COLUMNS = {
    "update": "number of updates",
    "protected": "hidden weight under a steady pull, with metaplasticity",
    "plain": "the same without; nothing after its sign has flipped",
    "flip_time": "predicted updates until the sign flips, without and with metaplasticity",
    "epoch": "epoch",
    "m": "metaplasticity of the network",
    "mean": "test accuracy on the first task by epoch and m, mean of seeds",
    "error": "its standard error",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    looks = looks_of_m(numbers["m"])
    ax = axes[0]
    words = (("without", "left", 8), ("with", "right", -20))
    for name, (colour, style, marker), time, (word, side, away) in zip(
        ("plain", "protected"), looks, numbers["flip_time"], words, strict=True
    ):
        ax.plot(numbers["update"], numbers[name], color=colour, linestyle=style)
        ax.plot(time, 0, color=colour, marker=marker, linestyle="none", clip_on=False)
        ax.annotate(f"{word}\nmetaplasticity", (time, 0), (away, 8), textcoords="offset points",
                    color=colour, ha=side, fontsize=7)  # fmt: skip
    ax.axhline(0, color="0.6", linewidth=0.7)
    ax.set(xlabel="updates against it", ylabel="hidden weight")
    ax.set_title("markers: predicted", fontsize=7, loc="right")
    ax, half = axes[1], numbers["epoch"][-1] / 2
    for k, (colour, style, _) in enumerate(looks):
        mean, error = numbers["mean"][:, k], numbers["error"][:, k]
        ax.plot(numbers["epoch"], mean, color=colour, linestyle=style)
        ax.fill_between(
            numbers["epoch"], mean - error, mean + error, color=colour, alpha=0.25, linewidth=0
        )
        end, away = (numbers["epoch"][-1], mean[-1]), (0, 8 if k else -20)
        ax.annotate(f"m = {numbers['m'][k]:g}", end, away,
                    textcoords="offset points", color=colour, ha="right", fontsize=7)  # fmt: skip
    ax.axvline(half, color="0.6", linewidth=0.7)
    ax.text(half + 0.3, 0.05, "second task", fontsize=7, color="0.35")
    ax.axhline(0.1, color="0.6", linestyle=":", linewidth=0.7)
    ax.text(0.2, 0.115, "chance", fontsize=6, color="0.35")
    ax.set(xlabel="epoch", ylabel="accuracy on the first task", ylim=(0, 1))
    label_panels(axes)
    return figure


def alt(numbers):
    flips, mean = numbers["flip_time"], numbers["mean"]
    half = int(np.searchsorted(numbers["epoch"], numbers["epoch"][-1] / 2))
    return (
        f"Left: a hidden weight under a steady pull falls from {numbers['protected'][0]:g} to zero "
        f"in a straight line within {flips[0]:.0f} updates; with metaplasticity it stays high "
        f"first and reaches zero near the predicted {flips[1]:.0f}. Right: accuracy on the first "
        f"task rises to {mean[half].min():.2f}; while the second task is learned it falls to "
        f"{mean[-1, 0]:.2f} without and to {mean[-1, 1]:.2f} with metaplasticity."
    )
