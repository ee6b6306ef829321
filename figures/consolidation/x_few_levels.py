"""Beakers on bounded grids: rounding adds noise, and few levels hold most of the memory."""

import matplotlib.pyplot as plt

from figures.consolidation._look import FOUR
from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "age": "steps since storage",
    "shown": "levels of each of five beakers, 0 for the analog chain",
    "signal": "predicted signal to noise of one synapse, one column a number of levels",
    "seen_age": "steps since storage, simulated",
    "seen": "simulated signal to noise, one column a number of levels",
    "error": "its standard error",
    "levels": "levels of each beaker",
    "beakers": "number of beakers",
    "synapses": "number of synapses, for each number of beakers",
    "lifetime": "predicted lifetime in steps, one column a number of beakers",
    "analog": "the same without a grid",
    "two_states": "lifetime of as many two-state synapses at their best flip probability",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    ax = axes[0]
    for k, (color, style) in enumerate(FOUR[::-1]):
        levels = numbers["shown"][k]
        text = f"{levels:.0f} levels" if levels else "analog"
        ax.loglog(
            numbers["age"] + 1, numbers["signal"][:, k], color=color, linestyle=style, label=text
        )
        if levels:
            ax.errorbar(numbers["seen_age"] + 1, numbers["seen"][:, k], 2 * numbers["error"][:, k],
                        color=color, fmt="o", markersize=3, elinewidth=0.7)  # fmt: skip
    ax.legend(fontsize=7, loc="lower left")
    ax.set(xlabel="age + 1 (steps)", ylabel=r"signal to noise $/\sqrt{N}$", ylim=(3e-3, 0.5))
    ax = axes[1]
    for k, (color, marker) in enumerate(((BLUE, "o"), (GREEN, "s"), (VERMILION, "^"))):
        ax.loglog(numbers["levels"], numbers["lifetime"][:, k], color=color, marker=marker,
                  markersize=3.5, linestyle="-")  # fmt: skip
        ax.axhline(numbers["analog"][k], color=color, linewidth=0.7, linestyle=":")
        ax.plot(
            2, numbers["two_states"][k], marker, color=color, markersize=5, markerfacecolor="white"
        )
        text = f"{numbers['beakers'][k]:.0f} beakers"
        ax.text(128, numbers["lifetime"][-1, k] * 0.55, text, color=color, fontsize=7, ha="right")
    ax.text(2.3, 25, "open: two states,\nbest flip probability", color=BLACK, fontsize=7, va="top")
    ax.set(
        xlabel="levels of each beaker", ylabel="lifetime (steps)", ylim=(8, 3e5), xlim=(1.6, 160)
    )
    ax.set_xticks([2, 4, 8, 16, 32, 64, 128], ["2", "4", "8", "16", "32", "64", "128"])
    ax.minorticks_off()
    label_panels(axes)
    return figure


def alt(numbers):
    share = numbers["lifetime"] / numbers["analog"]
    place = list(numbers["levels"]).index(16)
    gains = numbers["lifetime"][place] / numbers["two_states"]
    return (
        "Left: signal to noise against age of chains with few levels lies below that of the analog "
        "chain and parallel to it, nearer with more levels; simulated dots on the predicted lines, "
        "above them for the fewest. Right: lifetime against levels rises to dotted lines of the "
        f"analog chain; 16 levels keep {share[place].min():.2f} to {share[place].max():.2f} of it "
        f"and {gains.min():.0f} to {gains.max():.0f} times the lifetime of two-state synapses."
    )
