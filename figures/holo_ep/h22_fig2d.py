"""Cosine with the gradient against radius: thirty points are exact up to a sudden break."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import look_of
from figures.kit import ORANGE, PAGE

COLUMNS = {
    "radius": "radius of the nudge's circle",
    "one_point": "cosine of the classic estimate with the gradient",
    "thirty_points": "cosine of the estimate from 30 points with the gradient",
    "stability": "smallest modulus of a nudge at which the iteration loses the branch, predicted",
    "star": "radius with a star in the paper, near that of the contour of Fig. 2b",
}
EXACT = 1e-6  # 1 - cosine that cannot be seen here


def draw(numbers):
    radius = numbers["radius"]
    figure, ax = plt.subplots(figsize=(PAGE, 2.6))
    ax.axhline(1, color="0.7", linewidth=1)
    for name, points in (("one_point", 1), ("thirty_points", 30)):
        color, marker = look_of(points)
        ax.plot(radius, numbers[name], "-", marker=marker, color=color, markersize=3)
    ax.text(0.2, 0.984, "classic, one point", color=look_of(1)[0], ha="right", va="top")
    ax.text(0.27, 0.9985, "holomorphic, 30 points", color=look_of(30)[0], ha="center", va="top")
    at = np.abs(radius - numbers["star"]).argmin()
    ax.plot(radius[at], numbers["thirty_points"][at], "*", color=ORANGE, markersize=11)
    ax.text(
        radius[at] + 0.01,
        0.9985,
        "star: about the\ncontour of Fig. 2b",
        color="0.3",
        va="top",
        fontsize=7,
    )
    ax.axvline(numbers["stability"], color="0.4", linestyle="--", linewidth=1, zorder=0)
    told = f"predicted limit {numbers['stability']:.4f}"
    place = numbers["stability"] - 0.006, 0.981
    ax.text(*place, told, rotation=90, fontsize=7, ha="right", va="bottom", color="0.3")
    ax.set(
        xlabel="radius $r$", ylabel="cosine with the gradient", xlim=(0, 0.9), ylim=(0.98, 1.001)
    )
    return figure


def alt(numbers):
    radius, thirty = numbers["radius"], numbers["thirty_points"]
    broken = np.argmax(1 - thirty > EXACT)
    low = radius[np.argmax(numbers["one_point"] < 0.98)]
    return (
        "Cosine with the gradient against radius. With one point it falls from 1 to 0.98 at radius "
        f"{low:.2f}. With 30 points it stays at 1 up to radius {radius[broken - 1]:.2f} and drops "
        f"to {thirty[broken]:.4f} at {radius[broken]:.2f}; a dashed line between the two marks the "
        f"predicted limit of the iteration, {numbers['stability']:.4f}."
    )
