"""How many weights are consolidated and relabelled, over aspect ratio and spread of the optimum."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, PAGE, VERMILION, label_panels

COLUMNS = {
    "excess_ratio": "aspect ratio minus one, grid of the maps",
    "spread": "standard deviation of the optimum, grid of the maps",
    "consolidated_map": "theoretical consolidated fraction, one row a spread",
    "relabelled_map": "theoretical relabelled fraction, one row a spread",
    "point_ratio": "aspect ratio minus one of the simulated points",
    "point_spread": "spread of the simulated points",
    "consolidated_theory": "consolidated fraction at the points, theory",
    "consolidated": "simulated, mean of the draws",
    "consolidated_error": "its standard error",
    "relabelled_theory": "relabelled fraction at the points, theory",
    "relabelled": "simulated, mean of the draws",
    "relabelled_error": "its standard error",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), width_ratios=[1.25, 1.25, 1])
    axes[1].sharey(axes[0])
    for ax, name in zip(axes, ("consolidated", "relabelled"), strict=False):
        values = numbers[f"{name}_map"]
        top = np.ceil(values.max() * 10) / 10
        step = 0.2 if top > 0.6 else 0.1
        shown = ax.contourf(numbers["excess_ratio"], numbers["spread"], values,
                            levels=np.linspace(0, top, 25))  # fmt: skip
        ax.scatter(numbers["point_ratio"], numbers["point_spread"], c=numbers[name], vmin=0,
                   vmax=top, edgecolors="white", linewidths=0.7, s=24)  # fmt: skip
        ax.set(xscale="log", yscale="log", xlabel=r"aspect ratio less one, $\delta - 1$",
               title=f"{name} fraction")  # fmt: skip
        ax.set_yticks([0.5, 1, 2, 4], ["0.5", "1", "2", "4"])
        ax.set_xticks([0.1, 1, 5], ["0.1", "1", "5"])
        ax.minorticks_off()
        figure.colorbar(shown, ax=ax, ticks=np.arange(0, top + 0.01, step))
    axes[0].set_ylabel("standard deviation of $W^*$")
    ax = axes[2]
    for name, color, marker in (("consolidated", BLUE, "o"), ("relabelled", VERMILION, "s")):
        ax.errorbar(numbers[f"{name}_theory"], numbers[name], 2 * numbers[f"{name}_error"],
                    fmt=marker, color=color, markersize=2.5, label=name)  # fmt: skip
    ax.plot([0, 1], [0, 1], color=BLACK, linewidth=0.8, zorder=0)
    ax.legend(loc="upper left", handlelength=1)
    ax.set(xlabel="theory", ylabel="simulated", title="at the circles")
    label_panels(axes)
    return figure


def alt(numbers):
    relabelled = numbers["relabelled"]
    most = np.argmax(relabelled)
    consolidated = numbers["consolidated"]
    return (
        "Two maps over aspect ratio minus one and spread of the optimum, both logarithmic, with "
        "circles filled in the colour of the simulated value. The consolidated fraction of the "
        f"simulated points grows with the spread from {consolidated.min():.2f} to "
        f"{consolidated.max():.2f}; the relabelled fraction is largest, {relabelled[most]:.2f}, at "
        f"aspect ratio {1 + numbers['point_ratio'][most]:.1f} and spread "
        f"{numbers['point_spread'][most]:.1f}. Third panel: simulated against theoretical fraction "
        "at the circles, with error bars, on the diagonal."
    )
