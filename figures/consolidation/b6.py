"""A cascade has its modes evenly spaced in the logarithm of time; a chain has one slow mode."""

import matplotlib.pyplot as plt
import numpy as np

from figures.consolidation._look import MODELS
from figures.kit import PAGE, label_panels

COLUMNS = {
    "cascade_constant": "time constants of the cascade's modes, events",
    "cascade_weight": "their weights in the signal to noise over root N",
    "chain_constant": "time constants of the chain's modes, events",
    "chain_weight": "their weights in the signal to noise over root N",
    "time": "events since storage",
    "cascade": "signal to noise over root N of the cascade",
    "chain": "signal to noise over root N of the chain",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.6))
    ax = axes[0]
    for name, marker in (("chain", "s"), ("cascade", "o")):
        colour = MODELS[name][0]
        constant, weight = numbers[f"{name}_constant"], numbers[f"{name}_weight"]
        ax.vlines(constant, 1e-6, np.abs(weight), color=colour, linewidth=0.8)
        for sign, face in ((1, colour), (-1, "white")):
            of = weight * sign > 0
            ax.plot(
                constant[of],
                np.abs(weight[of]),
                marker,
                color=colour,
                markerfacecolor=face,
                markersize=4,
            )
    ax.text(100, 0.13, "chain, 20 states", color=MODELS["chain"][0], fontsize=7, va="center")
    ax.text(0.5, 0.14, "cascade, 2 x 10 states", color=MODELS["cascade"][0], fontsize=7)
    ax.text(
        0.98,
        0.99,
        "open: negative weight",
        transform=ax.transAxes,
        fontsize=7,
        ha="right",
        va="top",
    )
    ax.set(xscale="log", yscale="log", ylim=(1e-4, 0.6))
    ax.set(xlabel="time constant $\\tau_a$ (events)", ylabel="size of the weight $|I_a|$")
    ax = axes[1]
    for name in ("chain", "cascade"):
        colour, style = MODELS[name]
        ax.loglog(numbers["time"], numbers[name], color=colour, linestyle=style)
    ax.text(8, 0.115, "chain", color=MODELS["chain"][0])
    ax.text(0.15, 0.22, "cascade", color=MODELS["cascade"][0])
    ax.set(ylim=(1e-5, 0.6), xlabel="events since storage $t$")
    ax.set(ylabel=r"signal to noise $/\sqrt{N}$")
    label_panels(axes)
    return figure


def alt(numbers):
    weight, constant = numbers["chain_weight"], numbers["chain_constant"]
    negative, steps = np.sum(weight < 0), numbers["cascade_constant"]
    return (
        "Left: weights of modes against their time constants, on logarithmic axes. The chain has "
        f"one slow mode, of weight {weight[0]:.3f} at {constant[0]:.0f} events, and fast ones, "
        f"{negative} of them with negative weights (open). The cascade has a ladder of "
        f"{len(steps)} modes from {steps[-1]:.1f} to {steps[0]:.0f} events, nearly evenly spaced "
        "in the logarithm of time, weights falling with the time constant. Right: the two memory "
        "curves; the chain is flat, then falls exponentially, the cascade starts higher and "
        "falls gradually."
    )
