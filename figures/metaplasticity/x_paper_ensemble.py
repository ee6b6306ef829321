"""Random-Hessian theory of the paper's ensemble: law of the multipliers, number consolidated."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, ORANGE, PAGE, VERMILION, label_panels
from figures.metaplasticity._look import DARK_ORANGE

COLUMNS = {
    "edges": "edges of the bins of the multiplier's size",
    "density": "density of multipliers in each bin, of all synapses",
    "density_error": "its standard error over the draws",
    "size": "size of the multiplier",
    "theory": "theoretical density of multipliers",
    "uncoupled": "density of multipliers of uncoupled synapses",
    "outside": "optima outside the box, one row a draw",
    "consolidated": "consolidated weights",
    "predicted": "predicted number of consolidated weights",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8))
    ax, edges = axes[0], numbers["edges"]
    ax.errorbar((edges[1:] + edges[:-1]) / 2, numbers["density"], numbers["density_error"],
                fmt="o", color=BLUE, markersize=3, linestyle="none")  # fmt: skip
    ax.plot(numbers["size"], numbers["theory"], color=BLACK, linestyle="-")
    ax.plot(numbers["size"], numbers["uncoupled"], color=ORANGE, linestyle="--")
    ax.text(62, 0.0122, "uncoupled", color=DARK_ORANGE, fontsize=7)
    ax.text(5, 0.0138, "line: theory", fontsize=7)
    ax.set(xlabel="size of the multiplier $|v|$", ylabel="density", ylim=(0, 0.016))
    ax, outside = axes[1], numbers["outside"]
    ax.plot(outside, numbers["consolidated"], "o", color=BLUE)
    ends = np.array([outside.min() - 5, outside.max() + 5])
    ax.plot(ends, ends, color=BLACK, linewidth=0.8, linestyle="-")
    ax.text(ends[1] - 3, ends[1] - 2, "identity", fontsize=7, ha="right")
    ax.axhline(numbers["predicted"], color=VERMILION, linestyle="--")
    ax.text(ends[1], numbers["predicted"] - 1, "theory", color=VERMILION, fontsize=7, ha="right",
            va="top")  # fmt: skip
    ax.set(xlabel="optima outside the box, of 500", ylabel="consolidated weights, of 500")
    label_panels(axes)
    return figure


def alt(numbers):
    edge = numbers["size"][numbers["uncoupled"] > 0].max()
    held = numbers["consolidated"]
    return (
        "Left: density of the multipliers of the paper's ensemble with error bars on the "
        f"theoretical curve, which rounds off the edge at {edge:.0f} of the flat law of uncoupled "
        "synapses. Right: number of consolidated weights against number of optima outside the box "
        f"for {held.size} draws, scattered around the identity; their mean is {held.mean():.1f}, "
        f"the theory says {numbers['predicted']:.1f}."
    )
