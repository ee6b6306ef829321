"""A sliding threshold makes a neuron selective where it slides faster than the weights learn."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "product": "learning rate times threshold time, simulated",
    "measured": "growth rate of small deviations from the selective state, simulated",
    "fine": "learning rate times threshold time",
    "growth": "real part of the eigenvalue",
    "time": "time",
    "fast_responses": "responses to two patterns, product 0.2",
    "fast_threshold": "threshold, product 0.2",
    "slow_responses": "responses to two patterns, product 1.4",
    "slow_threshold": "threshold, product 1.4",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), sharey=False)
    for ax, name, title in zip(axes, ("fast", "slow"), (r"$\eta\tau = 0.2$", r"$\eta\tau = 1.4$"),
                               strict=False):  # fmt: skip
        responses = numbers[f"{name}_responses"]
        ax.plot(numbers["time"], responses[:, 0], color=BLUE, linestyle="-", linewidth=0.9)
        ax.plot(numbers["time"], responses[:, 1], color=GREEN, linestyle="--", linewidth=0.9)
        ax.plot(numbers["time"], numbers[f"{name}_threshold"], color=VERMILION, linestyle=":")
        ax.set(title=title, xlabel="time", ylim=(-0.2, 2.75 if name == "fast" else None))
    axes[0].set_ylabel("response, threshold")
    axes[0].text(480, 2.42, "pattern 1", color=BLUE, fontsize=7)
    axes[0].text(480, 0.1, "pattern 2", color=GREEN, fontsize=7)
    axes[0].text(480, 1.45, "threshold", color=VERMILION, fontsize=7)
    ax = axes[2]
    ax.plot(numbers["fine"], numbers["growth"], color=BLACK)
    ax.plot(numbers["product"], numbers["measured"], "o", color=BLUE, markersize=4)
    ax.axhline(0, color=BLACK, linewidth=0.6, linestyle=":")
    ax.axvline(1, color=BLACK, linewidth=0.6, linestyle=":")
    ax.text(0.98, np.min(numbers["growth"]) * 0.9, "stable", fontsize=7, ha="right")
    ax.set(xlabel=r"$\eta\tau$", ylabel="growth of deviations")
    label_panels(axes)
    return figure


def alt(numbers):
    ends = {name: numbers[f"{name}_responses"][-200:, 0] for name in ("fast", "slow")}
    return (
        "Left: with a fast threshold the response to one of two patterns rises to "
        f"{ends['fast'].mean():.1f} and stays, the other dies out. Middle: with a slow threshold "
        f"the winning response swings between {ends['slow'].min():.1f} and {ends['slow'].max():.1f}"
        ". Right: measured growth of deviations lies on the predicted curve, which crosses zero "
        "where learning rate times threshold time is one."
    )
