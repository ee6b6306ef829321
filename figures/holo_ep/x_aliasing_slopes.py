"""Relative error against radius for 1 to 10 points: lines of the series, slopes equal to N."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, PAGE, label_panels

COLUMNS = {
    "radius": "radius of the nudge's circle",
    "points": "number of points N on the circle",
    "measured": "relative error of the gradient from equilibria, one column an N",
    "predicted": "relative error of the gradient from the power series, one column an N",
    "slope": "logarithmic slope of the measured error where it stands clear of rounding, one an N",
}


def draw(numbers):
    radius, points = numbers["radius"], numbers["points"]
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.0), width_ratios=[1.5, 1])
    ax = axes[0]
    shades = plt.get_cmap("viridis")(np.linspace(0, 0.9, len(points)))
    for k, (n, color) in enumerate(zip(points, shades, strict=True)):
        line = numbers["predicted"][:, k]
        ax.loglog(radius, line, "-", color=color, linewidth=0.9)
        ax.loglog(radius, numbers["measured"][:, k], "o", color=color, markersize=2.5)
        if line[0] > 1e-15:  # the line begins at the left edge, else at the lower one
            ax.text(
                radius[0] * 0.93, line[0], f"{n}", color=color, ha="right", va="center", fontsize=7
            )
        else:
            begins = np.interp(np.log(3e-16), np.log(line), np.log(radius))
            ax.text(1.08 * np.exp(begins), 2.2e-16, f"{n}", color=color, fontsize=7)
    ax.set(
        xlabel="radius $r$", ylabel="relative error of the gradient", ylim=(1e-16, 2),
        xlim=(3.8e-3, 0.6), title="points: equilibria; lines: series",
    )  # fmt: skip
    ax.text(0.05, 2e-15, "points off the lines: rounding", fontsize=7, color="0.4")
    end = points[-1] + 0.5
    axes[1].plot([0, end], [0, end], "-", color="0.7", linewidth=1)
    axes[1].plot(points, numbers["slope"], "o", color=BLACK, markersize=4)
    axes[1].set(
        xlabel="number of points $N$", ylabel="measured slope", xticks=range(0, 11, 2),
        title="order of the error",
    )  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    off = np.abs(numbers["slope"] - numbers["points"]).max()
    return (
        "Left: relative error against radius, doubly logarithmic, one line for each number of "
        f"points from {numbers['points'][0]} to {numbers['points'][-1]}: the more points, the "
        "steeper. Measured points lie on the predicted lines down to rounding. Right: the measured "
        f"slopes equal the number of points within {off:.1g}."
    )
