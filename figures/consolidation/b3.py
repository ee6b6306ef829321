"""Two states: who learns fast forgets fast, and the best flip probability costs the signal."""

import matplotlib.pyplot as plt
import numpy as np

from figures.consolidation._look import FOUR
from figures.kit import BLACK, BLUE, PAGE, VERMILION, label_panels

COLUMNS = {
    "size": "synapses in the left and middle panel",
    "time": "events since storage",
    "flip": "flip probability of the curves, the last one e / root N",
    "signal": "signal to noise by time and flip probability, Poisson clock",
    "watched_flip": "flip probability of the simulated synapses",
    "watched_time": "events since storage, one a step",
    "watched": "signal to noise of simulated synapses",
    "watched_error": "its standard error",
    "flip_grid": "flip probability",
    "lifetime": "events until the signal meets the noise",
    "synapses": "number of synapses",
    "lifetime_best": "events until the signal meets the noise, flip probability e / root N",
    "lifetime_half": "events until the signal meets the noise, flip probability 1/2",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5))
    _curves(axes[0], numbers)
    ax, life = axes[1], numbers["lifetime"]
    ax.semilogx(numbers["flip_grid"], life, color=BLUE)
    top = (numbers["flip"][-1], life.max())
    ax.plot(*top, "o", color=VERMILION)
    ax.text(0.009, top[1], "$q = e/\\sqrt{N}$:\n$t^* = \\sqrt{N}/e$", color=VERMILION, va="top")
    ax.set(xlabel="flip probability $q$", ylabel="lifetime $t^*$, $N = 10^6$")
    ax = axes[2]
    ax.loglog(numbers["synapses"], numbers["lifetime_best"], color=VERMILION, linestyle=FOUR[3][1])
    ax.loglog(numbers["synapses"], numbers["lifetime_half"], color=BLACK, linestyle=":")
    ax.text(1.2e10, 90, "best $q$:\n$t^* = \\sqrt{N}/e$", color=VERMILION, ha="right", fontsize=7)
    ax.text(1e6, 2.5, "$q = 1/2$: $\\ln N$", color=BLACK, fontsize=7)
    ax.set(xlabel="number of synapses $N$", ylabel="lifetime $t^*$")
    label_panels(axes)
    return figure


def _curves(ax, numbers):
    places = ((1.5, 430), (13, 40), (125, 4.2), (0.13, 1.25))
    for k, ((colour, style), place) in enumerate(zip(FOUR, places, strict=True)):
        flip = numbers["flip"][k]
        ax.loglog(numbers["time"], numbers["signal"][:, k], color=colour, linestyle=style)
        name = ("$q = $" if k == 0 else "") + (f"{flip:g}" if k < 3 else "e/$\\sqrt{N}$")
        ax.text(*place, name, color=colour, fontsize=7)
        if flip == numbers["watched_flip"]:
            ax.errorbar(
                numbers["watched_time"],
                numbers["watched"],
                numbers["watched_error"],
                fmt="o",
                markersize=3,
                color=colour,
            )
    ax.axhline(1, color=BLACK, linewidth=0.7, linestyle=":")
    ax.text(0.12, 0.24, "dots:\nsimulated", fontsize=6.5, color=BLUE)
    exponent = int(np.log10(numbers["size"]))
    ax.set(ylim=(0.2, 2000), xlabel="events since storage $t$")
    ax.set(ylabel=f"signal to noise, $N = 10^{exponent}$")


def alt(numbers):
    flip, first = numbers["flip"], numbers["signal"][0]
    return (
        f"Left: signal to noise of {numbers['size']:.0e} two-state synapses against time for flip "
        f"probabilities from {flip[0]:g} to {flip[-1]:.4f}; fast synapses start high, at "
        f"{first[0]:.0f}, and fall early, slow ones start at {first[-1]:.1f} and fall late; dots "
        f"of a simulation lie on the curve of {numbers['watched_flip']:g}. Middle: lifetime "
        f"against flip probability with a maximum of {numbers['lifetime'].max():.0f} events at e "
        "over root N. Right: lifetime against number of synapses, a straight line of slope one "
        "half for the best flip probability, a nearly flat, logarithmic one for one half, which "
        f"ends at {numbers['lifetime_half'][-1]:.0f} events for {numbers['synapses'][-1]:.0e} "
        "synapses."
    )
