"""Cosine with the gradient against the radius under noise: fifteen points and the classic one."""

import matplotlib.pyplot as plt

from figures.holo_ep._look import look_of
from figures.kit import BLACK, PAGE, label_panels

COLUMNS = {
    "radius": "radius of the nudge's circle",
    "classic": "mean cosine of the classic estimate with the gradient",
    "fifteen_points": "mean cosine of the estimate from 15 points",
    "layer": "names of the layers",
    "classic_layers": "mean cosine of the classic estimate, one column a layer",
    "fifteen_layers": "mean cosine of the estimate from 15 points, one column a layer",
    "authors_radius": "authors' best radius, classic and 15 points",
    "authors_cosine": "authors' best cosine, classic and 15 points",
}


def draw(numbers):
    radius = numbers["radius"]
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), width_ratios=[1.4, 1])
    ax = axes[0]
    for name, points, authors in (("classic", 1, 0), ("fifteen_points", 15, 1)):
        color, marker = look_of(points)
        ax.plot(radius, numbers[name], "-", marker=marker, color=color, markersize=3)
        best = numbers["authors_radius"][authors], numbers["authors_cosine"][authors]
        ax.plot(*best, "*", markerfacecolor="none", color=color, markersize=11)
    ax.text(2.6, 0.975, "15 points", color=look_of(15)[0], ha="center")
    ax.text(1.6, 0.9, "classic", color=look_of(1)[0])
    ax.text(2.0, 0.953, "open stars: authors' best", fontsize=7, color="0.4", va="center")
    ax.set(
        xlabel="radius $r$", ylabel="cosine with the gradient", ylim=(0.8, 1.005),
        title="all parameters",
    )  # fmt: skip
    ax = axes[1]
    for k, (name, line) in enumerate(zip(numbers["layer"], ("-", "--", ":"), strict=True)):
        ax.plot(radius, numbers["fifteen_layers"][:, k], line, color=look_of(15)[0])
        ax.plot(radius, numbers["classic_layers"][:, k], line, color=look_of(1)[0])
        ax.plot([], [], line, color=BLACK, label=name)
    ax.legend(loc="lower right", title="blue: 15 points,\nred: classic", title_fontsize=7)
    ax.set(xlabel="radius $r$", title="layer by layer", ylim=(0, 1.03))
    label_panels(axes)
    return figure


def alt(numbers):
    radius, classic, fifteen = (numbers[k] for k in ("radius", "classic", "fifteen_points"))
    wide = radius[fifteen > 0.995]
    return (
        "Left: cosine with the gradient against radius under noise. The classic estimate peaks at "
        f"{classic.max():.2f} at radius {radius[classic.argmax()]:.2f} and falls; with 15 points "
        f"the cosine is above 0.995 from radius {wide[0]:.1f} to {wide[-1]:.1f}. Right: the same "
        "for every layer; at the smallest radius the read-out's own gradient has the cosine "
        f"{numbers['classic_layers'][0, -1]:.3f}, the first layer's "
        f"{numbers['classic_layers'][0, 0]:.2f}."
    )
