"""What six measures of importance see of the true cost of a flip."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, PINK, label_panels
from figures.metaplasticity._look import DARK_ORANGE

COLUMNS = {
    "measure": "measure of importance",
    "rank_correlation": "rank correlation with the cost of a flip, consolidated weights",
    "cost": "cost of a flip, clearly consolidated weights, rising",
    "squared_gradient": "squared gradient over the squared noise",
    "with_noise": "normalised path integral x learning rate x steps, gradient noise",
    "without_noise": "normalised path integral x learning rate x steps, no noise",
    "predicted_with_noise": "1 + (noise / multiplier)^2",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), width_ratios=[1, 1.1])
    ax = axes[0]
    names, values = numbers["measure"][::-1], numbers["rank_correlation"][::-1]
    ax.barh(names, values, color=[BLUE if v > 0.9 else ORANGE for v in values])
    ax.axvline(0, color=BLACK, linewidth=0.6)
    ax.set(xlabel="rank correlation with the cost of a flip", xticks=[-1, 0, 1])
    ax, cost = axes[1], numbers["cost"]
    ax.semilogy(cost, numbers["squared_gradient"], "o", color=PINK, markersize=2.5)
    ax.semilogy(cost, numbers["with_noise"], "s", color=ORANGE, markersize=2.5)
    ax.semilogy(cost, numbers["without_noise"], "^", color=GREEN, markersize=2.5)
    ax.semilogy(cost, numbers["predicted_with_noise"], color=BLACK, linewidth=0.8, linestyle="-")
    ax.text(178, 16, "squared gradient", color=PINK, fontsize=7, ha="right")
    ax.text(62, 14, "path integral, normalised,\nwith gradient noise: reversed", color=DARK_ORANGE,
            fontsize=7)  # fmt: skip
    ax.text(52, 0.8, "... without noise: saturated", color=GREEN, fontsize=7, va="top")
    ax.text(178, 0.62, r"black: $1 + (\sigma/v)^2$", fontsize=7, ha="right")
    ax.set(xlabel="cost of a flip", ylabel="importance", ylim=(0.5, 60))
    label_panels(axes)
    return figure


def alt(numbers):
    told = ", ".join(
        f"{name} {value:.2f}"
        for name, value in zip(numbers["measure"], numbers["rank_correlation"], strict=True)
    )
    fall = numbers["with_noise"][:10].mean() / numbers["with_noise"][-10:].mean()
    flat = np.quantile(numbers["without_noise"], [0.05, 0.95])
    return (
        "Left: bars of the rank correlation between six measures of importance and the true cost "
        f"of a flip: {told}. Right: the squared gradient grows with the cost; the normalised path "
        f"integral falls by a factor of {fall:.0f} with gradient noise, on its formula, and is "
        f"flat without noise, between {flat[0]:.2f} and {flat[1]:.2f}."
    )
