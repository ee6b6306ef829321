"""Accuracy against the number of points at three radii, beside the authors' ConvNet."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import THEIRS
from figures.kit import BLUE, PAGE, label_panels

COLUMNS = {
    "points": "number of points N on the circle",
    "radius": "radius of the nudge's circle, one a panel",
    "accuracy": "-log10(1 - cosine) over all parameters, one column a radius",
    "authors_cosine": "cosine in the authors' ConvNet, 1 - 1e-7 where single precision ends",
}


def draw(numbers):
    points = numbers["points"]
    theirs = -np.log10(1 - numbers["authors_cosine"])
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5), sharey=True)
    for k, (ax, radius) in enumerate(zip(axes, numbers["radius"], strict=True)):
        ax.plot(points, numbers["accuracy"][:, k], "-o", color=BLUE)
        ax.plot(points, theirs[:, k], "--s", color=THEIRS, markerfacecolor="none", linewidth=0.8)
        ax.set(
            xlabel="number of points $N$", title=f"$r = {radius:g}$", xticks=points, xlim=(0.7, 4.3)
        )
    axes[0].set(ylabel=r"$-\log_{10}(1 - \mathrm{cosine})$")
    axes[2].text(1.1, 8, "circles: chain of seven layers", color=BLUE, fontsize=7)
    axes[2].text(1.1, 7.4, "open: authors' ConvNet", color=THEIRS, fontsize=7)
    label_panels(axes)
    return figure


def alt(numbers):
    radius, ours = numbers["radius"], numbers["accuracy"]
    theirs = numbers["authors_cosine"]

    def order(first):
        return ", ".join(f"{radius[k]:g}" for k in np.argsort(first)[::-1])

    return (
        "Accuracy against the number of points at radii 0.01, 0.1 and 1, one panel each. At the "
        f"largest radius ours rises from {ours[0, 2]:.1f} with one point to {ours[2, 2]:.1f} with "
        f"four; at the smallest from {ours[0, 0]:.1f} to {ours[1, 0]:.1f} with two and "
        f"{ours[2, 0]:.1f} with four. With one point the radii from best to worst are "
        f"{order(ours[0])} here and {order(theirs[0])} in the authors' ConvNet, open markers."
    )
