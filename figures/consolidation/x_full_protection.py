"""Ten permuted MNIST tasks at full size, stored: what is kept by rule as tasks come in."""

import matplotlib.pyplot as plt

from figures.consolidation._look import RULES
from figures.kit import COLUMN

RULE_OF = {
    "no protection": ("none", "-"),
    "SI, c = 3": ("si", "--"),
    "SI, c = 30": ("si", "-"),
    "EWC, c = 100": ("ewc", "--"),
    "EWC, c = 1000": ("ewc", "-"),
    "replay of 100": ("replay", "-"),
}
COLUMNS = {
    "task": "number of tasks learned",
    "condition": "rule and strength, or images kept of each task",
    "seen": "mean accuracy on the tasks seen so far by their number and condition, mean of seeds",
    "error": "its standard error over three seeds",
    "chance": "accuracy of guessing",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(COLUMN, 3.0))
    for k, name in enumerate(numbers["condition"]):
        rule, style = RULE_OF[name]
        _, color, marker = RULES[rule]
        ax.errorbar(numbers["task"], numbers["seen"][:, k], 2 * numbers["error"][:, k], color=color,
                    marker=marker, markersize=3.5, linestyle=style, linewidth=0.9, elinewidth=0.6,
                    label=name)  # fmt: skip
    ax.axhline(numbers["chance"], color="0.6", linestyle=":", linewidth=0.8)
    ax.text(10, numbers["chance"] + 0.015, "chance", fontsize=6, ha="right")
    ax.set(xlabel="tasks learned", ylabel="accuracy on the tasks seen", ylim=(0, 1.0))
    ax.set_xticks(range(1, 11))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 0.1), fontsize=6.5)
    return figure


def alt(numbers):
    ends = ", ".join(
        f"{name} {x:.2f}" for name, x in zip(numbers["condition"], numbers["seen"][-1], strict=True)
    )
    return (
        "Mean accuracy on the tasks seen so far against the number of tasks, two standard errors, "
        f"ten permutations of MNIST at full size. After ten tasks: {ends}."
    )
