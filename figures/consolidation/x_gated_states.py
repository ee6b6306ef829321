"""Six states of a synapse and a step that needs proteins."""

import matplotlib.pyplot as plt
import numpy as np

from figures.consolidation._look import DARK_ORANGE
from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels

STATES = (("weak", BLACK, ":", (6.2, 0.83)), ("early", ORANGE, "--", (0.75, 0.45)),
          ("late", BLUE, "-", (6.2, 0.26)))  # fmt: skip
COLUMNS = {
    "window": "hours between which proteins are there",
    "hour": "hours since the stimulus",
    "shares": "predicted shares of synapses: weak, early, late",
    "dot_hour": "hours since the stimulus, simulation",
    "dots": "simulated shares: weak, early, late",
    "wait": "hours until the proteins come, simulation",
    "captured": "simulated share of tags captured",
    "error": "its standard error",
    "fine_wait": "hours until the proteins come, closed form",
    "predicted": "share of tags captured, closed form for rare turnover",
}


def _states(ax):
    ax.set(xlim=(-0.5, 2.6), ylim=(-0.75, 1.75))
    ax.axis("off")
    for y, color, label in ((1, BLUE, "weak"), (0, VERMILION, "strong")):
        for x, name in enumerate((label, "early", "late")):
            ax.add_patch(plt.Circle((x, y), 0.26, facecolor="white", edgecolor=color))
            ax.text(x, y, name, ha="center", va="center", fontsize=6, color=color)
        ax.annotate("", (0.72, y + 0.07), (0.28, y + 0.07), arrowprops={"arrowstyle": "->"})
        ax.annotate("", (0.28, y - 0.07), (0.72, y - 0.07), arrowprops={"arrowstyle": "->"})
        ax.annotate("", (1.72, y), (1.28, y), arrowprops={"arrowstyle": "->", "color": GREEN})
    ax.text(0.5, 1.42, "stimulus", fontsize=7, ha="center")
    ax.text(1.5, 1.42, "proteins", fontsize=7, ha="center", color=GREEN)
    ax.text(1, -0.6, "upper row: potentiated,\nlower row: depressed", fontsize=7, ha="center")


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5), width_ratios=[1, 1.1, 1])
    _states(axes[0])
    ax = axes[1]
    ax.axvspan(*numbers["window"], color=GREEN, alpha=0.15, linewidth=0)
    for k, (name, color, style, place) in enumerate(STATES):
        ax.plot(numbers["hour"], numbers["shares"][:, k], color=color, linestyle=style)
        ax.plot(numbers["dot_hour"], numbers["dots"][:, k], "o", color=color, markersize=3)
        ax.text(*place, name, color=DARK_ORANGE if name == "early" else color, fontsize=7)
    ax.text(np.mean(numbers["window"]), 0.93, "proteins", color=GREEN, fontsize=7, ha="center")
    ax.set(xlabel="hours since the stimulus", ylabel="share of synapses", ylim=(0, 1))
    ax = axes[2]
    ax.semilogy(numbers["fine_wait"], numbers["predicted"], color=BLUE, linestyle="-")
    ax.errorbar(numbers["wait"], numbers["captured"], 2 * numbers["error"], fmt="o", color=BLUE,
                markersize=3)  # fmt: skip
    ax.set(xlabel="hours until the proteins come", ylabel="tags captured", ylim=(0.01, 1))
    label_panels(axes)
    return figure


def alt(numbers):
    _, early, late = numbers["shares"].T
    captured, wait = numbers["captured"], numbers["wait"]
    return (
        "Left: the six states; a stimulus leads from a basal to an early state and back, proteins "
        f"lead from early to late. Middle: shares after a stimulus with proteins from hour "
        f"{numbers['window'][0]:g} to {numbers['window'][1]:g}; early synapses decay from "
        f"{early[0]:.2f} to {early[-1]:.3f}, late ones rise to {late.max():.2f} while proteins are "
        "there; dots of simulated jumps on the curves. Right: share captured falls exponentially "
        f"with the time until the proteins come, from {captured[0]:.2f} at {wait[0]:g} hours to "
        f"{captured[-1]:.3f} at {wait[-1]:g} hours."
    )
