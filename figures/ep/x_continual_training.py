"""Late errors of continual learning against learning rate over nudge, beside the one-sided rule."""

import matplotlib.pyplot as plt
import numpy as np

from figures.ep._look import shades
from figures.kit import BLACK, PAGE

COLUMNS = {
    "learning_rate": "learning rate of the hidden layer",
    "nudging_strength": "nudging strength",
    "continual": "late test error of the continual rule, one column a seed, per cent",
    "one_sided": "late test error of the one-sided rule, one column a seed, per cent",
    "chance": "error of guessing, per cent",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.6))
    nudges = np.unique(numbers["nudging_strength"])
    ratio = numbers["learning_rate"] / numbers["nudging_strength"]
    for nudge, colour, marker, aside in zip(nudges, shades(len(nudges)), "^so", (1.02, 1, 0.98),
                                            strict=True):  # fmt: skip
        chosen = np.flatnonzero(numbers["nudging_strength"] == nudge)
        for rule, fill in (("continual", "full"), ("one_sided", "none")):
            values = numbers[rule][chosen]
            ax.errorbar(aside * ratio[chosen], values.mean(axis=1), values.std(axis=1, ddof=1),
                        fmt=marker, color=colour, fillstyle=fill, markersize=4.5)  # fmt: skip
        ax.plot([], [], marker, color=colour, label=rf"$\beta = {nudge:g}$")
    ax.axhline(numbers["chance"], color=BLACK, linestyle=":", linewidth=0.8)
    ax.text(0.037, numbers["chance"] + 1, "chance", fontsize=7)
    ax.text(
        0.037, 60, "full: continual, open: one-sided\nmean and deviation over seeds", fontsize=7
    )
    ax.legend(loc="center left", bbox_to_anchor=(0.02, 0.38))
    ax.set(xscale="log", xlabel=r"learning rate over nudge, $\eta / \beta$",
           ylabel="late test error (%)", ylim=(0, 100))  # fmt: skip
    ticks = (0.04, 0.06, 0.1, 0.2, 0.3, 0.5)
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    return figure


def alt(numbers):
    ratio = numbers["learning_rate"] / numbers["nudging_strength"]
    means = {rule: numbers[rule].mean(axis=1) for rule in ("continual", "one_sided")}
    slow = np.abs(means["continual"] - means["one_sided"])[ratio < 0.09].max()
    return (
        "Late test error of continual and one-sided learning against the ratio of learning rate "
        f"to nudge, for three nudges: below a ratio of 0.09 they differ by at most {slow:.1f} per "
        f"cent, above 0.3 the continual error is {means['continual'][ratio > 0.3].min():.0f} per "
        "cent or more, that of chance, and the one-sided error stays below "
        f"{np.ceil(means['one_sided'][ratio > 0.3].max()):.0f} per cent."
    )
