"""Units at a kink cost the symmetric estimate its second order; in the linear range it is kept."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES, name_of
from figures.kit import BLACK, PAGE, label_panels

KINDS = ("one_sided", "negative", "symmetric")
COLUMNS = {
    "nudging_strength": "nudging strength",
    "kink_one_sided": "relative error of the gradient, one-sided estimate, units at the kink",
    "kink_negative": "relative error of the gradient, negative estimate, units at the kink",
    "kink_symmetric": "relative error of the gradient, symmetric estimate, units at the kink",
    "interior_one_sided": "relative error of the gradient, one-sided estimate, all units linear",
    "interior_negative": "relative error of the gradient, negative estimate, all units linear",
    "interior_symmetric": "relative error of the gradient, symmetric estimate, all units linear",
    "closed_one_sided": "relative error, one-sided estimate, closed form of linear response",
    "closed_negative": "relative error, negative estimate, closed form of linear response",
    "closed_symmetric": "relative error, symmetric estimate, closed form of linear response",
    "share_crossing": "share of samples in which a positive nudge takes a unit across a kink",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6))
    nudges = numbers["nudging_strength"]
    for kind in KINDS:
        colour, _, marker = RULES[kind]
        for ax, place in zip(axes, ("kink", "interior"), strict=False):
            ax.loglog(nudges, numbers[f"{place}_{kind}"], marker, color=colour, markersize=3,
                      label=name_of(kind))  # fmt: skip
        axes[1].loglog(nudges, numbers[f"closed_{kind}"], "-", color=colour, linewidth=1)
    for ax in axes[:2]:
        ax.set(xlabel=r"nudging strength $\beta$", ylim=(2e-8, 3))
    axes[0].set(ylabel="relative error of the gradient", title="hidden units at the kink")
    axes[0].legend(loc="lower right")
    axes[1].set(title="all in the linear range;\nlines: closed form")
    axes[2].semilogx(nudges, numbers["share_crossing"], color=BLACK, linestyle="-")
    axes[2].set(xlabel=r"nudging strength $\beta > 0$", ylabel="share of samples", ylim=(-0.03, 1),
                title="some unit crosses a kink")  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    last = {place: numbers[f"{place}_symmetric"][-1] for place in ("kink", "interior")}
    return (
        "Left: with hidden units at the kink the error curves have jumps, and the symmetric one is "
        f"not of second order; at nudge {numbers['nudging_strength'][-1]:.1f} it reaches "
        f"{last['kink']:.2g}. Middle: with all units in the linear range the errors follow the "
        f"closed forms with slopes one and two, the symmetric one up to {last['interior']:.1g}. "
        "Right: the share of samples in which a unit crosses a kink rises with the nudge, to "
        f"{numbers['share_crossing'][-1]:.0%}."
    )
