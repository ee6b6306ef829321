"""Bias against noise: every estimate has a best nudge; the symmetric one errs less there."""

import matplotlib.pyplot as plt
import numpy as np

from figures.ep._look import RULES, name_of
from figures.kit import BLACK, PAGE, label_panels

COLUMNS = {
    "noise": "standard deviation of the readout noise on every product",
    "nudging_strength": "nudging strength of the prediction",
    "one_sided": "relative root mean square error, one-sided, one column a noise level",
    "symmetric": "relative root mean square error, symmetric, one column a noise level",
    "sampled_nudging_strength": "nudging strength of the sampled estimates",
    "sampled_one_sided": "the same from noisy estimates, one-sided",
    "sampled_symmetric": "the same from noisy estimates, symmetric",
    "best_one_sided": "best nudge to leading order, one-sided, one a noise level",
    "best_symmetric": "best nudge to leading order, symmetric, one a noise level",
    "least_one_sided": "relative root mean square error there, one-sided",
    "least_symmetric": "relative root mean square error there, symmetric",
}
LINES = ("-", "--", "-.")


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), sharey=True)
    grid = numbers["nudging_strength"]
    for ax, kind in zip(axes, ("one_sided", "symmetric"), strict=True):
        colour, _, marker = RULES[kind]
        for k, noise in enumerate(numbers["noise"]):
            curve = numbers[kind][:, k]
            ax.loglog(grid, curve, LINES[k], color=colour, linewidth=1)
            ax.loglog(numbers["sampled_nudging_strength"], numbers[f"sampled_{kind}"][:, k], marker,
                      color=colour, markersize=3)  # fmt: skip
            if grid[0] < numbers[f"best_{kind}"][k] < grid[-1]:
                ax.plot(numbers[f"best_{kind}"][k], numbers[f"least_{kind}"][k], "*", color=BLACK,
                        markersize=8)  # fmt: skip
            ax.text(grid[0] * 1.3, curve[0] * 1.05, rf"$\tau = 10^{{{np.log10(noise):.0f}}}$",
                    color=colour, fontsize=7, va="bottom")  # fmt: skip
        ax.set(xlabel=r"nudging strength $\beta$",
               title=f"{name_of(kind)}; stars: predicted best nudge")  # fmt: skip
    axes[0].set(ylabel="relative root mean square error")
    label_panels(axes)
    return figure


def alt(numbers):
    one, two = (numbers[kind][:, 0].min() for kind in ("one_sided", "symmetric"))
    return (
        f"Root mean square error against nudge at {len(numbers['noise'])} noise levels, for the "
        "one-sided and the symmetric estimate: each falls with the nudge until the bias takes "
        f"over. At the smallest noise the least error is {one:.2g} one-sided and {two:.1g} "
        "symmetric. Sampled points lie on the predicted curves; stars mark predicted minima."
    )
