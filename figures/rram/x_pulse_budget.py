"""The budget decides: device spread costs most with few pulses, noise with many."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, PAGE, label_panels
from figures.rram._look import CONDITIONS, NAMES

SOURCES = ("pink", "telegraph", "spread", "all")
TITLES = {"last": "last three epochs", "best": "best epoch"}
COLUMNS = {"pulses": "pulses per device, ideal devices, by learning rate"} | {
    f"{epoch}_{name}": f"cost of {NAMES[name]}, {title}: mean and standard error, points"
    for epoch, title in TITLES.items()
    for name in SOURCES
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.0), sharey=True)
    for ax, (epoch, title) in zip(axes, TITLES.items(), strict=True):
        for k, name in enumerate(SOURCES):
            color, line, marker = CONDITIONS[name]
            mean, error = numbers[f"{epoch}_{name}"].T
            ax.errorbar(numbers["pulses"] * 1.06 ** (k - 1.5), mean, error, fmt=marker,
                        linestyle=line, color=color, capsize=2, label=NAMES[name])  # fmt: skip
        ax.axhline(0, color=BLACK, linewidth=0.7)
        ax.set(xscale="log", xlabel="pulses per device", title=title)
    axes[0].set_ylabel("cost against ideal devices (points)")
    axes[0].legend(loc="lower left")
    label_panels(axes)
    return figure


def alt(numbers):
    few, most = (
        ", ".join(f"{NAMES[name]} {0 - numbers[f'last_{name}'][k, 0]:.1f}" for name in SOURCES)
        for k in (0, -1)
    )
    return (
        "Cost in accuracy against pulses per device for four conditions, last and best epoch, "
        f"with error bars. In the last epochs, in points, with {numbers['pulses'][0]:.0f} "
        f"pulses: {few}; with {numbers['pulses'][-1]:.0f}: {most}."
    )
