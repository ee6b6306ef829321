"""The read-out's gradient errs with slope one for a one-sided, two for a symmetric nudge."""

import matplotlib.pyplot as plt
import numpy as np

from figures.ep._look import RULES, name_of
from figures.kit import COLUMN

COLUMNS = {
    "nudging_strength": "nudging strength",
    "one_sided": "relative error of the read-out gradient, one-sided",
    "symmetric": "relative error of the read-out gradient, symmetric",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(COLUMN, 2.5))
    nudges = numbers["nudging_strength"]
    for rule, factor, side in (("one_sided", 2, "right"), ("symmetric", 0.15, "left")):
        colour, _, marker = RULES[rule]
        ax.loglog(nudges, numbers[rule], marker, color=colour, linestyle="-")
        ax.text(nudges[4], factor * numbers[rule][4], name_of(rule), color=colour, ha=side)
    ax.set(xlabel=r"nudging strength $\beta$", ylabel="relative error,\nread-out gradient")
    return figure


def alt(numbers):
    slope = {
        rule: np.polyfit(np.log(numbers["nudging_strength"][:5]), np.log(numbers[rule][:5]), 1)[0]
        for rule in ("one_sided", "symmetric")
    }
    return (
        "Relative error of the read-out gradient against nudge, doubly logarithmic: at small "
        f"nudges slope {slope['one_sided']:.2f} for the one-sided, {slope['symmetric']:.2f} for "
        "the symmetric estimate."
    )
