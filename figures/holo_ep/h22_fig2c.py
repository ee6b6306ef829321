"""One synapse at four radii: the demodulated product swells, its mean stays the gradient."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import closed
from figures.kit import BLACK, BLUE, PAGE, SKY, VERMILION, label_panels

COLUMNS = {
    "radius": "radius of the nudge's circle, one a panel",
    "raw": "change of the product of both activities over the radius, one column a panel",
    "demodulated": "the same change over the complex nudge, one column a panel",
    "gradient": "minus the exact gradient of this weight",
}


def draw(numbers):
    exact = 1e3 * numbers["gradient"]
    figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.35))
    for k, (ax, radius) in enumerate(zip(axes, numbers["radius"], strict=True)):
        for name, color, marker in (("raw", SKY, "."), ("demodulated", VERMILION, "s")):
            ring = 1e3 * closed(numbers[name][:, k])
            ax.plot(
                ring.real, ring.imag, "-", color=color, marker=marker, markersize=2.5, linewidth=0.7
            )
        mean = 1e3 * numbers["demodulated"][:, k].mean()
        ax.plot(exact, 0, "+", color="0.5", markersize=12, zorder=4)
        ax.plot(mean.real, mean.imag, "x", color=BLACK, markersize=7, zorder=5)
        both = 1e3 * np.concatenate([numbers["raw"][:, k], numbers["demodulated"][:, k]])
        middle = (both.real.min() + both.real.max()) / 2
        reach = 0.55 * max(np.ptp(both.real), np.ptp(both.imag))
        ax.set(
            title=f"$r = {radius:g}$", xlabel=r"real part ($\times 10^3$)", box_aspect=1,
            xlim=(middle - reach, middle + reach), ylim=(-reach, reach),
        )  # fmt: skip
    axes[0].set(ylabel=r"imaginary part ($\times 10^3$)")
    axes[0].text(0, 0, "raw", color=BLUE, ha="center", va="center", fontsize=7)
    axes[1].text(
        0.2, 0, "divided by\nthe nudge", color=VERMILION, ha="center", va="center", fontsize=7
    )
    axes[3].text(9, 0, "+ gradient\n$\\times$ mean", va="center", fontsize=7, color="0.2")
    label_panels(axes)
    return figure


def alt(numbers):
    means = numbers["demodulated"].mean(axis=0)
    off = np.abs(means / numbers["gradient"] - 1).max()
    spread = np.ptp(numbers["demodulated"].real, axis=0)[-1] / numbers["gradient"]
    return (
        f"Four panels for radii {numbers['radius'][0]:g} to {numbers['radius'][-1]:g}. The raw "
        "change of the product runs round the origin in each. Divided by the nudge it runs round "
        f"the gradient, in a loop that grows with the radius, to {spread:.0f} times the gradient; "
        f"its mean, a cross, stays on the plus sign of the exact gradient within {100 * off:.2g} "
        "per cent."
    )
