"""The mean sign of a metaplastic synapse locks to fractions; its sequence of signs never does."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

from figures.kit import BLACK, BLUE, GREEN, PAGE, PINK, VERMILION, label_panels

COLUMNS = {
    "optimum": "optimum of single orbits",
    "strengths": "strengths m x learning rate x curvature of single orbits",
    "single_orbit": "mean sign of one orbit, one column a strength",
    "blocks": "successive triples of signs of an orbit whose mean is locked to 1/3, one row each",
    "grid": "optimum of averages over many starts",
    "averaged_strengths": "strengths of the averages",
    "averaged": "mean sign, mean over starts, one column a strength",
    "second_order": "second-order shift of the mean sign over the squared strength",
}
LOOK = {
    0.1: (BLUE, "o", "-"),
    0.2: (GREEN, "s", "-."),
    0.3: (PINK, "D", "--"),
    1.0: (VERMILION, "^", ":"),
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), width_ratios=[1.2, 1, 1.1])
    ax = axes[0]
    for strength, mean in zip(numbers["strengths"], numbers["single_orbit"].T, strict=True):
        color, _, style = LOOK[strength]
        ax.plot(numbers["optimum"], mean, color=color, linestyle=style, linewidth=1,
                label=rf"$\kappa = {strength:g}$")  # fmt: skip
    ax.plot(numbers["optimum"], numbers["optimum"], color=BLACK, linewidth=0.5)
    ax.axhline(1 / 3, color=BLACK, linewidth=0.5, linestyle=":")
    ax.text(numbers["optimum"][0], 1 / 3 + 0.001, "1/3", fontsize=7, va="bottom")
    ax.legend(loc="lower right")
    ax.set(xlabel="optimum $w$", ylabel=r"mean sign $\langle s\rangle$", title="single orbits")
    ax = axes[1]
    blocks = numbers["blocks"]
    ax.imshow(blocks.T > 0, cmap=ListedColormap([BLUE, "#F2F2F2"]), aspect="auto",
              interpolation="nearest")  # fmt: skip
    ax.set(xlabel="block of three signs", title="locked mean, free signs", yticks=range(3),
           yticklabels=["1st", "2nd", "3rd"], xticks=[0, len(blocks) - 1],
           xticklabels=[1, len(blocks)])  # fmt: skip
    ax.text(len(blocks) / 2, 0, "blue: minus", color=BLUE, fontsize=7, ha="center", va="center")
    ax = axes[2]
    grid = numbers["grid"]
    for strength, mean in zip(numbers["averaged_strengths"], numbers["averaged"].T, strict=True):
        color, marker, _ = LOOK[strength]
        ax.plot(grid, (mean - grid) / strength**2, marker, color=color, markersize=3,
                label=rf"$\kappa = {strength:g}$")  # fmt: skip
    ax.plot(grid, numbers["second_order"], color=BLACK, label="second order")
    ax.set(
        xlabel="optimum $w$", ylabel=r"$(\langle s\rangle - w)/\kappa^2$", title="mean over starts"
    )
    ax.legend(loc="upper left")
    label_panels(axes)
    return figure


def alt(numbers):
    optimum, blocks = numbers["optimum"], numbers["blocks"]
    widths = [np.ptp(optimum[np.abs(m - 1 / 3) < 1e-3]) for m in numbers["single_orbit"].T]
    told = ", ".join(
        f"{w:.3f} at strength {k:g}" for k, w in zip(numbers["strengths"], widths, strict=True)
    )
    places = [int(np.sum(blocks[:, k] < 0)) for k in range(3)]
    return (
        "Left: mean sign of single orbits against the optimum, a devil's staircase with many "
        f"plateaus; the one at one third is {told} wide. Middle: {len(blocks)} successive blocks "
        "of three signs of an orbit on that plateau, one column a block: each has one minus, which "
        f"stands first, second or third {places[0]}, {places[1]} and {places[2]} times, in no "
        "order. Right: shift of the mean sign divided by the squared strength, averaged over "
        "starts, for three strengths, against the second-order curve, which fits the weak ones."
    )
