"""Errors of estimates from any pair of nudges, and of two states that share one nudge."""

import matplotlib.pyplot as plt
import numpy as np

from figures.ep._look import RULES
from figures.kit import BLACK, GREY, PAGE, label_panels

COLUMNS = {
    "nudge": "nudge, of either state",
    "error": "relative error of the gradient, one row a second nudge, one column a first; empty "
    "where the first is not the larger",
    "share": "share of the nudge that the first state takes",
    "dual": "relative error with both states sharing one nudge",
    "law": "that of one nudged state times the distance of twice the share to one",
    "dual_nudge": "nudge that is shared",
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 3.0), width_ratios=[1.15, 1])
    nudge = numbers["nudge"]
    lines = left.contour(nudge, nudge, np.ma.masked_invalid(numbers["error"]),
                         (0.03, 0.1, 0.2), colors=GREY, linewidths=1)  # fmt: skip
    left.clabel(lines, fmt="%g", fontsize=7)
    b = nudge[-3]
    for rule, place in {"one_sided": (b, 0), "negative": (0, -b), "symmetric": (b, -b)}.items():
        colour, _, marker = RULES[rule]
        left.plot([0, place[0]], [0, place[1]], "-", color=colour, linewidth=2)
        left.plot(*place, marker, color=colour, markersize=7, markeredgecolor="white",
                  label=rule.replace("_", "-"))  # fmt: skip
    left.legend(fontsize=7, loc="upper left")
    left.set(
        xlabel=r"first nudge $\beta_1$",
        ylabel=r"second nudge $\beta_2$",
        title="any pair: relative error",
    )
    right.plot(numbers["share"], numbers["law"], "--", color=BLACK, linewidth=1,
               label=r"$|2\alpha - 1|$ times one state")  # fmt: skip
    right.plot(
        numbers["share"], numbers["dual"], "o", color=RULES["symmetric"][0], label="measured"
    )
    right.legend(fontsize=7)
    right.set(xlabel=r"share $\alpha$ of the first state", ylabel="relative error", ylim=(0, None),
              title=f"one nudge of {numbers['dual_nudge']:g}, shared")  # fmt: skip
    label_panels([left, right])
    return figure


def alt(numbers):
    return (
        "Left: relative error of estimates from two nudged states in the plane of both nudges, "
        "smallest along the line where they are opposite, on which the symmetric rule stands; the "
        "one-sided "
        "and the negative rule stand off it. Right: the error of two states that share one nudge "
        f"falls from {numbers['dual'][0]:.3f} and {numbers['dual'][-1]:.3f} at the ends to "
        f"{np.min(numbers['dual']):.4f} near equal shares, along two straight lines."
    )
