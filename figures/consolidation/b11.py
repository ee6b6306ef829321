"""Tagging and capture: a weak stimulus is kept because of a strong one elsewhere."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "hours": "hours since the first stimulus",
    "early": "early change over the resting weight; columns: weak, strong, weak before strong",
    "protein": "protein, same columns",
    "late": "late weight, same columns",
    "threshold": "early change above which a synapse is tagged",
    "delay": "hours from the weak to the strong stimulus",
    "kept": "late weight of the weak synapse twelve hours on",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.4), width_ratios=[1, 1, 1, 1.15])
    hours = numbers["hours"]
    for k, title in enumerate(("weak", "strong", "weak, then strong")):
        ax = axes[k]
        ax.plot(hours, numbers["early"][:, k], color=BLUE, linestyle="-")
        ax.plot(hours, numbers["protein"][:, k], color=GREEN, linestyle=":")
        ax.plot(hours, numbers["late"][:, k], color=VERMILION, linestyle="--")
        ax.axhline(numbers["threshold"], color=BLACK, linewidth=0.5, linestyle="-")
        ax.set(ylim=(-0.03, 1.05), xlabel="hours", title=title)
    axes[0].set_ylabel("change, amount of protein")
    axes[0].text(1.4, 0.31, "early\n$h/h_0 - 1$", color=BLUE, fontsize=7)
    axes[0].text(7.9, 0.215, "tag threshold", fontsize=6, ha="right")
    axes[1].text(7.9, 0.74, "late $z$", color=VERMILION, fontsize=7, ha="right")
    axes[1].text(2.5, 0.4, "protein $p$", color=GREEN, fontsize=7)
    axes[2].text(7.9, 0.37, "captured", color=VERMILION, fontsize=7, ha="right")
    ax = axes[3]
    ax.plot(numbers["delay"], numbers["kept"], color=VERMILION, linestyle="-")
    ax.axvline(0, color=BLACK, linewidth=0.5, linestyle=":")
    ax.set(xlabel="hours from weak to strong", ylabel="late weight of the weak one",
           ylim=(-0.03, 0.8))  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    late, kept, delay = numbers["late"][-1], numbers["kept"], numbers["delay"]
    best = delay[np.argmax(kept)]
    last = delay[kept > 0].max()
    return (
        f"Three time courses over {numbers['hours'][-1]:.0f} hours and a fourth panel. Weak: the "
        f"early weight jumps to {numbers['early'][:, 0].max():.2f} and decays, nothing else "
        "happens. Strong: the early weight doubles, protein rises and falls, the late weight "
        f"climbs to {late[1]:.2f}. Weak, then strong on another synapse: the weak one's late "
        f"weight rises to {late[2]:.2f}. Last panel: late weight of the weak synapse against the "
        f"delay of the strong stimulus, largest at {best:.2f} hours, zero when the strong one "
        f"comes more than {last:.2f} hours later."
    )
