"""Weights that move while nudged: distance to the ordinary update and to the exact gradient."""

import matplotlib.pyplot as plt

from figures.ep._look import shades
from figures.kit import PAGE

COLUMNS = {
    "nudging_strength": "nudging strength",
    "learning_rate": "learning rate",
    "to_ordinary": "relative distance to the ordinary one-sided update, one column a nudge",
    "to_gradient": "relative distance to the exact gradient, one column a nudge",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.6))
    rates, nudges = numbers["learning_rate"], numbers["nudging_strength"]
    for k, (nudge, colour, marker) in enumerate(zip(nudges, shades(2), "so", strict=True)):
        ax.loglog(rates, numbers["to_ordinary"][:, k], marker, color=colour, linestyle="-")
        ax.loglog(rates, numbers["to_gradient"][:, k], "--", color=colour)
        for name in ("to_ordinary", "to_gradient"):
            ax.text(rates[0] * 0.8, numbers[name][0, k], rf"$\beta = {nudge:g}$", color=colour,
                    ha="right", va="center")  # fmt: skip
    ax.set(xlabel=r"learning rate $\eta$", ylabel="relative distance", xlim=(3e-6, 7e-3))
    ax.text(8e-4, 2.5e-4, "full: to the ordinary update\ndashed: to the exact gradient")
    return figure


def alt(numbers):
    nudges, left = numbers["nudging_strength"], numbers["to_gradient"][0]
    told = " and ".join(f"{d:.2g} at nudge {b:g}" for d, b in zip(left, nudges, strict=True))
    return (
        "Relative distance of the continual update to the ordinary one against learning rate, "
        "doubly logarithmic with slope one, larger for the smaller nudge. The distance to the "
        f"exact gradient levels off at the bias of the nudge: {told}."
    )
