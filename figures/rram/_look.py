"""The subject's looks: one colour, line and marker per condition in all its figures."""

import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, SKY, VERMILION

CONDITIONS = {
    "software": (BLACK, ":", "v"),
    "ideal": (GREEN, "-", "s"),
    "pink": (SKY, "-.", "D"),
    "telegraph": (ORANGE, "--", "^"),
    "spread": (BLUE, "-", "o"),
    "all": (VERMILION, (0, (5, 1, 1, 1, 1, 1)), "s"),
}
NAMES = {
    "software": "software",
    "ideal": "ideal devices",
    "pink": "pink noise",
    "telegraph": "telegraph noise",
    "spread": "device spread",
    "all": "all",
}
EPOCHS = {"last": "full", "best": "none"}  # fill of the marker


def draw_curves(ax, numbers, conditions=CONDITIONS):
    """Draw mean test accuracies with their standard errors, one curve a condition."""
    for name in conditions:
        color, line, _ = CONDITIONS[name]
        values = numbers[f"accuracy_{name}"]
        mean, error = values.mean(axis=1), values.std(axis=1, ddof=1) / np.sqrt(values.shape[1])
        ax.fill_between(numbers["epoch"], mean - error, mean + error, color=color, alpha=0.2,
                        linewidth=0)  # fmt: skip
        ax.plot(numbers["epoch"], mean, linestyle=line, color=color, label=NAMES[name])
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set(xlabel="epoch", ylabel="test accuracy (%)")


def draw_costs(ax, filled, opened, labels, colors):
    """Draw two costs a label, each with its standard error or None: markers filled and open."""
    for costs, fill, shift, marker in (
        (filled, "full", -0.12, "o"), (opened, "none", 0.12, "s"),
    ):  # fmt: skip
        for place, (mean, error) in enumerate(costs):
            ax.errorbar(place + shift, mean, error, fmt=marker, color=colors[place], capsize=2,
                        fillstyle=fill)  # fmt: skip
    ax.axhline(0, color=BLACK, linewidth=0.7)
    ax.set_xticks(range(len(labels)), labels)
    ax.set(xlim=(-0.5, len(labels) - 0.5))
