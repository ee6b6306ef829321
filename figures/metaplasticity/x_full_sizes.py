"""What is kept and what is learned against m <|W|>: laptop size and full size on one axis."""

import matplotlib.pyplot as plt

from figures.kit import GREY, PAGE, label_panels
from figures.metaplasticity._look import shades

COLUMNS = {
    "network": "which network, one row a setting",
    "width": "units in each of two layers",
    "shuffled": "whether another weight's size damps a synapse",
    "m": "metaplasticity",
    "acting": "m times mean |W| of the first layer after the first task, mean of seeds",
    "first": "accuracy on the first task after the third, mean of seeds",
    "last": "accuracy on the third task, just learned, mean of seeds",
}
PANELS = {"first": "first task, after the third", "last": "third task, just learned"}
SHUFFLED = ("network", "acting", "first")
MARKERS = ("o", "s", "D", "^")


def draw(numbers):
    network, other = numbers["network"], numbers["shuffled"]
    names = list(dict.fromkeys(map(str, network)))
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9))
    colours = [GREY, *shades(len(names) - 1)]
    for ax, (key, title) in zip(axes, PANELS.items(), strict=True):
        for name, colour, marker in zip(names, colours, MARKERS, strict=True):
            own = (network == name) & ~other & (numbers["m"] > 0)
            ax.plot(
                numbers["acting"][own], numbers[key][own], marker=marker, color=colour, label=name
            )
            own = (network == name) & other
            ax.plot(
                numbers["acting"][own], numbers[key][own], marker, color=colour,
                markerfacecolor="white", linestyle=":",
            )  # fmt: skip
        ax.set(xscale="log", xlabel=r"$m \langle|W|\rangle$, first layer after the first task")
        ax.set_title(title)
    axes[0].set_ylabel("test accuracy")
    axes[0].legend(loc="lower right", fontsize=6)
    words = "full size: stored, three of six tasks\nopen: another weight's size"
    axes[1].text(0.03, 0.03, words, transform=axes[1].transAxes, fontsize=6, color="0.4")
    label_panels(axes)
    return figure


def alt(numbers):
    words = []
    for name in dict.fromkeys(map(str, numbers["network"])):
        own = (numbers["network"] == name) & ~numbers["shuffled"] & (numbers["m"] > 0)
        at, first, last = (numbers[key][own] for key in ("acting", "first", "last"))
        words.append(
            f"{name}: from {at[0]:.2g} to {at[-1]:.2g} the first task rises from {first[0]:.2f} to "
            f"{first[-1]:.2f} and the third goes from {last[0]:.2f} to {last[-1]:.2f}"
        )
    rows = zip(*(numbers[key][numbers["shuffled"]] for key in SHUFFLED), strict=True)
    open_ones = "; ".join(f"{name} at {at:.2g}: {first:.2f}" for name, at, first in rows)
    return (
        "Two panels of accuracy against m times the mean size of the first layer's hidden weights, "
        f"one line a network. {'; '.join(words)}. Open markers, each synapse damped by another "
        f"weight's size, first task: {open_ones}."
    )
