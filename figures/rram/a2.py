"""A2: five model devices rise steeply to their kinks and slowly behind them."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, PINK, VERMILION, label_panels

COLUMNS = {
    "pulses": "pulses",
    "log_ratio": "ln(R/R0) read, one column a device",
    "mean": "ln(R/R0) without noise, one column a device",
    "initial_resistance": "resistance before the first pulse, ohm",
    "kink": "pulses at which the slope changes",
}
DEVICES = (BLUE, VERMILION, GREEN, PINK, ORANGE)


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9))
    pulses, kilo = numbers["pulses"], numbers["initial_resistance"] / 1000
    for k, color in enumerate(DEVICES):
        log_ratio, mean = numbers["log_ratio"][:, k], numbers["mean"][:, k]
        kink = numbers["kink"][k]
        for ax, read, smooth in (
            (axes[0], kilo[k] * np.exp(log_ratio), kilo[k] * np.exp(mean)),
            (axes[1], log_ratio, mean),
        ):
            ax.plot(pulses, read, "-", color=color, linewidth=0.5, alpha=0.7)
            ax.plot(pulses, smooth, "-", color=BLACK, linewidth=0.8)
            ax.plot(kink, np.interp(kink, pulses, smooth), "o", color=color,
                    markeredgecolor=BLACK, markersize=4.5)  # fmt: skip
    axes[0].set(xlabel="pulses", ylabel=r"resistance (k$\Omega$)",
                title="black: mean without noise, dot: kink")  # fmt: skip
    axes[1].set(xlabel="pulses", ylabel="$w = \\ln(R/R_0)$",
                title=f"noise lifts $w$ by {lift(numbers):.2f}")  # fmt: skip
    label_panels(axes)
    return figure


def lift(numbers):
    """Return how far the median trace lies above its mean without noise."""
    return np.median((numbers["log_ratio"] - numbers["mean"])[20:])


def alt(numbers):
    rise = numbers["mean"][-1] - numbers["mean"][0]
    return (
        "Resistance in kiloohm and log-resistance of five devices against pulses. Each rises "
        f"steeply to its kink, marked by a dot, and slowly behind it, in all by {rise.min():.2f} "
        f"to {rise.max():.2f} in the logarithm; thin noisy lines with upward telegraph bursts "
        f"lie {lift(numbers):.2f} above the black mean without noise."
    )
