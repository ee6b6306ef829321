"""The same digits in three scenarios: penalties fail where classes of all tasks compete."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels

RULES = {
    "none": ("none", "0.5", "o"), "si": ("Synaptic Intelligence", VERMILION, "^"),
    "ewc": ("EWC", GREEN, "D"), "replay": ("replay, 20 a task", BLUE, "s"),
    "store": ("store alone", ORANGE, "P"), "joint": ("all at once", BLACK, "*"),
}  # fmt: skip
LEARNED = ("none", "si", "ewc", "replay")
COLUMNS = {
    "scenario": "scenario: two classes a task, five tasks",
    "chance": "accuracy of guessing",
    **{f"{rule}_final": f"final accuracy, one column a seed: {look[0]}"
       for rule, look in RULES.items()},
    **{f"{rule}_learned": f"accuracy just after learning, one column a seed: {RULES[rule][0]}"
       for rule in LEARNED},
}  # fmt: skip


def _dots(ax, numbers, rules, part):
    places = np.arange(len(numbers["scenario"]))
    for k, rule in enumerate(rules):
        name, color, marker = RULES[rule]
        values = numbers[f"{rule}_{part}"]
        shift = 0.13 * (k - (len(rules) - 1) / 2)
        for column in values.T:
            ax.plot(places + shift, column, ".", color=color, markersize=2.5, alpha=0.6)
        ax.plot(places + shift, values.mean(axis=1), marker, color=color, markersize=5, label=name,
                linestyle="none")  # fmt: skip
    ax.set_xticks(places, [f"{name}-\nincremental" for name in numbers["scenario"]])


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9), width_ratios=[1.5, 1])
    ax = axes[0]
    _dots(ax, numbers, RULES, "final")
    for place, level in enumerate(numbers["chance"]):
        ax.plot(
            [place - 0.42, place + 0.42], [level] * 2, color=BLACK, linestyle=":", linewidth=0.8
        )
    ax.text(-0.42, numbers["chance"][0] - 0.05, "chance", fontsize=7)
    ax.set(ylabel="final accuracy", ylim=(0, 1.03))
    _dots(axes[1], numbers, LEARNED, "learned")
    axes[1].set(ylabel="accuracy just after learning", ylim=(0, 1.03))
    axes[0].legend(fontsize=6.5, loc="lower left", ncols=2, columnspacing=0.8, handletextpad=0.2)
    label_panels(axes)
    return figure


def alt(numbers):
    told = "; ".join(
        f"{name}: "
        + ", ".join(f"{RULES[rule][0]} {numbers[f'{rule}_final'][k].mean():.2f}" for rule in RULES)
        for k, name in enumerate(numbers["scenario"])
    )
    return (
        f"Left: final accuracies by scenario, seeds as small dots, means {told}. Right: accuracy "
        "just after learning each task; strong EWC in the class-incremental scenario has "
        f"{numbers['ewc_learned'][-1].mean():.2f} against {numbers['none_learned'][-1].mean():.2f}."
    )
