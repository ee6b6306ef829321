"""Two quadratic tasks in turn, pairs of regressions, and importance measured along the path."""

import matplotlib.pyplot as plt
import numpy as np

from figures.consolidation._look import DARK_ORANGE, RULES
from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels

COLUMNS = {
    "axis": "ticks of both parameters",
    "first_loss": "loss of the first task, second parameter down, first across",
    "second_loss": "loss of the second task",
    "first_path": "learning the first task, every fortieth step",
    "alone": "then the second without protection, every fortieth step",
    "si": "then the second with Synaptic Intelligence",
    "ewc": "then the second with diagonal EWC",
    "full": "then the second with EWC and the full matrix",
    "joint": "minimum of the summed losses",
    "rules": "rules of the pairs of regressions",
    "losses": "median loss after both tasks, one row a rule, columns first and second task",
    "half_curvature": "half of the diagonal curvature of eight parameters",
    "measured": "mean path importance over mean squared displacement",
    "error": "its standard error",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.8), width_ratios=[1.4, 1, 1])
    ax, ticks = axes[0], numbers["axis"]
    for name, color in (("first", BLUE), ("second", ORANGE)):
        ax.contour(ticks, ticks, numbers[f"{name}_loss"], levels=[0.1, 0.5, 1.2, 2.4],
                   colors=color, linewidths=0.5, alpha=0.7)  # fmt: skip
    ax.plot(*numbers["first_path"].T, color=BLUE, linestyle="-")
    for name, color, style in (("alone", RULES["none"][1], "-"), ("si", VERMILION, "--"),
                               ("ewc", GREEN, "-."), ("full", BLACK, ":")):  # fmt: skip
        ax.plot(*numbers[name].T, color=color, linestyle=style)
        ax.plot(*numbers[name][-1], "o", color=color, markersize=3)
    ax.plot(*numbers["joint"], "x", color=BLACK, markersize=8)
    ax.text(-2.4, -1.9, "task 1", color=BLUE, fontsize=7)
    ax.text(2.7, 2.6, "task 2", color=DARK_ORANGE, fontsize=7)
    words = (
        ("alone", numbers["alone"][-1], (2.2, -0.6), "0.35"),
        ("joint, EWC full", numbers["joint"], (-0.9, 3.0), BLACK),
        ("SI", numbers["si"][-1], (1.4, -1.5), VERMILION),
        ("EWC\ndiagonal", numbers["ewc"][-1], (-2.3, 2.1), GREEN),
    )
    for text, spot, at, color in words:
        ax.annotate(text, spot, at, fontsize=7, color=color,
                    arrowprops={"arrowstyle": "-", "linewidth": 0.5, "color": color})  # fmt: skip
    ax.set(xlabel=r"parameter $\theta_1$", ylabel=r"parameter $\theta_2$", xlim=(-2.6, 3.6))
    ax = axes[1]
    place, losses = np.arange(4), numbers["losses"]
    ax.bar(place - 0.18, losses[:, 0], 0.34, color=BLUE)
    ax.bar(place + 0.18, losses[:, 1], 0.34, color=ORANGE)
    ax.set(yscale="log", ylim=(2e-4, 20), ylabel="loss after both tasks, median")
    ax.text(0.18, 2.4e-4, "0", ha="center", fontsize=7)
    ax.set_xticks(place, numbers["rules"])
    ax.text(3.5, 12, "task 1", color=BLUE, fontsize=7, ha="right", va="top")
    ax.text(3.5, 4, "task 2", color=DARK_ORANGE, fontsize=7, ha="right", va="top")
    ax, half = axes[2], numbers["half_curvature"]
    ends = [0, half.max() * 1.1]
    ax.plot(ends, ends, color=BLACK, linewidth=0.8, linestyle="-")
    ax.errorbar(half, numbers["measured"], 2 * numbers["error"], fmt="o", color=VERMILION)
    ax.set(xlabel=r"half of the curvature $H_{ii}/2$",
           ylabel=r"$\langle\omega_i\rangle / \langle\Delta_i^2\rangle$")  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    losses = numbers["losses"][:, 0]
    off = np.abs(numbers["measured"] / numbers["half_curvature"] - 1).max()
    return (
        "Left: contours of two quadratic tasks; after the first, the path alone goes to the second "
        "optimum, those of Synaptic Intelligence and diagonal EWC stop between, and full EWC ends "
        "at the joint optimum. "
        f"Middle: losses on both tasks; the first rises to {losses[0]:.2g} alone, {losses[1]:.2g} "
        f"with diagonal EWC and {losses[2]:.2g} with full EWC, joint learning {losses[3]:.2g}. "
        f"Right: path integral over squared displacement of {numbers['measured'].size} parameters "
        f"lies within {100 * off:.0f} percent of half the curvature, with error bars."
    )
