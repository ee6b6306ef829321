"""Estimates and surrogates of one unit in a double well, at several temperatures."""

import matplotlib.pyplot as plt

from figures.ep._look import shades
from figures.kit import BLACK, PAGE, label_panels

COLUMNS = {
    "temperature": "temperature",
    "nudging_strength": "nudging strength",
    "estimate": "one-sided estimate, one column a temperature",
    "cold_estimate": "the same at temperature 0, by the lowest minimum",
    "theta": "tilt of the double well",
    "surrogate": "difference of free energies over the nudge, one column a temperature",
    "cold_surrogate": "the same at temperature 0: difference of least energies",
    "nudge": "nudging strength of the right panel",
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    temperatures = numbers["temperature"]
    sides = ((left, "nudging_strength", "estimate"), (right, "theta", "surrogate"))
    for ax, x, y in sides:
        ax.plot(numbers[x], numbers[f"cold_{y}"], ":", color=BLACK, label="$T = 0$")
        for k, (t, colour) in enumerate(zip(temperatures, shades(len(temperatures)), strict=True)):
            ax.plot(numbers[x], numbers[y][:, k], ("-", "--", "-.")[k], color=colour,
                    label=f"$T = {t:g}$")  # fmt: skip
    left.legend(fontsize=7)
    left.set(xlabel=r"nudge $\beta$", ylabel="estimate", title="noise rounds the jump")
    right.set(xlabel=r"tilt $\theta$", ylabel="surrogate loss",
              title=rf"what it descends, $\beta = {numbers['nudge']:g}$")  # fmt: skip
    label_panels([left, right])
    return figure


def alt(numbers):
    cold = numbers["cold_estimate"]
    return (
        "Left: the one-sided estimate against the nudge; at zero temperature it starts at "
        f"{cold[0]:.1f}, jumps to {cold.min():.1f} and comes back, at higher temperatures the "
        f"jump is rounded more and "
        f"more. "
        "Right: the surrogate loss against the tilt of the double well has two kinks at zero "
        "temperature and is smooth above it, the curves of lower temperatures lying nearer."
    )
