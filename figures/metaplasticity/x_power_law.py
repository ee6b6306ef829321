"""Sizes of hidden weights that are forgotten as a power of time, for three factors."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, PAGE, PINK, VERMILION, label_panels

LAWS = {
    "constant": ("constant", BLACK, "-", "o"),
    "power_3": ("power 3", PINK, "-.", "P"),
    "sech_squared": ("sech squared", BLUE, "-", "s"),
}
COLUMNS = {
    "steps": "steps of a steady pull, simulated points",
    "fine": "steps, curves",
    "predicted": "fraction left, power law",
    "bounded": "fraction left of evenly spread sizes, sech squared",
    "exponent": "exponent of forgetting",
    "size": "size of a hidden weight",
    **{f"{name}_left": f"fraction left, simulated: {law[0]}" for name, law in LAWS.items()},
    **{f"{name}_survival": f"probability of a larger size: {law[0]}" for name, law in LAWS.items()},
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8))
    ax = axes[0]
    ax.loglog(numbers["fine"], numbers["predicted"], color=BLACK, linewidth=1)
    left = numbers["bounded"] > 0
    ax.loglog(numbers["fine"][left], numbers["bounded"][left], color=VERMILION, linestyle="--")
    for k, (name, (label, color, style, marker)) in enumerate(LAWS.items()):
        ax.loglog(numbers["steps"], numbers[f"{name}_left"], marker, color=color, markersize=4,
                  markerfacecolor="none" if k else color)  # fmt: skip
        axes[1].semilogy(numbers["size"], numbers[f"{name}_survival"], color=color,
                         linestyle=style, label=label)  # fmt: skip
    ax.text(12, 0.035, "evenly spread sizes,\nsech squared", color=VERMILION, fontsize=7)
    ax.text(3e3, 0.14, rf"$t^{{-{numbers['exponent']:g}}}$", fontsize=8)
    ax.set(xlabel="steps of a steady pull", ylabel="fraction that is left", ylim=(0.01, 1.2),
           xlim=(8, 1e5))  # fmt: skip
    axes[1].legend(loc="upper right")
    axes[1].set(xlabel="size $x$", ylabel="$P(|W| > x)$ that this takes", ylim=(0.001, 1.2))
    label_panels(axes)
    return figure


def alt(numbers):
    late = [numbers[f"{name}_left"][-1] for name in LAWS]
    rate = -np.diff(np.log(numbers["sech_squared_survival"][[-40, -1]]))[0]
    rate /= np.diff(numbers["size"][[-40, -1]])[0]
    return (
        "Left: fraction of hidden weights that a steady pull has not flipped, double logarithmic; "
        "simulated points of three factors, each with its own sizes, lie on one curve that becomes "
        f"a power of time with exponent {-numbers['exponent']:g}, {min(late):.3f} to "
        f"{max(late):.3f} at the last point, while evenly spread sizes bend down and end. Right: "
        "probability of a larger size that this takes: a power law without metaplasticity, a "
        f"steeper one for the power tail, and for sech squared an exponential of rate {rate:.2f}."
    )
