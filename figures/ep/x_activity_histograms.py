"""Activity after training on noisy labels: the one-sided rule keeps units away from both ends."""

import matplotlib.pyplot as plt
import numpy as np

from figures.ep._look import RULES as LOOKS
from figures.ep._look import name_of
from figures.kit import PAGE, label_panels

RULES = ("one_sided", "symmetric", "bptt")
COLUMNS = {"edges": "edges of the bins of activity"} | {
    f"{layer}_{rule}": f"density of the activity of {layer} units on test images"
    for layer in ("hidden", "output")
    for rule in RULES
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.5), sharey=True)
    for ax, layer in zip(axes, ("hidden", "output"), strict=True):
        for rule in RULES:
            colour, line, _ = LOOKS[rule]
            ax.stairs(numbers[f"{layer}_{rule}"], numbers["edges"], color=colour, linestyle=line,
                      label=name_of(rule))  # fmt: skip
        ax.set(yscale="log", xlabel="activity", title=f"{layer} layer")
    axes[0].set_ylabel("density")
    axes[0].legend(loc="upper center")
    label_panels(axes)
    return figure


def alt(numbers):
    edges = numbers["edges"]
    inner, width = (edges[:-1] > 0.05 - 1e-9) & (edges[1:] < 0.95 + 1e-9), np.diff(edges)
    share = {rule: (numbers[f"hidden_{rule}"] * width)[inner].sum() for rule in RULES}
    return (
        "Densities of activity on test images after training on noisy labels, logarithmic. "
        "Symmetric and BPTT pile up near 0 and 1; the one-sided rule keeps both layers in "
        f"between. Of the hidden activities {share['one_sided']:.0%}, {share['symmetric']:.0%} "
        f"and {share['bptt']:.0%} (one-sided, symmetric, BPTT) lie well away from both ends."
    )
