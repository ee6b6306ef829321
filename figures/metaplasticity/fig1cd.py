"""The metaplastic factor, and the updates that it leaves or attenuates."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, PAGE, label_panels
from figures.metaplasticity._look import look_of_m

COLUMNS = {
    "strengths": "metaplasticity m, in units of one over a hidden weight",
    "hidden": "hidden weight",
    "factor": "metaplastic factor, one column an m",
    "update_up": "what becomes of an update of +1, one column an m",
    "update_down": "what becomes of an update of -1, one column an m",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.6))
    hidden = numbers["hidden"]
    for k, m in enumerate(numbers["strengths"]):
        color, style, _ = look_of_m(m)
        axes[0].plot(hidden, numbers["factor"][:, k], color=color, linestyle=style,
                     label=f"$m = {m:g}$")  # fmt: skip
        for name in ("update_up", "update_down"):
            axes[1].plot(hidden, numbers[name][:, k], color=color, linestyle=style)
    axes[0].legend(loc="upper right", bbox_to_anchor=(1.04, 0.95))
    axes[0].set(xlabel="hidden weight $W^h$", ylabel="factor $f(m, W^h)$")
    ax = axes[1]
    ax.axhline(0, color=BLACK, linewidth=0.6, linestyle="-")
    ax.axvline(0, color=BLACK, linewidth=0.6, linestyle="-")
    ax.text(1.55, 1.08, "outward: untouched", ha="center", fontsize=7)
    ax.text(-1.55, -1.22, "outward: untouched", ha="center", fontsize=7)
    ax.text(-2.95, 0.66, "inward:\nattenuated", fontsize=7)
    ax.text(2.95, -0.88, "inward:\nattenuated", ha="right", fontsize=7)
    ax.set(xlabel="hidden weight $W^h$", ylabel="update, for $\\pm 1$ without $m$",
           ylim=(-1.35, 1.35))  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    strengths, factor = numbers["strengths"], numbers["factor"]
    at_one = factor[np.argmin(np.abs(numbers["hidden"] - 1))]
    told = ", ".join(f"{f:.2f} for m = {m:g}" for m, f in zip(strengths, at_one, strict=True))
    return (
        f"Left: bell-shaped factor against hidden weight for {len(strengths)} values of m; it is 1 "
        f"at zero and narrower for larger m; at a hidden weight of 1 it is {told}. Right: updates "
        "against hidden weight; those pointing away from zero keep their size, those pointing to "
        "zero are attenuated far from zero."
    )
