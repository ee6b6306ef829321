"""Error of noisy estimates against the radius, and the least error against the noise."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import look_of
from figures.kit import BLACK, PAGE, label_panels

COLUMNS = {
    "points": "number of points N on the circle",
    "noise": "standard deviation of the noise on every preactivation in panel a",
    "radius": "radius of the nudge's circle",
    "predicted": "relative root mean square error, predicted, one column an N",
    "sampled_radius": "radius of the sampled estimates",
    "sampled": "relative root mean square error of sampled estimates, one column an N",
    "best_radius": "radius with the least predicted error, one an N",
    "best_error": "that error, one an N",
    "level": "standard deviation of the noise in panel b",
    "least": "least relative error over the radius, one column an N",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9))
    radius, level = numbers["radius"], numbers["level"]
    for k, points in enumerate(numbers["points"]):
        color, marker = look_of(points)
        predicted, least = numbers["predicted"][:, k], numbers["least"][:, k]
        axes[0].loglog(radius, predicted, "-", color=color, linewidth=1)
        axes[0].loglog(
            numbers["sampled_radius"], numbers["sampled"][:, k], marker, color=color, markersize=3.5
        )
        axes[0].plot(
            numbers["best_radius"][k], numbers["best_error"][k], "*", color=BLACK, markersize=8
        )
        axes[1].loglog(level, least, "-", color=color, marker=marker, markersize=3)
        for ax, x, y in ((axes[0], radius[0], predicted[0]), (axes[1], level[0], least[0])):
            ax.text(
                x * 0.85, y, f"$N = {points}$", color=color, ha="right", va="center", fontsize=7
            )
    axes[0].set(
        xlabel="radius $r$", ylabel="relative error", xlim=(4.5e-3, 0.7),
        title=rf"noise $\varsigma = {numbers['noise']:g}$; stars: best",
    )  # fmt: skip
    axes[1].set(
        xlabel=r"noise $\varsigma$", ylabel="least relative error", xlim=(1e-7, 2e-2),
        title="at the best radius",
    )  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    best = ", ".join(f"{r:.2g}" for r in numbers["best_radius"])
    steps = np.log(numbers["level"][4] / numbers["level"][0])
    more = numbers["sampled"][-1, -1] / np.interp(
        numbers["sampled_radius"][-1], numbers["radius"], numbers["predicted"][:, -1]
    )
    powers = np.log(numbers["least"][4] / numbers["least"][0]) / steps
    return (
        f"Left: error against radius for {', '.join(map(str, numbers['points']))} points: it falls "
        "with the radius while noise rules and rises when aliasing takes over; sampled points lie "
        "on the predicted curves up to a radius of 0.1, and above them later: with most points "
        f"at the largest radius by a factor of {more:.2f}. The best radius grows with the number "
        f"of points: {best}. "
        "Right: the least error against noise, a power that grows with the number of points: "
        f"{', '.join(f'{p:.2f}' for p in powers)}."
    )
