"""Accuracy matrices and the stability-plasticity frontier of ten rules on permuted digits."""

import matplotlib.pyplot as plt
import numpy as np

from figures.consolidation._look import RULES
from figures.kit import BLACK, PAGE, label_panels

MATRICES = ("none", "ewc", "gating", "replay")
LABELS = {  # short name on the frontier, its place
    "none": ("none", 0.955, 0.355), "uniform": ("uniform", 0.782, 0.535),
    "si": ("SI", 0.832, 0.602), "ewc": ("EWC", 0.765, 0.755), "beakers": ("beakers", 0.82, 0.255),
    "uncertain": ("uncertain", 0.8, 0.43), "gating": ("gating", 0.9, 0.755),
    "mas": ("MAS", 0.757, 0.64), "replay": ("replay", 0.945, 0.83),
}  # fmt: skip
FULL = {  # rule: conditions at full size
    "none": ("no protection",), "ewc": ("EWC, c = 100", "EWC, c = 1000"),
    "si": ("SI, c = 3", "SI, c = 30"), "replay": ("replay of 100",),
}  # fmt: skip
COLUMNS = {
    **{f"matrix_{rule}": f"accuracy after each task (row) on each (column): {RULES[rule][0]}"
       for rule in MATRICES},
    **{f"{rule}_learned": f"accuracy just after learning, by strength: {look[0]}"
       for rule, look in RULES.items() if rule != "joint"},
    **{f"{rule}_kept": f"final accuracy on tasks 1 to 4, by strength: {look[0]}"
       for rule, look in RULES.items() if rule != "joint"},
    **{f"{rule}_error": f"standard error of that over the seeds: {look[0]}"
       for rule, look in RULES.items() if rule != "joint"},
    **{f"{rule}_best": f"final accuracy on all tasks at the best strength, by seed: {look[0]}"
       for rule, look in RULES.items()},
    "chance": "accuracy of guessing",
}  # fmt: skip


def _matrix(ax, rule, mean):
    count = len(mean)
    image = np.where(np.tri(count, dtype=bool), mean, np.nan)
    ax.imshow(image, vmin=0.1, vmax=1, cmap="cividis")
    for i in range(count):
        for j in range(i + 1):
            color = "black" if mean[i, j] > 0.6 else "white"
            ax.text(j, i, f"{100 * mean[i, j]:.0f}", ha="center", va="center", fontsize=6,
                    color=color)  # fmt: skip
    ax.set_xticks(range(count), range(1, count + 1))
    ax.set_yticks(range(count), range(1, count + 1))
    ax.set(title=RULES[rule][0].split(" (")[0], xlabel="tested on task")


def _frontier(ax, numbers):
    for rule, (label, x, y) in LABELS.items():
        _, color, marker = RULES[rule]
        ax.errorbar(numbers[f"{rule}_learned"], numbers[f"{rule}_kept"],
                    2 * numbers[f"{rule}_error"], color=color, marker=marker, markersize=4,
                    linewidth=0.9, linestyle="-", elinewidth=0.6)  # fmt: skip
        ax.text(x, y, label, color=color, fontsize=7)
    ax.set(xlabel="accuracy just after learning (plasticity)", xlim=(0.66, 0.985), ylim=(0.2, 0.95),
           ylabel="accuracy kept, tasks 1-4 (stability)")  # fmt: skip


def _at_full_size(full):
    """Return the mean final accuracy on ten tasks at the better condition, by rule."""
    if "protection" not in full:
        return {}
    stored = full["protection"]
    return {
        rule: max(np.mean([run.curves[-1] for run in stored.of(name)]) for name in conditions)
        for rule, conditions in FULL.items()
    }


def _bars(ax, numbers, larger):
    order = sorted(RULES, key=lambda rule: numbers[f"{rule}_best"].mean())
    for place, rule in enumerate(order):
        best, color = numbers[f"{rule}_best"], RULES[rule][1]
        ax.barh(place, best.mean(), color=color, alpha=0.35)
        ax.plot(best, np.full(best.size, place), "o", color=color, markersize=2.5)
        if rule in larger:
            ax.plot(larger[rule], place, "D", color=color, markersize=5, markerfacecolor="none")
    if larger:
        ax.text(1, -0.5, "diamonds: full size, ten tasks", fontsize=6, ha="right", va="bottom")
    ax.set_yticks(range(len(order)), [RULES[rule][0] for rule in order])
    ax.axvline(numbers["chance"], color=BLACK, linewidth=0.8, linestyle=":")
    ax.text(numbers["chance"] + 0.015, len(order) - 0.45, "chance", fontsize=6, va="bottom")
    ax.set(xlim=(0, 1), ylim=(-0.6, len(order) + 0.1), xlabel="final accuracy, best strength")


def draw(numbers, full):
    figure = plt.figure(figsize=(PAGE, 4.9))
    above, below = figure.subfigures(2, 1, height_ratios=[1, 1.6])
    matrices = list(above.subplots(1, 4, sharey=True))
    for ax, rule in zip(matrices, MATRICES, strict=True):
        _matrix(ax, rule, numbers[f"matrix_{rule}"])
    matrices[0].set_ylabel("after learning task")
    left, right = below.subplots(1, 2, width_ratios=[1.25, 1])
    _frontier(left, numbers)
    _bars(right, numbers, _at_full_size(full))
    label_panels([*matrices, left, right])
    return figure


def alt(numbers, full):
    first = ", ".join(
        f"{RULES[rule][0]} {100 * numbers[f'matrix_{rule}'][-1, 0]:.0f}" for rule in MATRICES
    )
    order = sorted(RULES, key=lambda rule: numbers[f"{rule}_best"].mean())
    told = ", ".join(f"{RULES[rule][0]} {numbers[f'{rule}_best'].mean():.2f}" for rule in order)
    larger = ", ".join(f"{RULES[rule][0]} {x:.2f}" for rule, x in _at_full_size(full).items())
    return (
        f"Top: accuracy matrices of {len(numbers['matrix_none'])} tasks; percent kept of the first "
        f"task at the end: {first}. Bottom left: accuracy kept against accuracy just after "
        "learning, a curve for each rule as its strength grows; importance-weighted penalties lie "
        "above the uniform one, gating above them, replay above all, beakers below no protection. "
        "Bottom right: final "
        f"accuracies at the best strength, seeds as dots; means: {told}."
        + (f" At full size, ten tasks of MNIST, as diamonds: {larger}." if larger else "")
    )
