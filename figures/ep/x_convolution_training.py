"""A small ConvNet trained by every rule: every seed, and the median of each rule."""

import matplotlib.pyplot as plt
import numpy as np

from figures.ep._look import RULES, name_of
from figures.kit import PAGE, label_panels

PANELS = {
    "squared": ("one_sided", "random_sign", "symmetric", "bptt"),
    "soft": ("symmetric", "bptt", "different_updates", "equal_updates"),
}
TITLES = {"squared": "squared error", "soft": "cross-entropy"}
COLUMNS = {"epoch": "epoch"} | {
    f"{loss}_{rule}": f"test error by epoch, {TITLES[loss]}, one column a seed, per cent"
    for loss, rules in PANELS.items()
    for rule in rules
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), sharey=True)
    for ax, (loss, rules) in zip(axes, PANELS.items(), strict=True):
        for rule in rules:
            colour, line, _ = RULES[rule]
            runs = numbers[f"{loss}_{rule}"]
            ax.plot(numbers["epoch"], runs, linestyle=line, color=colour, linewidth=0.5, alpha=0.3)
            ax.plot(numbers["epoch"], np.median(runs, axis=1), linestyle=line, color=colour,
                    linewidth=1.8, label=name_of(rule))  # fmt: skip
        ax.set(xlabel="epoch", title=f"{TITLES[loss]}; thin: single seeds", ylim=(0, 122),
               yticks=range(0, 101, 20))  # fmt: skip
        ax.legend(loc="upper center", ncols=2, fontsize=7)
    axes[0].set_ylabel("test error (%)")
    label_panels(axes)
    return figure


def alt(numbers):
    def span(loss, *rules):
        ends = [error for rule in rules for error in numbers[f"{loss}_{rule}"][-1]]
        return f"{min(ends):.0f} to {max(ends):.0f}"

    return (
        "Test error of a small convolutional network against epoch, single seeds and their median. "
        "Left, squared error: after the last epoch one-sided seeds stand at "
        f"{span('squared', 'one_sided')} per cent, random sign at "
        f"{span('squared', 'random_sign')}, symmetric at {span('squared', 'symmetric')}, BPTT at "
        f"{span('squared', 'bptt')}. Right, cross-entropy: every rule ends at "
        f"{span('soft', *PANELS['soft'])} per cent."
    )
