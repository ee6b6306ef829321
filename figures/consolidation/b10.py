"""Beakers alone hold nearly N memories and start with a large signal."""

import matplotlib.pyplot as plt
import numpy as np

from figures.consolidation._look import MODELS
from figures.kit import BLACK, PAGE, label_panels

COLUMNS = {
    "model": "model, each at its best size",
    "analog": "whether its variables are unbounded reals",
    "synapses": "number of synapses N",
    "lifetime": "events until the signal meets the noise, by synapses and model",
    "initial": "initial signal to noise, by synapses and model",
    "time": "events since storage",
    "four_beakers": "signal to noise over root N of four beakers, by modes",
    "watched_time": "events since storage",
    "watched": "the same, simulated",
    "watched_error": "its standard error",
}
NAMES = {
    "fast": "two states, fast",
    "pool": "pool",
    "two_state": "two states, slow",
    "cascade": "cascade",
    "beakers": "beakers*",
    "chain": "chain",
    "leaky": "leaky*",
}
LOWER = {"leaky": 2.6, "beakers": 0.45, "pool": 0.7}  # labels of panel a against the line's end
BESIDE = {  # labels of panel c: offset in points
    "leaky": (4, 4),
    "chain": (4, -9),
    "pool": (4, -10),
    "two_state": (5, 3),
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.9), width_ratios=[1.5, 1, 1])
    ax, life, size = axes[0], numbers["lifetime"], numbers["synapses"]
    for k, name in enumerate(numbers["model"]):
        colour, style = MODELS[name]
        ax.loglog(size, life[:, k], color=colour, linestyle=style)
        label = NAMES[name].replace(", fast", ",\nfast")
        ax.text(
            1.6e10, life[-1, k] * LOWER.get(name, 1), label, color=colour, fontsize=7, va="center"
        )
    ax.text(1e2, 3e9, "*unbounded real variables", fontsize=6.5)
    ax.set(xlim=(80, 8e12), xlabel="number of synapses $N$", ylabel="lifetime $t^*$ (events)")
    ax.set_xticks([1e2, 1e4, 1e6, 1e8, 1e10])
    ax = axes[1]
    ax.loglog(numbers["time"] + 1, numbers["four_beakers"], color=MODELS["beakers"][0])
    at = numbers["watched_time"] + 1
    ax.errorbar(
        at, numbers["watched"], numbers["watched_error"], fmt="o", markersize=3, color=BLACK
    )
    ax.text(1.2, 0.03, "four beakers:\nline by modes,\ndots simulated", fontsize=7, va="center")
    ax.set(xlabel="events since storage + 1", ylabel=r"signal to noise $/\sqrt{N}$")
    _both(axes[2], numbers)
    label_panels(axes)
    return figure


def _both(ax, numbers):
    row = np.flatnonzero(numbers["synapses"] >= 0.99e8)[0]
    for k, name in enumerate(numbers["model"]):
        colour = MODELS[name][0]
        at = (numbers["initial"][row, k], numbers["lifetime"][row, k])
        ax.loglog(
            *at, "o", color=colour, markerfacecolor="none" if numbers["analog"][k] else colour
        )
        left = at[0] > 100
        ax.annotate(
            NAMES[name],
            at,
            xytext=BESIDE.get(name, (-4, 6)),
            textcoords="offset points",
            ha="right" if left else "left",
            fontsize=6,
            color=colour,
        )
    ax.set(xlim=(0.5, 2e4), ylim=(5, 5e8))
    ax.set(xlabel="initial signal to noise", ylabel="lifetime, $N = 10^8$")


def alt(numbers):
    life, first = numbers["lifetime"][-1], numbers["initial"][-1]
    each = "; ".join(
        f"{NAMES[name].strip('*')} {life[k]:.1e} and {first[k]:.1e}"
        for k, name in enumerate(numbers["model"])
    )
    return (
        "Left: lifetime against number of synapses for seven models, from logarithmic for fast "
        "two-state synapses over about root N for slow ones, pools and cascades, to nearly "
        "linear for beakers, chains and leaky analog weights. Middle: memory curve of four "
        "beakers with simulated dots near it. Right: lifetime against initial signal to noise "
        "for a hundred million synapses; only beakers are high in both. Lifetime and initial "
        f"signal to noise for {numbers['synapses'][-1]:.0e} synapses: {each}. Beakers and the "
        "leaky weight are unbounded real numbers, the others have discrete states."
    )
