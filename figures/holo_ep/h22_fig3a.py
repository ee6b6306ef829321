"""Accuracy of the running estimate against periods: it rises to the plateau of the lag."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import THEIRS
from figures.kit import PAGE

COLUMNS = {
    "period": "periods averaged",
    "steps": "steps of the network in one period",
    "accuracy": "-log10(1 - cosine) of the running estimate, one column a length of the period",
    "plateau": "predicted -log10(1 - cosine) after infinitely many periods, one a length",
    "authors_period": "periods averaged, authors' network",
    "authors_accuracy": "-log10(1 - cosine), authors' network, one column a length of the period",
}
SINGLE = 7.2  # where the paper's axis ends: rounding of single precision


def draw(numbers):
    period, steps = numbers["period"], numbers["steps"]
    figure, ax = plt.subplots(figsize=(PAGE, 3.2))
    shades = plt.get_cmap("viridis")(np.linspace(0, 0.85, len(steps)))
    for k, color in enumerate(shades):
        accuracy = numbers["accuracy"][:, k]
        ax.plot(period, accuracy, "-", color=color)
        ax.plot([25, period[-1]], [numbers["plateau"][k]] * 2, "--", color=color, linewidth=0.8)
        ax.text(
            period[-1] + 0.6,
            accuracy[-1],
            f"{steps[k]} steps",
            color=color,
            va="center",
            fontsize=7,
        )
    for values, color in zip(numbers["authors_accuracy"].T, shades, strict=False):
        ax.plot(
            numbers["authors_period"], values, "s", color=color, markersize=3.5, fillstyle="none",
            markeredgewidth=0.7,
        )  # fmt: skip
    ax.plot([0, period[-1]], [SINGLE, SINGLE], color="0.6", linestyle=":", zorder=0)
    ax.text(
        period[-1] + 0.6, 6.7, "dotted: single\nprecision", fontsize=6, color="0.4", va="center"
    )
    ax.text(period[-1] + 0.6, 13.3, "period of", fontsize=7, va="center")
    ax.text(
        1, 13.4, "full: this network; dashed: its plateau, predicted\nopen: authors' network",
        fontsize=7, color=THEIRS, va="center",
    )  # fmt: skip
    ax.set(
        xlabel="periods averaged", ylabel=r"$-\log_{10}(1 - \mathrm{cosine})$",
        xlim=(0, period[-1] + 7), ylim=(0, 14.2), yticks=range(0, 14, 2),
    )  # fmt: skip
    return figure


def alt(numbers):
    ends, plateau = numbers["accuracy"][-1], numbers["plateau"]
    theirs = numbers["authors_accuracy"][-1]
    return (
        "Accuracy of the running estimate against the number of periods, five curves for periods "
        f"of {numbers['steps'][0]} to {numbers['steps'][-1]} steps. All rise, ever more slowly, "
        f"towards their predicted plateaus: after {numbers['period'][-1]} periods they reach "
        f"{', '.join(f'{v:.1f}' for v in ends)} of {', '.join(f'{v:.1f}' for v in plateau)}. Open "
        f"squares of the authors' network end at {', '.join(f'{v:.1f}' for v in theirs)}."
    )
