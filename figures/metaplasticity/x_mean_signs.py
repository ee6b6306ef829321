"""Time-averaged signs are the box minimiser, not the clipped optimum; error of order 1/T."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, ORANGE, PAGE, VERMILION, label_panels
from figures.metaplasticity._look import DARK_ORANGE

COLUMNS = {
    "box_minimiser": "predicted mean sign",
    "clipped_optimum": "optimum, clipped to the box",
    "simulated": "mean sign after all steps",
    "steps": "number of averaged steps",
    "largest_error": "largest deviation of a mean sign from the prediction",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.0), width_ratios=[1, 1.15])
    ax, simulated = axes[0], numbers["simulated"]
    ax.plot(numbers["clipped_optimum"], simulated, "x", color=ORANGE, markersize=3, alpha=0.6)
    ax.plot(numbers["box_minimiser"], simulated, "o", color=BLUE, markersize=2.5)
    ax.plot([-1, 1], [-1, 1], color=BLACK, linewidth=0.8)
    ax.text(-0.95, 0.88, "against the\nbox minimiser", color=BLUE, fontsize=7, va="top")
    ax.text(0.95, -0.9, "against the\nclipped optimum", color=DARK_ORANGE, fontsize=7, ha="right")
    ax.set(xlabel="predicted mean sign", ylabel="simulated mean sign", aspect="equal")
    ax, times, worst = axes[1], numbers["steps"], numbers["largest_error"]
    ax.loglog(times, worst, "o-", color=VERMILION, markersize=3)
    ax.loglog(times, 30 / times, color=BLACK, linestyle="--")
    ax.text(times[-6], 60 / times[-6], "slope $-1$", fontsize=7)
    ax.set(xlabel="steps $T$", ylabel="largest error of a mean sign")
    label_panels(axes)
    return figure


def alt(numbers):
    off = np.abs(numbers["clipped_optimum"] - numbers["simulated"]).max()
    slope = np.polyfit(np.log(numbers["steps"][-10:]), np.log(numbers["largest_error"][-10:]), 1)[0]
    return (
        "Left: simulated mean signs against predictions; those from the box minimiser lie on the "
        f"diagonal within {numbers['largest_error'][-1]:.4f}, those from the clipped optimum "
        f"scatter by up to {off:.1f}. Right: the largest error falls with slope {slope:.2f} on "
        "double logarithmic axes."
    )
