"""The loss along the nudge, and its means: lower, upper and symmetric surrogate of the loss."""

import matplotlib.pyplot as plt
import numpy as np

from figures.ep._look import RULES
from figures.kit import BLACK, PAGE, label_panels

COLUMNS = {
    "nudge": "nudge b",
    "loss": "loss at the nudged equilibrium",
    "shaded_nudge": "nudge up to which the areas are shaded",
    "free_loss": "loss at the free equilibrium",
    "nudging_strength": "nudging strength of the surrogates",
    "surrogate_one_sided": "mean loss between 0 and the nudging strength",
    "surrogate_negative": "mean loss between minus the nudging strength and 0",
    "surrogate_symmetric": "mean of both",
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.8))
    nudge, loss, free = numbers["nudge"], numbers["loss"], numbers["free_loss"]
    left.plot(nudge, loss, color=BLACK, linestyle="-")
    left.plot(0, free, "o", color=BLACK)
    left.annotate("free", (0, free), (8, 4), textcoords="offset points")
    for kind, sign, name in (("one_sided", 1, "L^+"), ("negative", -1, "L^-")):
        span = np.linspace(0, sign * numbers["shaded_nudge"], 50)
        colour = RULES[kind][0]
        left.fill_between(span, 0, np.interp(span, nudge, loss), color=colour, alpha=0.3, lw=0)
        left.text(span[25], 0.1 * free, f"mean here:\n${name}$", ha="center")
    left.set(xlabel="nudge $b$", ylabel="loss at the nudged state", ylim=(0, None),
             title="loss along the nudge")  # fmt: skip
    names = {"one_sided": "$L^+$", "negative": "$L^-$", "symmetric": "$L^{sym}$"}
    strengths = numbers["nudging_strength"]
    for kind, name in names.items():
        colour, line, _ = RULES[kind]
        curve = numbers[f"surrogate_{kind}"]
        right.plot(strengths, curve, linestyle=line, color=colour)
        right.text(1.02 * strengths[-1], curve[-1], name, color=colour, va="center")
    right.axhline(free, color=BLACK, linestyle=":")
    right.text(1.02 * strengths[-1], free + 0.01, "$C$", va="bottom")
    right.set(xlabel=r"nudging strength $\beta$", ylabel="surrogate loss",
              xlim=(0, 1.14 * strengths[-1]), title="what a finite nudge minimises")  # fmt: skip
    label_panels([left, right])
    return figure


def alt(numbers):
    ends = {
        kind: numbers[f"surrogate_{kind}"][-1] for kind in ("one_sided", "negative", "symmetric")
    }
    return (
        "Left: the loss at the nudged equilibrium falls steeply with the nudge; areas left and "
        "right of zero are shaded, their means are the surrogate losses. Right: at nudge "
        f"{numbers['nudging_strength'][-1]:.1f} the one-sided surrogate has fallen from the true "
        f"loss {numbers['free_loss']:.2f} to {ends['one_sided']:.2f}, the negative one has risen "
        f"to {ends['negative']:.2f}, the symmetric one to {ends['symmetric']:.2f}."
    )
