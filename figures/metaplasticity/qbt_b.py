"""The cost of a flip grows linearly with the hidden weight, with no free parameter."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, ORANGE, PAGE, label_panels

COLUMNS = {
    "relative_size": "hidden weights over the largest, in size",
    "cost": "loss increase when that binary weight alone is flipped",
    "bin_size": "bins of fifteen: mean relative size",
    "bin_cost": "bins: mean cost",
    "bin_deviation": "bins: standard deviation of the cost",
    "intercept": "of the theoretical line, 2 mean H_ii",
    "slope": "of the theoretical line, 2 largest |W| / (learning rate x steps)",
    "predicted_held": "consolidated weights: predicted cost 2 H_ii + 2 |v_i|",
    "cost_held": "consolidated weights: measured cost",
    "predicted_deviation": "predicted standard deviation of the cost about the prediction",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9))
    ax = axes[0]
    mean, spread = numbers["bin_cost"], numbers["bin_deviation"]
    ax.plot(numbers["relative_size"], numbers["cost"], ".", color=ORANGE, markersize=2.5, alpha=0.6)
    ax.errorbar(numbers["bin_size"], mean, spread, fmt="o", color=BLUE, capsize=2, linestyle="none")
    ends = np.array([0, 1])
    intercept, slope = numbers["intercept"], numbers["slope"]
    ax.plot(ends, intercept + slope * ends, color=BLACK, linestyle="-", linewidth=1)
    ax.text(1, intercept + 0.5 * slope, "line: theory,\nno free parameter", ha="right", va="top",
            fontsize=7)  # fmt: skip
    low = mean[0] - spread[0]
    ax.annotate("free weights", (0.02, low), (0.12, low - 8), fontsize=7, color=BLUE,
                arrowprops={"arrowstyle": "-", "linewidth": 0.6})  # fmt: skip
    ax.set(xlabel=r"size of the hidden weight $|W^h| / W^h_{\max}$",
           ylabel=r"cost of a flip $\Delta L$")  # fmt: skip
    ax = axes[1]
    predicted, deviation = numbers["predicted_held"], numbers["predicted_deviation"]
    ax.plot(predicted, numbers["cost_held"], ".", color=BLUE, markersize=3)
    ends = np.array([predicted.min(), predicted.max()])
    ax.plot(ends, ends, color=BLACK, linestyle="-", linewidth=1)
    for sign in (-2, 2):
        ax.plot(ends, ends + sign * deviation, color=BLACK, linestyle=":", linewidth=1)
    ax.text(ends[1], ends[0] + 22, "dotted: two predicted\nstandard deviations", ha="right",
            va="top", fontsize=7)  # fmt: skip
    ax.set(xlabel=r"predicted $2 H_{ii} + 2 |v_i|$", ylabel=r"measured $\Delta L$")
    label_panels(axes)
    return figure


def alt(numbers):
    mean, size = numbers["bin_cost"], numbers["bin_size"]
    line = numbers["intercept"] + numbers["slope"] * size
    off = (np.abs(mean / line - 1)[1:]).max()
    gap = numbers["cost_held"] - numbers["predicted_held"]
    within = np.mean(np.abs(gap) < 2 * numbers["predicted_deviation"])
    return (
        "Left: cost of flipping a binary weight against the size of its hidden weight; bin means "
        "with error bars follow a straight line predicted without free parameters, from "
        f"{line[1]:.0f} to {line[-1]:.0f}, within {100 * off:.0f} percent. The first bin, the free "
        f"weights, lies {100 * (1 - mean[0] / line[0]):.0f} percent below it. Right: measured "
        f"against predicted cost of {len(gap)} consolidated weights, scattered about the diagonal; "
        f"{100 * within:.0f} percent lie within two predicted standard deviations."
    )
