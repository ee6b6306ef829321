"""Law of free mean signs and of multipliers for a Gaussian design: theory over pooled draws."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, label_panels
from figures.metaplasticity._look import DARK_ORANGE

COLUMNS = {
    "sign_edges": "edges of the bins of the mean sign",
    "sign_density": "density of free mean signs in each bin, of all synapses",
    "sign_error": "its standard error over the draws",
    "sign": "mean sign",
    "sign_theory": "theoretical density of free mean signs",
    "size_edges": "edges of the bins of the multiplier's size",
    "size_density": "density of multipliers in each bin, of all synapses",
    "size_error": "its standard error over the draws",
    "size": "size of the multiplier",
    "size_theory": "theoretical density of multipliers",
    "uncoupled": "density of multipliers of uncoupled synapses",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8))
    for ax, name, color in zip(axes, ("sign", "size"), (GREEN, BLUE), strict=True):
        edges = numbers[f"{name}_edges"]
        ax.errorbar((edges[1:] + edges[:-1]) / 2, numbers[f"{name}_density"],
                    numbers[f"{name}_error"], fmt="o", color=color, markersize=3,
                    linestyle="none")  # fmt: skip
        ax.plot(numbers[name], numbers[f"{name}_theory"], color=BLACK, linestyle="-")
    axes[0].set(xlabel=r"mean sign $\bar s$ of free weights", ylabel="density", ylim=(0, 0.3))
    ax = axes[1]
    ax.plot(numbers["size"], numbers["uncoupled"], color=ORANGE, linestyle="--")
    ax.text(0.5, 0.70, "uncoupled synapses", color=DARK_ORANGE, fontsize=7, transform=ax.transAxes)
    ax.text(0.5, 0.85, "random-Hessian theory", fontsize=7, transform=ax.transAxes)
    ax.set(xlabel="size of the multiplier $|v|$", ylabel="density", ylim=(0, None))
    label_panels(axes)
    return figure


def alt(numbers):
    height = numbers["sign_theory"].mean()
    ratio = numbers["size_density"][0] / numbers["uncoupled"][0]
    edge = numbers["size"][numbers["uncoupled"] > 0].max()
    beyond = numbers["size_edges"][1:][numbers["size_density"] > 0].max()
    return (
        "Left: density of the mean signs of free weights with error bars, flat, at the predicted "
        f"{height:.2f}. Right: density of multipliers with error bars on the theoretical curve; at "
        f"small sizes it is {ratio:.1f} times the flat law of uncoupled synapses, and in place of "
        f"the sharp end of that law at {edge:.1f} it has a tail up to {beyond:.1f}."
    )
