"""An added term makes the nudge measure the exact error; what it and homeostasis do in training."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import look_of
from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "radius": "radius of the contour",
    "points": "number of points N",
    "corrected": "relative distance to the exact error with the added term, one column an N",
    "plain": "the same without it, largest number of points",
    "rule": "what trains, in words",
    "difference": "best test error minus back-propagation's, same seed (points), rule by seed",
}
COLORS = (VERMILION, BLUE, GREEN)


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), width_ratios=(1.2, 1))
    radius = numbers["radius"]
    for k, points in enumerate(numbers["points"]):
        color, marker = look_of(points)
        axes[0].loglog(radius, numbers["corrected"][:, k], marker + "-", color=color, markersize=3)
        axes[0].text(
            1.08 * radius[-1], numbers["corrected"][-1, k], f"$N = {points}$", color=color,
            fontsize=7, va="center",
        )  # fmt: skip
    axes[0].loglog(radius, numbers["plain"], ":", color=BLACK)
    told = f"without the term, $N = {numbers['points'][-1]}$"
    axes[0].text(radius[0], 1.4 * numbers["plain"][0], told, fontsize=7, va="bottom")
    axes[0].set(
        xlabel="radius", ylabel="distance to the exact error", xlim=(None, 2 * radius[-1]),
        ylim=(None, 8 * numbers["plain"][0]), title="one network, 90 degrees apart",
    )  # fmt: skip
    places = np.arange(len(numbers["rule"]))[::-1]
    for y, values, color in zip(places, numbers["difference"], COLORS, strict=True):
        axes[1].plot(values, np.full(len(values), y), ".", color=color, alpha=0.6)
        error = values.std(ddof=1) / np.sqrt(len(values))
        axes[1].errorbar(values.mean(), y - 0.18, xerr=error, fmt="o", color=color, capsize=3)
    axes[1].axvline(0, color="0.7", linewidth=0.7, zorder=0)
    axes[1].set(
        yticks=places, yticklabels=numbers["rule"], ylim=(-0.6, len(places) - 0.5),
        xlabel="error minus back-propagation's (points)",
        title="training, pairs of equal seeds",
    )  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    told = ", ".join(
        f"{name.replace('$', '')} {values.mean():+.1f}"
        for name, values in zip(numbers["rule"], numbers["difference"], strict=True)
    )
    return (
        "Left: with the added term the distance of the estimate to the exact error falls with the "
        f"radius, the faster the more points, to {numbers['corrected'].min():.0e}; without it, it "
        f"stays at {numbers['plain'][0]:.2f} at the smallest radius. Right: best test errors "
        f"minus those of back-propagation from the same seeds, means in points: {told}; bars are "
        "standard errors, dots are seeds."
    )
