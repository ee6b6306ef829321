"""A slow store that learns only what a fast one recalls holds what is reliable."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, PAGE, VERMILION, label_panels

COLUMNS = {
    "fine": "threshold of the gate, in units of the noise of recall",
    "novel": "predicted share of novel patterns that pass",
    "reliable": "predicted share of reliable presentations that pass",
    "memory": "predicted overlap of the slow store with the reliable pattern",
    "threshold": "threshold, simulated",
    "seen": "simulated overlap",
    "error": "its standard error",
    "ungated": "simulated overlap without a gate",
    "ungated_predicted": "the same predicted",
    "novel_seen": "simulated share of novel patterns that pass",
    "reliable_seen": "simulated share of reliable presentations that pass",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.6))
    ax = axes[0]
    for name, color, style in (("novel", BLACK, "--"), ("reliable", BLUE, "-")):
        ax.semilogy(numbers["fine"], numbers[name], color=color, linestyle=style)
        ax.plot(numbers["threshold"], numbers[f"{name}_seen"], "o", color=color, markersize=3.5)
    ax.text(2.7, 0.3, "reliable", color=BLUE, fontsize=7)
    ax.text(0.0, 0.03, "novel", fontsize=7)
    ax.set(xlabel="threshold (noise of recall)", ylabel="share that passes", ylim=(1e-4, 2))
    ax = axes[1]
    ax.plot(numbers["fine"], numbers["memory"], color=VERMILION)
    ax.errorbar(numbers["threshold"], numbers["seen"], 2 * numbers["error"], color=VERMILION,
                fmt="o", markersize=3.5, elinewidth=0.7)  # fmt: skip
    ax.axhline(numbers["ungated_predicted"], color=BLACK, linewidth=0.8, linestyle=":")
    ax.text(1.9, numbers["ungated_predicted"] + 0.02, "no gate", fontsize=7)
    ax.set(xlabel="threshold (noise of recall)", ylabel="memory in the slow store", ylim=(0, None))
    label_panels(axes)
    return figure


def alt(numbers):
    return (
        "Left: shares of patterns that pass the gate fall with its threshold, those of novel ones "
        "much faster than those of the reliable one. Right: the overlap of the slow store with "
        f"the reliable pattern rises from {numbers['ungated']:.3f} without a gate to "
        f"{numbers['seen'].max():.2f}; simulated dots on the predicted lines."
    )
