"""Under weight decay every hidden weight settles at its multiplier over the decay."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, COLUMN, GREEN, VERMILION

COLUMNS = {
    "decays": "coefficient of weight decay",
    "predicted": "multiplier over decay, one column a coefficient",
    "settled": "hidden weights after settling, one column a coefficient",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(COLUMN, 2.8))
    for k, (marker, color) in enumerate(zip("os^", (BLUE, GREEN, VERMILION), strict=True)):
        ax.plot(numbers["predicted"][:, k], numbers["settled"][:, k], marker, color=color,
                markersize=3, label=f"$d = {numbers['decays'][k]:g}$")  # fmt: skip
    ends = np.array([-1, 1]) * np.abs(numbers["predicted"]).max()
    ax.plot(ends, ends, color=BLACK, linewidth=0.8, linestyle="-")
    ax.set_xticks([-3000, 0, 3000])
    ax.set(xlabel="multiplier over decay $v/d$", ylabel="hidden weight, settled")
    ax.legend()
    return figure


def alt(numbers):
    gap = np.abs(numbers["settled"] - numbers["predicted"]).max()
    return (
        f"Settled hidden weights against multiplier over decay for {len(numbers['decays'])} "
        f"coefficients, on the diagonal within {gap:.2g} over a range of "
        f"{np.ptp(numbers['settled']):.0f}."
    )
